// Makes a book of outcomes, who wins every position of so many stones, with the package's own solver; run `npm run build`
// first.
//
//   node scripts/build-outcomes.js [--stones 14] [--threads 2] [--minutes 600] [--table-bits 24]
//                                  [--out dist/outcomes-14.bin] [--progress dist/outcomes-14.partial] [--check 0]
//
// With --check it makes none, but solves so many positions, evenly spread, and compares them to the package's book.
//
// Positions are solved in runs of the order in which a depth-first walk meets them, so that neighbours find one another's
// work in a thread's table. What is solved is noted every minute; a second run goes on where the first ended.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Board, buildOutcomeBook, encodeOutcomeBook, readOutcomeBook, Solver, walkPositions } from '../dist/index.js';

/** Positions that a thread solves at a time, and how often it says so. */
const RUN = 4096;
/** Stands in the notes for what is not solved yet. */
const UNSOLVED = 2;
const NOTE_MILLISECONDS = 60_000;
/** A notation of more digits is no whole number that a double holds. */
const MAX_STONES = 15;

if (isMainThread) await main();
else solveRuns();

/** A thread: solves the runs that it is sent. */
function solveRuns() {
  const solver = new Solver({ tableBits: 16, outcomeTableBits: workerData.tableBits, outcomes: null });
  parentPort.on('message', ({ from, games }) => {
    const outcomes = Int8Array.from(games, (game) => solver.outcome(Board.after(`${game}`)));
    parentPort.postMessage({ from, outcomes });
  });
}

async function main() {
  const options = readOptions();
  if (options.check > 0) return check(options);
  const { keys, games } = enumerate(options.stones);
  console.log(`${keys.length} positions of ${options.stones} stones`);
  const outcomes = readNotes(options.progress, keys.length);
  await solveAll(games, outcomes, options);
  if (outcomes.includes(UNSOLVED)) return console.log('The time is out; another run goes on from here.');
  const bytes = encodeOutcomeBook(buildOutcomeBook(options.stones, keys, outcomes));
  write(options.out, bytes);
  console.log(`${options.out}: ${bytes.length} bytes`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      stones: { type: 'string', default: '14' },
      threads: { type: 'string', default: String(availableParallelism()) },
      minutes: { type: 'string', default: '600' },
      'table-bits': { type: 'string', default: '24' },
      progress: { type: 'string' },
      out: { type: 'string' },
      check: { type: 'string', default: '0' },
    },
  });
  const stones = wholeNumber('--stones', values.stones, 1, MAX_STONES);
  const here = (file) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));
  return {
    stones,
    threads: wholeNumber('--threads', values.threads, 1, 256),
    minutes: wholeNumber('--minutes', values.minutes, 0, 100_000),
    tableBits: wholeNumber('--table-bits', values['table-bits'], 16, 26),
    check: wholeNumber('--check', values.check, 0, 10_000_000),
    progress: values.progress ?? here(`outcomes-${stones}.partial`),
    out: values.out ?? here(`outcomes-${stones}.bin`),
  };
}

function wholeNumber(flag, text, least, most) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return fail(`${flag} is ${text}, expected a whole number from ${least} to ${most}.`);
}

/** Solves positions without the package's book, and compares. */
async function check({ check: wanted, threads, minutes, tableBits, progress }) {
  const { stones } = readOutcomeBook();
  const { games } = enumerate(stones);
  const step = Math.max(1, Math.floor(games.length / wanted));
  const chosen = games.filter((_, i) => i % step === 0).slice(0, wanted);
  const outcomes = new Int8Array(chosen.length).fill(UNSOLVED);
  await solveAll(chosen, outcomes, { threads, minutes, tableBits, progress: `${progress}.check` });
  rmSync(`${progress}.check`);
  const reader = new Solver({ tableBits: 16 });
  const solved = outcomes.indexOf(UNSOLVED);
  const compared = solved < 0 ? chosen.length : solved;
  const wrong = chosen.slice(0, compared).filter((game, i) => reader.outcome(Board.after(`${game}`)) !== outcomes[i]);
  console.log(
    `${compared} of ${games.length} positions of ${stones} stones solved, ${wrong.length} differ from the book`,
  );
  for (const game of wrong.slice(0, 10)) console.log(game);
  if (wrong.length > 0) process.exitCode = 1;
}

/** All positions, mirror images once, in the order of the walk: their keys, and their notations read as numbers. */
function enumerate(stones) {
  const namer = new Solver({ tableBits: 16, outcomeTableBits: 16, outcomes: null });
  const [keys, games] = [[], []];
  walkPositions(
    new Board(),
    stones,
    (board) => namer.bookKey(board),
    (board, key) => {
      keys.push(key);
      games.push(Number(board.notation));
    },
  );
  return { keys, games };
}

/** What an earlier run has solved. */
function readNotes(progress, count) {
  if (!existsSync(progress)) return new Int8Array(count).fill(UNSOLVED);
  const outcomes = Int8Array.from(new Int8Array(readFileSync(progress)));
  if (outcomes.length === count) return outcomes;
  return fail(`${progress} has notes of ${outcomes.length} positions, expected ${count}: move it away.`);
}

/** Has the threads solve what is unsolved, run after run, until the time is out. */
async function solveAll(games, outcomes, { threads, minutes, tableBits, progress }) {
  const runs = [];
  for (let from = 0; from < outcomes.length; from += RUN) if (outcomes[from] === UNSOLVED) runs.push(from);
  const left = outcomes.reduce((sum, outcome) => sum + (outcome === UNSOLVED ? 1 : 0), 0);
  const start = performance.now();
  let [solved, noted] = [0, start];
  const take = (from, found) => {
    outcomes.set(found, from);
    solved += found.length;
    if (performance.now() < noted + NOTE_MILLISECONDS) return;
    noted = performance.now();
    write(progress, outcomes);
    const spent = (noted - start) / 60_000;
    const toGo = ((left - solved) * spent) / solved;
    console.log(`${outcomes.length - left + solved} solved, ${spent.toFixed(1)} min, ${toGo.toFixed(0)} min left`);
  };
  const solve = async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { tableBits } });
    while (runs.length > 0 && performance.now() < start + 60_000 * minutes) {
      const from = runs.shift();
      const answer = await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage({ from, games: games.slice(from, from + RUN) });
      });
      worker.removeAllListeners('error');
      take(answer.from, answer.outcomes);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: threads }, solve));
  write(progress, outcomes);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** Writes beside, then renames: whoever stops this keeps a whole file. */
function write(file, bytes) {
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}
