import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { explainingFileErrors } from './file-errors.ts';

/** Figures of one iteration; null where there is none, before the first episode has ended say. */
export type Metrics = Readonly<Record<string, number | null>>;

/** A file of one JSON object a line, to which iterations append. */
export class MetricsFile {
  readonly path: string;
  #file: number;
  #lines: number;

  /**
   * Opens the file and keeps its first `lines` lines, those that the checkpoint to go on from knows.
   *
   * @throws InputError when the file has fewer lines, or can't be written.
   */
  constructor(path: string, lines: number) {
    this.path = path;
    this.#lines = lines;
    this.#file = explainingFileErrors('write', path, () => {
      if (existsSync(path)) truncateSync(path, endOfLine(path, readFileSync(path), lines));
      else if (lines > 0) throw new InputError(`${path} is missing, so its run can't go on; start a new one.`);
      return openSync(path, 'a');
    });
  }

  /** Lines in the file. */
  get lines(): number {
    return this.#lines;
  }

  append(metrics: Metrics): void {
    const line = Buffer.from(`${JSON.stringify(metrics)}\n`);
    explainingFileErrors('write', this.path, () => {
      for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written);
    });
    this.#lines++;
  }

  /** Makes the lines so far outlast a crash of the machine. */
  sync(): void {
    explainingFileErrors('write', this.path, () => fsyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Bytes in the first `lines` lines. */
function endOfLine(path: string, bytes: Buffer, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line++) {
    end = bytes.indexOf(10, end) + 1;
    if (end === 0) {
      throw new InputError(`${path} has ${line} lines where its checkpoint expects ${lines}; start a new run.`);
    }
  }
  return end;
}
