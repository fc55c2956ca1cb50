import { InputError } from '@understudy/errors';
import type { StoredRows } from './fix.ts';

/** @throws InputError when observations do not begin with a place. */
export function checkPlaces(fix: string, path: string, file: StoredRows, observationSize: number): void {
  const width = file.width('observations');
  if (width === observationSize) return;
  throw new InputError(
    `The fix "${fix}" is for observations of ${observationSize} numbers and ${path} has ${width}, so leave it out.`,
  );
}

/**
 * Distances that the first two numbers of an observation move in a step, m.
 *
 * @returns One number for each of `rows` rows from `start` on; NaN for the file's last one.
 */
export function stepLengths(file: StoredRows, start: number, rows: number): Float64Array {
  const width = file.width('observations');
  const stop = Math.min(file.transitions, start + rows + 1);
  const observations = file.read('observations', start, stop);
  const lengths = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; i < stop - start - 1; i++) {
    const x = observations[(i + 1) * width] - observations[i * width];
    const y = observations[(i + 1) * width + 1] - observations[i * width + 1];
    lengths[i] = Math.hypot(x, y);
  }
  return lengths;
}
