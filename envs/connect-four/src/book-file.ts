import { readFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

/** What the book knows of a position and its mirror image. */
export interface BookEntry {
  /** The smaller of the two positions' keys. */
  key: number;
  stones: number;
  score: number;
  /** Bit i is set where column i is a best move, in the position whose key this is. */
  columns: number;
}

/**
 * The committed book, made by `scripts/build-book.js`. It lies beside src/ and dist/, so one address serves both.
 */
export function readBook(): BookEntry[] {
  return decodeBook(readFileSync(new URL('../book/openings.br', import.meta.url)));
}

/**
 * Packs a book: the entries by rising key, each key as the difference to the one before it in base 128, the lowest digit
 * first and all but the last with 128 added, then stones, score as int8, columns; all under Brotli.
 */
export function encodeBook(entries: readonly BookEntry[]): Uint8Array {
  const bytes: number[] = [];
  let previous = 0;
  for (const { key, stones, score, columns } of [...entries].sort((a, b) => a.key - b.key)) {
    let difference = key - previous;
    previous = key;
    for (; difference >= 128; difference = Math.floor(difference / 128)) bytes.push(128 + (difference % 128));
    bytes.push(difference, stones, score & 0xff, columns);
  }
  return brotliCompressSync(Uint8Array.from(bytes));
}

/** What {@link encodeBook} packed, by rising key. */
export function decodeBook(packed: Uint8Array): BookEntry[] {
  const bytes = brotliDecompressSync(packed);
  const entries: BookEntry[] = [];
  let key = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    let scale = 1;
    for (; bytes[at] >= 128; scale *= 128) key += (bytes[at++] - 128) * scale;
    key += bytes[at++] * scale;
    entries.push({ key, stones: bytes[at], score: (bytes[at + 1] << 24) >> 24, columns: bytes[at + 2] });
  }
  return entries;
}
