import { InputError } from '@understudy/errors';
import { drawBounded, drawMasked } from './bounded-integers.ts';
import type { PCG64 } from './pcg64.ts';

/** Arguments of {@link Generator.choice}. */
export interface ChoiceOptions {
  /** Whether an element may be drawn again; true unless told. */
  replace?: boolean;
  /** `[population]`, each element's probability; uniform unless told. */
  p?: ArrayLike<number>;
  /** Whether the order of a draw without replacement is random too (slower); true unless told. */
  shuffle?: boolean;
}

interface Shuffleable {
  readonly length: number;
  [index: number]: unknown;
}

/** Fisher and Yates's shuffle from the end down; NumPy draws its places with {@link drawMasked}. */
export function shuffleInPlace(bits: PCG64, items: Shuffleable): void {
  for (let i = items.length - 1; i >= 1; i--) swap(items, i, drawMasked(bits, i));
}

/** The same shuffle of `items[first ...]` with everything inside a choice, where NumPy draws with {@link drawBounded}. */
function shuffleChosen(bits: PCG64, items: Int32Array, first: number): void {
  for (let i = items.length - 1; i >= first; i--) swap(items, i, drawBounded(bits, i));
}

function swap(items: Shuffleable, i: number, j: number): void {
  const item = items[i];
  items[i] = items[j];
  items[j] = item;
}

/** `size` indices below `population`, drawn as NumPy's `Generator.choice` draws them. */
export function chooseIndices(bits: PCG64, population: number, size: number, options: ChoiceOptions): Int32Array {
  const { replace = true, p, shuffle = true } = options;
  if (!Number.isInteger(population) || population < 0 || population > 0x7fffffff || (population === 0 && size > 0)) {
    throw new InputError(`The population is ${population}, expected an integer between 1 and 2^31 - 1.`);
  }
  if (!Number.isInteger(size) || size < 0) {
    throw new InputError(`The size is ${size}, expected a non-negative integer.`);
  }
  if (!replace && size > population) {
    throw new InputError(`Can't draw ${size} of ${population} without replacement; draw fewer or set replace: true.`);
  }
  if (p !== undefined) {
    checkProbabilities(p, population, replace ? 0 : size);
    return replace ? chooseWeighted(bits, p, size) : chooseWeightedOnce(bits, p, size);
  }
  if (replace) return new Int32Array(size).map(() => drawBounded(bits, population - 1));
  const fewest = shuffle ? 50 : 20;
  if (population > 10_000 && size > Math.floor(population / fewest)) return chooseByShuffle(bits, population, size);
  return chooseByFloyd(bits, population, size, shuffle);
}

function checkProbabilities(p: ArrayLike<number>, population: number, nonzero: number): void {
  if (p.length !== population) {
    throw new InputError(`There are ${p.length} probabilities for a population of ${population}; give one for each.`);
  }
  let sum = 0;
  let positive = 0;
  for (let i = 0; i < p.length; i++) {
    if (!(p[i] >= 0)) throw new InputError(`Probability ${i} is ${p[i]}, expected a number of at least 0.`);
    if (p[i] > 0) positive++;
    sum += p[i];
  }
  if (!(Math.abs(sum - 1) <= 1.5e-8)) throw new InputError(`The probabilities sum to ${sum}; divide them by that sum.`);
  if (positive < nonzero) {
    throw new InputError(`Only ${positive} probabilities are above 0, too few to draw ${nonzero} without replacement.`);
  }
}

function cumulative(p: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(p.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    sum += p[i];
    sums[i] = sum;
  }
  return sums.map((value) => value / sum);
}

/** The first index whose cumulative probability exceeds `u`: NumPy's `searchsorted(u, side='right')`. */
function indexAbove(sums: Float64Array, u: number): number {
  let low = 0;
  let high = sums.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] <= u) low = middle + 1;
    else high = middle;
  }
  return low;
}

function chooseWeighted(bits: PCG64, p: ArrayLike<number>, size: number): Int32Array {
  const sums = cumulative(p);
  return new Int32Array(size).map(() => indexAbove(sums, bits.nextDouble()));
}

/** Draws what is still missing, keeps the first of each element, gives the found probability 0, and repeats. */
function chooseWeightedOnce(bits: PCG64, p: ArrayLike<number>, size: number): Int32Array {
  const rest = Float64Array.from(p);
  const found = new Set<number>();
  while (found.size < size) {
    const missing = size - found.size;
    for (const index of found) rest[index] = 0;
    const sums = cumulative(rest);
    for (let i = 0; i < missing; i++) found.add(indexAbove(sums, bits.nextDouble()));
  }
  return Int32Array.from(found);
}

/** For large shares of large populations: the end of a partly shuffled range. */
function chooseByShuffle(bits: PCG64, population: number, size: number): Int32Array {
  const indices = Int32Array.from({ length: population }, (_, i) => i);
  shuffleChosen(bits, indices, Math.max(population - size, 1));
  return indices.slice(population - size);
}

/** R. Floyd's sampling without replacement (J. Bentley, "Programming Pearls: A Sample of Brilliance", 1987). */
function chooseByFloyd(bits: PCG64, population: number, size: number, shuffle: boolean): Int32Array {
  const found = new Set<number>();
  for (let j = population - size; j < population; j++) {
    const index = drawBounded(bits, j);
    found.add(found.has(index) ? j : index);
  }
  const indices = Int32Array.from(found);
  if (shuffle) shuffleChosen(bits, indices, 1);
  return indices;
}
