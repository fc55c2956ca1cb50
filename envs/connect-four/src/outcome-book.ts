import { readFileSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { startSolver } from './solver-module.ts';
import { cellCount, type StaticFunctionShape, shapeFor, solveCells } from './static-function.ts';

/**
 * Who wins every position of so many stones that a game can reach and that who moves doesn't win at once. A solver with
 * such a book searches no further than to these positions.
 *
 * It is a static function (see `static-function.ts`): two bits and a bit a position, and none for the positions' names.
 */
export interface OutcomeBook extends StaticFunctionShape {
  readonly stones: number;
  /** Chooses among the hashes that tell where a position's cells are. */
  readonly seed: number;
  /** Four cells a byte. */
  readonly cells: Uint8Array;
}

/** Hashes to try; each fits with near certainty. */
const TRIES = 20;

/** `UOUT`, version 1. */
const MAGIC = [0x55, 0x4f, 0x55, 0x54, 1];
const HEADER_BYTES = 16;
const MAX_STONES = 40;
const MAX_SEGMENT_BITS = 16;

/**
 * Makes a book.
 *
 * @param keys - `Solver.bookKey` of every position, each once.
 * @param outcomes - For who moves: 1, 0 or -1.
 */
export function buildOutcomeBook(stones: number, keys: ArrayLike<number>, outcomes: ArrayLike<number>): OutcomeBook {
  const shape = shapeFor(keys.length);
  const { exports } = startSolver();
  const cellsOf = new Uint32Array(3 * keys.length);
  const values = Uint8Array.from(outcomes, (outcome) => (outcome + 3) % 3);
  for (let seed = 0; seed < TRIES; seed++) {
    exports.useOutcomes(0, stones, seed, shape.segmentBits, shape.segments);
    for (let i = 0; i < cellsOf.length; i++) cellsOf[i] = exports.outcomeCell(keys[Math.floor(i / 3)], i % 3) >>> 0;
    const cells = solveCells(cellsOf, values, cellCount(shape));
    if (cells) return { stones, seed, ...shape, cells };
  }
  throw new Error(`No hash of ${TRIES} fits ${keys.length} keys; is one of them there twice?`);
}

let committed: OutcomeBook | undefined;

/** The committed book, made by `scripts/build-outcomes.js` and read once a process. */
export function readOutcomeBook(): OutcomeBook {
  committed ??= decodeOutcomeBook(readFileSync(new URL('../book/outcomes.bin', import.meta.url)));
  return committed;
}

/** A book as the bytes of a file: a header of 16 bytes, then the cells. */
export function encodeOutcomeBook({ stones, seed, segmentBits, segments, cells }: OutcomeBook): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + cells.length);
  bytes.set([...MAGIC, stones, segmentBits]);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, segments, true);
  view.setUint32(12, seed, true);
  bytes.set(cells, HEADER_BYTES);
  return bytes;
}

/** @throws InputError when the bytes are no book. */
export function decodeOutcomeBook(bytes: Uint8Array): OutcomeBook {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new InputError('This is no book of outcomes: it does not begin as version 1 of one; make it anew.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [segments, seed] = [view.getUint32(8, true), view.getUint32(12, true)];
  const book = { stones: bytes[5], seed, segmentBits: bytes[6], segments, cells: bytes.slice(HEADER_BYTES) };
  checkOutcomeBook(book);
  return book;
}

/** @throws InputError when the book's parts don't fit each other. */
export function checkOutcomeBook({ stones, segmentBits, segments, cells }: OutcomeBook): void {
  const inRange = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most;
  const fits =
    inRange(stones, MAX_STONES) &&
    inRange(segmentBits, MAX_SEGMENT_BITS) &&
    inRange(segments, 2 ** 24) &&
    segments > 0 &&
    cells.length === Math.ceil(cellCount({ segmentBits, segments }) / 4);
  if (fits) return;
  throw new InputError(
    `A book of outcomes for ${stones} stones has ${cells.length} bytes of cells in ${segments} segments, which don't fit each other; make it anew.`,
  );
}
