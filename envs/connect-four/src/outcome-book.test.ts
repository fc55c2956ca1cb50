import { defaultRng } from '@understudy/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Board,
  buildOutcomeBook,
  decodeOutcomeBook,
  encodeOutcomeBook,
  type OutcomeBook,
  Solver,
  walkPositions,
} from './index.ts';
import { cellCount, shapeFor, solveCells } from './static-function.ts';
import { randomGame } from './testing/random-games.ts';

const solver = new Solver({ tableBits: 18 });

/** The book of all positions that a game comes to. */
function bookAfter(game: Board, stones: number, turned = 1): { book: OutcomeBook; positions: Board[] } {
  const keys: number[] = [];
  const positions: Board[] = [];
  walkPositions(Board.after(game.notation), stones, solver.bookKey.bind(solver), (board, key) => {
    keys.push(key);
    positions.push(Board.after(board.notation));
  });
  const outcomes = positions.map((board) => turned * solver.outcome(board));
  return { book: buildOutcomeBook(stones, keys, outcomes), positions };
}

test('a static function gives every key its value, whatever the keys and values are', () => {
  const cases = fc.array(fc.tuple(fc.maxSafeNat(), fc.nat(3)), { maxLength: 400 });
  fc.assert(
    fc.property(cases, fc.nat(), (pairs, seed) => {
      const random = defaultRng(seed);
      const shape = shapeFor(pairs.length);
      const length = 2 ** shape.segmentBits;
      const at = (cells: Uint8Array, cell: number) => (cells[cell >> 2] >> (2 * (cell & 3))) & 3;
      for (let attempt = 0; attempt < 50; attempt++) {
        const cellsOf = Uint32Array.from({ length: 3 * pairs.length }, (_, i) => {
          const first = random.integers(shape.segments) * length;
          return first + (i % 3) * length + random.integers(length);
        });
        const values = Uint8Array.from(pairs, ([, value]) => value);
        const cells = solveCells(cellsOf, values, cellCount(shape));
        if (!cells) continue;
        const found = values.map((_, i) => [0, 1, 2].reduce((sum, k) => sum ^ at(cells, cellsOf[3 * i + k]), 0));
        expect(found).toEqual(values);
        return;
      }
      expect.unreachable('No cells of fifty were found.');
    }),
    { numRuns: 60 },
  );
});

test('a solver with a book gives the same answers, and searches no further than to its positions', () => {
  const generator = defaultRng(5);
  for (let game = 0; game < 6; game++) {
    const root = randomGame(20, generator);
    const { book, positions } = bookAfter(root, 24);
    const reader = new Solver({ tableBits: 18, outcomes: decodeOutcomeBook(encodeOutcomeBook(book)) });
    const plain = new Solver({ tableBits: 18 });
    for (const board of positions.slice(0, 50))
      expect(reader.outcome(board), board.notation).toBe(plain.outcome(board));
    const before = { reader: reader.nodes, plain: plain.nodes };
    plain.forget();
    expect(reader.outcome(root)).toBe(plain.outcome(root));
    expect(reader.nodes - before.reader).toBeLessThanOrEqual(plain.nodes - before.plain);
    expect(reader.outcomeMoves(root)).toEqual(plain.outcomeMoves(root));
    expect(reader.moveScores(root)).toEqual(plain.moveScores(root));
  }
});

test('what the book says is what is answered, mirrored too', () => {
  const root = randomGame(22, defaultRng(2));
  const { book, positions } = bookAfter(root, 25, -1);
  const liar = new Solver({ tableBits: 18, outcomes: book });
  const decided = positions.filter((board) => solver.outcome(board) !== 0);
  // Where who moves loses at once whatever it does, no book is asked.
  const turned = decided.filter((board) => liar.outcome(board) === -solver.outcome(board));
  expect(turned.length).toBeGreaterThan(decided.length / 4);
  const mirrored = turned.map((board) => Board.after(board.moves.map((column) => 6 - column)));
  expect(mirrored.map((board) => liar.outcome(board))).toEqual(turned.map((board) => liar.outcome(board)));
});

test("the package's book says what a search without it finds", () => {
  const reader = new Solver({ tableBits: 16 });
  const searcher = new Solver({ tableBits: 16, book: [], outcomes: null });
  const generator = defaultRng(14);
  for (let i = 0; i < 240; i++) {
    // One stone before the book's positions, what follows each move is looked up.
    const board = randomGame(13 + (i % 2), generator);
    const before = reader.nodes;
    expect(reader.outcome(board), board.notation).toBe(searcher.outcome(board));
    expect(reader.nodes - before).toBeLessThan(3);
  }
});

test('one stone later it bounds what a search without it finds', () => {
  const reader = new Solver({ tableBits: 16, book: [] });
  const searcher = new Solver({ tableBits: 16, book: [], outcomes: null });
  const generator = defaultRng(15);
  let known = 0;
  for (let i = 0; i < 300; i++) {
    const board = randomGame(15, generator);
    const before = { reader: reader.nodes, searcher: searcher.nodes };
    expect(reader.outcome(board), board.notation).toBe(searcher.outcome(board));
    // What wins at once takes neither a search.
    if (reader.nodes === before.reader && searcher.nodes > before.searcher) known++;
  }
  expect(known).toBeGreaterThan(50);
});

test.each(['365536573117766', '265452764226622', '352567575445577', '325355527223311', '213654614551155'])(
  'where no play comes to a position before %s, the book is not asked for it',
  (notation) => {
    const board = Board.after(notation);
    const reader = new Solver({ tableBits: 16, book: [] });
    const searcher = new Solver({ tableBits: 16, book: [], outcomes: null });
    expect(reader.outcome(board)).toBe(searcher.outcome(board));
  },
);

test('from the positions of that book alone it follows who wins from the empty board, and by which moves', () => {
  const reader = new Solver({ tableBits: 16, book: [] });
  expect(reader.outcome(new Board())).toBe(1);
  expect(reader.outcomeMoves(new Board())).toEqual([3]);
  expect([0, 1, 2, 3, 4, 5, 6].map((column) => reader.outcome(Board.after([column])))).toEqual([1, 1, 0, -1, 0, 1, 1]);
  // Thirteen stones deep, and no further.
  expect(reader.nodes).toBeLessThan(150_000);
});

test('a damaged book is refused', () => {
  const bytes = encodeOutcomeBook(bookAfter(randomGame(22, defaultRng(2)), 25).book);
  expect(() => decodeOutcomeBook(bytes.subarray(0, 9))).toThrow('This is no book of outcomes');
  expect(() => decodeOutcomeBook(bytes.subarray(0, bytes.length - 1))).toThrow("which don't fit each other");
  const other = bytes.slice();
  other[4] = 2;
  expect(() => decodeOutcomeBook(other)).toThrow('version 1');
  other.set(bytes);
  other[6] = 40;
  expect(() => decodeOutcomeBook(other)).toThrow('make it anew');
  expect(() => new Solver({ outcomes: { ...decodeOutcomeBook(bytes), stones: 99 } })).toThrow('for 99 stones');
});
