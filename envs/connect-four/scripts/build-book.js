// Makes book/openings.br with the package's own solver, going on from the book that is there; run `npm run build` first.
//
//   node scripts/build-book.js [--minutes 10] [--plies 8] [--table-bits 25] [--out book/openings.br]
//
// First the positions that a second player meets who always plays the leftmost best column (the environment's opponent,
// with its mistakes) against any first player, then all positions, by rising number of stones, until the time is out or
// the plies are done. Positions that one of the next two stones decides need no entry.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Board, columnCount, decodeBook, encodeBook, Solver } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    plies: { type: 'string', default: '8' },
    'table-bits': { type: 'string', default: '25' },
    out: { type: 'string' },
  },
});
const out = values.out ?? new URL('../book/openings.br', import.meta.url);
const plies = Number(values.plies);
const deadline = performance.now() + 60_000 * Number(values.minutes);
const book = existsSync(out) ? decodeBook(readFileSync(out)) : [];
const solver = new Solver({ tableBits: Number(values['table-bits']), book });
/** Entries by key; null for an obvious position. */
const entries = new Map(book.map((entry) => [entry.key, entry]));
const columns = Array.from({ length: columnCount }, (_, column) => column);

/** The running games one stone further than some, one for a position and its mirror image. */
function* after(games, choose) {
  const seen = new Set();
  for (const notation of games) {
    const board = Board.after(notation);
    for (const column of choose(board)) {
      if (!board.canPlay(column)) continue;
      board.play(column);
      const key = solver.bookKey(board);
      if (!board.isOver && !seen.has(key)) {
        seen.add(key);
        yield board.notation;
      }
      board.undo();
    }
  }
}

/** Solves the positions that are new; returns false when the time is out. */
function add(games) {
  for (const notation of games) {
    if (performance.now() > deadline) return false;
    const board = Board.after(notation);
    const key = solver.bookKey(board);
    if (entries.has(key)) continue;
    const score = solver.solve(board);
    const best = solver.bestColumns(board);
    entries.set(
      key,
      isObvious(board, score) ? null : { key, stones: board.stones, score, columns: facing(board, best) },
    );
  }
  return true;
}

/** Whether one of the next two stones wins, which a search sees at once. */
function isObvious({ stones }, score) {
  return score === Math.floor((43 - stones) / 2) || score === -Math.floor((42 - stones) / 2);
}

/** Best columns in the position or its mirror image, whichever has the smaller key. */
function facing(board, best) {
  return solver.isMirrored(board) ? columns.reduce((mask, c) => mask | (((best >> c) & 1) << (6 - c)), 0) : best;
}

function report(what) {
  const kept = [...entries.values()].filter((entry) => entry !== null);
  const packed = encodeBook(kept);
  writeFileSync(out, packed);
  const minutes = ((performance.now() - deadline) / 60_000 + Number(values.minutes)).toFixed(1);
  console.log(`${what}: ${entries.size} positions, ${kept.length} entries, ${packed.length} bytes, ${minutes} min`);
}

/** What the environment's opponent may play: its leftmost best column, or another when that is the last. */
function opponentChoices(board) {
  const leftmost = solver.bestMoves(board)[0];
  return leftmost === columnCount - 1 ? columns : [leftmost];
}

let games = [''];
let running = true;
for (let stones = 0; running && stones < plies; stones += 2) {
  games = [...after(games, () => columns)];
  running = add(games);
  report(`the opponent's positions of ${stones + 1} stones${running ? '' : ', not all'}`);
  if (running) games = [...after(games, opponentChoices)];
}
games = [''];
for (let stones = 0; running && stones <= plies; stones++) {
  running = add(games);
  report(`all positions of ${stones} stones${running ? '' : ', not all'}`);
  games = [...after(games, () => columns)];
}
