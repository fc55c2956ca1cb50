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
import { Board, buildOutcomeBook, columnCount, encodeOutcomeBook, Solver } from '../dist/index.js';

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
const progress = values.progress ?? here(`../dist/outcomes-${stones}.partial`);
const out = values.out ?? here(`../dist/outcomes-${stones}.bin`);
const solver = new Solver({ tableBits: Number(values['table-bits']) });
const columns = Array.from({ length: columnCount }, (_, column) => column);
const start = performance.now();

/** Calls back with every position of so many stones that goes on beyond the next stone, mirror images once. */
function walk(board, seen, visit) {
  const key = solver.bookKey(board);
  if (seen[board.stones].has(key)) return;
  seen[board.stones].add(key);
  if (board.stones === stones) {
    if (!winsAtOnce(board)) visit(board, key);
    return;
  }
  for (const column of columns) {
    if (!board.canPlay(column)) continue;
    board.play(column);
    if (!board.isOver) walk(board, seen, visit);
    board.undo();
  }
}

function winsAtOnce(board) {
  return columns.some((column) => {
    if (!board.canPlay(column)) return false;
    board.play(column);
    const won = board.winner !== null;
    board.undo();
    return won;
  });
}

function emptySets() {
  return Array.from({ length: stones + 1 }, () => new Set());
}

/** The keys of all positions in the order of the walk. */
function enumerate() {
  const keys = [];
  walk(new Board(), emptySets(), (_, key) => keys.push(key));
  return keys;
}

/** The outcomes in the same order, 1, 0 or -1 for who moves; null if the time is out. */
function solveAll(count) {
  const outcomes = new Int8Array(count);
  let done = 0;
  if (existsSync(progress)) {
    const before = readFileSync(progress);
    outcomes.set(new Int8Array(before.buffer, before.byteOffset, before.length));
    done = before.length;
  }
  const resumedAt = done;
  let [index, noted] = [0, performance.now()];
  let late = false;
  walk(new Board(), emptySets(), (board) => {
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
