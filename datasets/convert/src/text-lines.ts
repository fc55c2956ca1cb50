import { ReplacementFile } from '@understudy/d4rl/hdf5';
import type { InputFile } from './input-file.ts';

const PIECE_BYTES = 2 ** 20;
/** A line is a row of numbers; longer ones are another kind of file. */
const MAX_LINE_BYTES = 2 ** 26;
const NEWLINE = 10;

/**
 * The lines of a text file, without their ends; a last one without an end counts, an empty one at the end does not.
 *
 * @throws InputError when a line is longer than 64 MiB or no UTF-8.
 */
export function* readLines(file: InputFile): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes: Uint8Array) => {
    try {
      const text = decoder.decode(bytes);
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    } catch {
      throw file.damaged('it is no UTF-8 text');
    }
  };
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  for (let position = 0; position < file.size; ) {
    const piece = file.read(position, Math.min(PIECE_BYTES, file.size - position));
    position += piece.length;
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const line = piece.subarray(start, end);
      yield decode(rest.length === 0 ? line : Buffer.concat([rest, line]));
      rest = new Uint8Array(0);
      start = end + 1;
    }
    rest = Uint8Array.from(Buffer.concat([rest, piece.subarray(start)]));
    if (rest.length > MAX_LINE_BYTES) throw file.damaged(`a line of more than ${MAX_LINE_BYTES} bytes`);
  }
  if (rest.length > 0) yield decode(rest);
}

/** Counts the lines that {@link readLines} gives, without decoding them. */
export function countLines(file: InputFile): number {
  let lines = 0;
  let last = NEWLINE;
  for (let position = 0; position < file.size; ) {
    const piece = file.read(position, Math.min(PIECE_BYTES, file.size - position));
    position += piece.length;
    last = piece[piece.length - 1];
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) lines++;
  }
  return last === NEWLINE ? lines : lines + 1;
}

/** Writes text to a file that takes its name when whole. */
export class TextFile {
  readonly #file: ReplacementFile;
  #position = 0;

  /** @throws InputError when nothing can be created beside `path`. */
  constructor(path: string) {
    this.#file = new ReplacementFile(path);
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    this.#file.write(bytes, this.#position);
    this.#position += bytes.length;
  }

  commit(): void {
    this.#file.commit();
  }

  discard(): void {
    this.#file.discard();
  }
}
