// Makes a book of outcomes, who wins every position of so many stones, with the package's own solver; run `npm run build`
// first.
//
//   node scripts/build-outcomes.js [--stones 11] [--minutes 600] [--table-bits 24] [--out dist/outcomes-11.bin]
//                                  [--progress dist/outcomes-11.partial]
//
// Positions are solved in the order in which a depth-first walk meets them, so that neighbours find one another's work in
// the table. What is solved is noted every minute; a second run goes on where the first ended.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Board, buildOutcomeBook, encodeOutcomeBook, Solver, walkPositions } from '../dist/index.js';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values } = parseArgs({
  options: {
    stones: { type: 'string', default: '11' },
    minutes: { type: 'string', default: '600' },
    'table-bits': { type: 'string', default: '24' },
    progress: { type: 'string' },
    out: { type: 'string' },
  },
});
const stones = Number(values.stones);
if (!Number.isInteger(stones) || stones < 1 || stones > 40) {
  fail(`--stones is ${values.stones}, expected a whole number from 1 to 40.`);
}
const progress = values.progress ?? here(`../dist/outcomes-${stones}.partial`);
const out = values.out ?? here(`../dist/outcomes-${stones}.bin`);
const solver = new Solver({ tableBits: Number(values['table-bits']) });
const start = performance.now();

/** Calls back with every position, mirror images once. */
function walk(visit) {
  walkPositions(new Board(), stones, (board) => solver.bookKey(board), visit);
}

/** The keys of all positions in the order of the walk. */
function enumerate() {
  const keys = [];
  walk((_, key) => keys.push(key));
  return keys;
}

/** The outcomes in the same order, 1, 0 or -1 for who moves; null if the time is out. */
function solveAll(count) {
  const outcomes = new Int8Array(count);
  let done = 0;
  if (existsSync(progress)) {
    const before = readFileSync(progress);
    if (before.length > count)
      fail(`${progress} has more than the ${count} positions of ${stones} stones: move it away.`);
    outcomes.set(new Int8Array(before.buffer, before.byteOffset, before.length));
    done = before.length;
  }
  const resumedAt = done;
  let [index, noted] = [0, performance.now()];
  let late = false;
  walk((board) => {
    if (late || index++ < resumedAt) return;
    outcomes[done++] = solver.outcome(board);
    if (done % 64 !== 0 || performance.now() < noted + 60_000) return;
    noted = performance.now();
    note(outcomes.subarray(0, done), count, done - resumedAt);
    late = noted > start + 60_000 * Number(values.minutes);
  });
  note(outcomes.subarray(0, done), count, done - resumedAt);
  return done === count ? outcomes : null;
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

function note(outcomes, count, solvedNow) {
  write(progress, outcomes);
  const minutes = (performance.now() - start) / 60_000;
  const left = ((count - outcomes.length) * minutes) / Math.max(1, solvedNow);
  console.log(`${outcomes.length} of ${count}, ${minutes.toFixed(1)} min, ${left.toFixed(0)} min left at this rate`);
}

const keys = enumerate();
console.log(`${keys.length} positions of ${stones} stones`);
const outcomes = solveAll(keys.length);
if (outcomes) {
  const bytes = encodeOutcomeBook(buildOutcomeBook(stones, keys, outcomes));
  write(out, bytes);
  console.log(`${out}: ${bytes.length} bytes`);
} else {
  console.log('The time is out; another run goes on from here.');
}
