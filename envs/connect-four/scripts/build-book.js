// Makes book/openings.br with the package's own solver, going on from the book that is there; run `npm run build` first.
//
//   node scripts/build-book.js [--minutes 10] [--table-bits 24] [--out book/openings.br]
//
// Positions that one of the next two stones decides need no entry. The others are solved stage by stage, those first
// that somebody meets who plays against the solver, until the time is out. The book is written every minute, and a
// second run goes on where the first ended.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Board, columnCount, decodeBook, encodeBook, Solver } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'table-bits': { type: 'string', default: '24' },
    out: { type: 'string', default: fileURLToPath(new URL('../book/openings.br', import.meta.url)) },
  },
});
const start = performance.now();
const deadline = start + 60_000 * Number(values.minutes);
const book = existsSync(values.out) ? decodeBook(readFileSync(values.out)) : [];
const solver = new Solver({ tableBits: Number(values['table-bits']), book });
/** Entries by key; null for an obvious position. */
const entries = new Map(book.map((entry) => [entry.key, entry]));
const columns = Array.from({ length: columnCount }, (_, column) => column);
let written = start;

/** Any column: the other player. */
const anyColumn = () => columns;
/** Any best column: the solver in `understudy play`. */
function bestColumns(board) {
  const entry = entries.get(solver.bookKey(board));
  if (!entry) return solver.bestMoves(board);
  const mask = facing(board, entry.columns);
  return columns.filter((column) => (mask >> column) & 1);
}
/** What ConnectFour-v0's opponent may play: its leftmost best column, or another when that is the last. */
function opponentColumns(board) {
  const leftmost = bestColumns(board)[0];
  return leftmost === columnCount - 1 ? columns : [leftmost];
}

/** What the players of a stage do, who begins first, and the stones of its last positions. */
const stages = [
  ["the opponent's positions", [anyColumn, opponentColumns], [1, 3, 5, 7]],
  ["a beginning solver's positions", [bestColumns, anyColumn], [0, 2, 4, 6]],
  ["a second solver's positions", [anyColumn, bestColumns], [1, 3, 5]],
  ['all positions', [anyColumn, anyColumn], [2, 3, 4, 5]],
  ["the opponent's positions", [anyColumn, opponentColumns], [9]],
  ["a beginning solver's positions", [bestColumns, anyColumn], [8]],
  ["a second solver's positions", [anyColumn, bestColumns], [7]],
  ["the opponent's positions", [anyColumn, opponentColumns], [11]],
  ['all positions', [anyColumn, anyColumn], [6, 7]],
  ["a beginning solver's positions", [bestColumns, anyColumn], [10]],
  ["a second solver's positions", [anyColumn, bestColumns], [9]],
  ['all positions', [anyColumn, anyColumn], [8, 9, 10]],
];

/** The running games of so many stones in a stage, one for a position. */
function* games(players, stones) {
  if (stones === 0) return yield '';
  const seen = new Set();
  for (const notation of games(players, stones - 1)) {
    const board = Board.after(notation);
    for (const column of players[(stones - 1) % 2](board)) {
      if (!board.canPlay(column)) continue;
      board.play(column);
      // Not one for a mirror image too: the leftmost best column is another there.
      const name = `${solver.bookKey(board)} ${solver.isMirrored(board)}`;
      if (!board.isOver && !seen.has(name)) {
        seen.add(name);
        yield board.notation;
      }
      board.undo();
    }
  }
}

function add(notation) {
  const board = Board.after(notation);
  const key = solver.bookKey(board);
  if (entries.has(key)) return;
  const score = solver.solve(board);
  if (isObvious(board, score)) entries.set(key, null);
  else entries.set(key, { key, stones: board.stones, score, columns: facing(board, solver.bestColumns(board)) });
}

/** Whether one of the next two stones wins, which a search sees at once. */
function isObvious({ stones }, score) {
  return score === Math.floor((43 - stones) / 2) || score === -Math.floor((42 - stones) / 2);
}

/** Columns of the position as those of the one in the book, or the other way round: the two are mirror images at most. */
function facing(board, best) {
  return solver.isMirrored(board) ? columns.reduce((mask, c) => mask | (((best >> c) & 1) << (6 - c)), 0) : best;
}

function report(what) {
  const kept = [...entries.values()].filter((entry) => entry !== null);
  const packed = encodeBook(kept);
  writeFileSync(`${values.out}.new`, packed);
  renameSync(`${values.out}.new`, values.out);
  written = performance.now();
  const minutes = ((written - start) / 60_000).toFixed(1);
  console.log(`${what}: ${entries.size} positions, ${kept.length} entries, ${packed.length} bytes, ${minutes} min`);
}

function build() {
  for (const [what, players, plies] of stages) {
    for (const stones of plies) {
      const name = `${what} of ${stones} stones`;
      for (const notation of games(players, stones)) {
        if (performance.now() > deadline) return report(`${name}, not all`);
        if (performance.now() > written + 60_000) report(`${name}, so far`);
        add(notation);
      }
      report(name);
    }
  }
}

build();
