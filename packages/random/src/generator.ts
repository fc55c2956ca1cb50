import { drawInteger, fillBounded, type IntegerArray, integerRange } from './bounded-integers.ts';
import { type ChoiceOptions, chooseIndices, shuffleInPlace } from './choice.ts';
import { PCG64, type Pcg64State } from './pcg64.ts';
import { type Entropy, SeedSequence, type SeedSequenceState } from './seed-sequence.ts';
import { drawStandardExponential, drawStandardNormal } from './ziggurat.ts';

/** Where real numbers are drawn to; draws are made in double precision and rounded when `out` is float32. */
export type RealArray = Float64Array | Float32Array;

/** A {@link Generator} as plain JSON: what it draws next, and what it spawns next. */
export interface GeneratorState extends Pcg64State {
  bitGenerator: 'PCG64';
  seedSequence: SeedSequenceState;
}

/**
 * NumPy's `Generator` on `PCG64`: the same numbers, bit for bit, in the same order.
 *
 * Every distribution has a scalar form, and a `fill` form that draws `out.length` numbers as NumPy's `size=` does and
 * allocates nothing.
 */
export class Generator {
  readonly bits: PCG64;
  #seedSequence: SeedSequence;

  constructor(seed: Entropy | SeedSequence) {
    this.#seedSequence = seed instanceof SeedSequence ? seed : new SeedSequence(seed);
    this.bits = new PCG64(this.#seedSequence);
  }

  get seedSequence(): SeedSequence {
    return this.#seedSequence;
  }

  /** Uniform in [0, 1). */
  random(): number {
    return this.bits.nextDouble();
  }

  fillRandom(out: RealArray): void {
    for (let i = 0; i < out.length; i++) out[i] = this.bits.nextDouble();
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.bits.nextDouble();
  }

  fillUniform(out: RealArray, low = 0, high = 1): void {
    const width = high - low;
    for (let i = 0; i < out.length; i++) out[i] = low + width * this.bits.nextDouble();
  }

  /**
   * An integer uniform in [low, high), or in [low, high] with `endpoint`; `integers(n)` draws below n. NumPy's int64.
   *
   * @throws InputError when the range is empty or its ends aren't safe integers.
   */
  integers(low: number, high?: number, options: { endpoint?: boolean } = {}): number {
    const [first, last] = integerRange(low, high, options.endpoint ?? false);
    return drawInteger(this.bits, first, last);
  }

  /** Fills with integers. 8-bit and 16-bit arrays get what NumPy draws for their dtype, all others what int64 gets. */
  fillIntegers(out: IntegerArray, low: number, high?: number, options: { endpoint?: boolean } = {}): void {
    const [first, last] = integerRange(low, high, options.endpoint ?? false);
    fillBounded(this.bits, out, first, last);
  }

  /** Normal with mean 0 and standard deviation 1. */
  standardNormal(): number {
    return drawStandardNormal(this.bits);
  }

  fillStandardNormal(out: RealArray): void {
    for (let i = 0; i < out.length; i++) out[i] = drawStandardNormal(this.bits);
  }

  /** Normal with mean `loc` and standard deviation `scale`. */
  normal(loc = 0, scale = 1): number {
    return loc + scale * drawStandardNormal(this.bits);
  }

  fillNormal(out: RealArray, loc = 0, scale = 1): void {
    for (let i = 0; i < out.length; i++) out[i] = loc + scale * drawStandardNormal(this.bits);
  }

  /** Exponential with mean `scale`. */
  exponential(scale = 1): number {
    return scale * drawStandardExponential(this.bits);
  }

  fillExponential(out: RealArray, scale = 1): void {
    for (let i = 0; i < out.length; i++) out[i] = scale * drawStandardExponential(this.bits);
  }

  /** One element of `items`, or one index below `items` when that is a number. */
  choice(items: number, options?: ChoiceOptions): number;
  choice<T>(items: ArrayLike<T>, options?: ChoiceOptions): T;
  choice<T>(items: number | ArrayLike<T>, options: ChoiceOptions = {}): T | number {
    const population = typeof items === 'number' ? items : items.length;
    const [index] = chooseIndices(this.bits, population, 1, options);
    return typeof items === 'number' ? index : items[index];
  }

  /**
   * `size` indices below `population`.
   *
   * @throws InputError when the probabilities don't fit or more is asked than there is to draw.
   */
  choiceIndices(population: number, size: number, options: ChoiceOptions = {}): Int32Array {
    return chooseIndices(this.bits, population, size, options);
  }

  /** Puts the items into a random order, in place. */
  shuffle(items: unknown[] | RealArray | Exclude<IntegerArray, number[]>): void {
    shuffleInPlace(this.bits, items as unknown[]);
  }

  /** The integers below `count` in a random order. */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    shuffleInPlace(this.bits, order);
    return order;
  }

  /** `count` generators, each independent of this one and of one another. */
  spawn(count: number): Generator[] {
    return this.#seedSequence.spawn(count).map((child) => new Generator(child));
  }

  getState(): GeneratorState {
    return { bitGenerator: 'PCG64', ...this.bits.getState(), seedSequence: this.#seedSequence.getState() };
  }

  /** Goes on where {@link getState} was called. @throws InputError when the state is not one of PCG64. */
  setState(state: GeneratorState): void {
    this.bits.setState(state);
    this.#seedSequence = SeedSequence.fromState(state.seedSequence);
  }
}

/** NumPy's `default_rng(seed)`. The seed is explicit: the same seed gives the same numbers. */
export function defaultRng(seed: Entropy | SeedSequence): Generator {
  return new Generator(seed);
}
