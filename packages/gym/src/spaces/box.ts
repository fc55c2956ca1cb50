import { InputError } from '@understudy/errors';
import type { Space } from '../space.ts';
import { formatFloat, formatShape } from './number-format.ts';
import { SpaceGenerator } from './space-generator.ts';

/** The arrays that elements of a {@link Box} come in, by NumPy's name of their type. */
export interface BoxArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
}

export type BoxDtype = keyof BoxArrays;

/** The type name that belongs to an array type. */
export type DtypeOf<T extends BoxArrays[BoxDtype]> = {
  [D in BoxDtype]: T extends BoxArrays[D] ? (BoxArrays[D] extends T ? D : never) : never;
}[BoxDtype];

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
};

/** Arguments of {@link Box}. */
export interface BoxOptions<T extends BoxArrays[BoxDtype]> {
  /** The lowest value, one for all numbers or one for each; -Infinity where there is none. */
  low: number | ArrayLike<number>;
  /** The highest value; Infinity where there is none. */
  high: number | ArrayLike<number>;
  /** Taken from `low` or `high` when one of them is an array. */
  shape?: readonly number[];
  /** `float32` unless told. */
  dtype?: DtypeOf<T>;
}

/**
 * Arrays of numbers between bounds; Gymnasium's `Box`. An element is one typed array in row-major order; its shape is the
 * space's to know.
 */
export class Box<T extends BoxArrays[BoxDtype] = Float32Array> implements Space<T> {
  readonly kind = 'box';
  readonly shape: readonly number[];
  readonly dtype: BoxDtype;
  readonly flatSize: number;
  /** `[flatSize]`; in integer boxes an infinite bound is the type's limit. */
  readonly low: T;
  /** `[flatSize]` */
  readonly high: T;
  /** 1 where the bound was finite, `[flatSize]`. */
  readonly #boundedBelow: Uint8Array;
  readonly #boundedAbove: Uint8Array;
  readonly #generator = new SpaceGenerator();

  /** @throws InputError when bounds and shape don't fit, a bound is NaN or beyond the type, or low exceeds high. */
  constructor({ low, high, shape, dtype }: BoxOptions<T>) {
    this.dtype = dtype ?? 'float32';
    this.shape = shape ?? [boundLength(low) ?? boundLength(high) ?? 1];
    this.flatSize = this.shape.reduce((size, length) => size * length, 1);
    this.low = this.#bounds('low', low);
    this.high = this.#bounds('high', high);
    this.#boundedBelow = Uint8Array.from(this.low, (_, i) => Number(boundAt(low, i) > Number.NEGATIVE_INFINITY));
    this.#boundedAbove = Uint8Array.from(this.high, (_, i) => Number(boundAt(high, i) < Number.POSITIVE_INFINITY));
    const crossed = this.low.findIndex((value, i) => value > this.high[i]);
    if (crossed >= 0) {
      const bounds = `low ${this.low[crossed]} and high ${this.high[crossed]}`;
      throw new InputError(`A Box has ${bounds} at index ${crossed}; low must not exceed high.`);
    }
  }

  /** Whether every number has a finite bound on that side. */
  isBounded(side: 'below' | 'above' | 'both' = 'both'): boolean {
    const below = side === 'above' || this.#boundedBelow.every((bounded) => bounded === 1);
    const above = side === 'below' || this.#boundedAbove.every((bounded) => bounded === 1);
    return below && above;
  }

  /** An array for one element, all zeros. */
  createArray(): T {
    return new arrayTypes[this.dtype](this.flatSize) as T;
  }

  seed(seed: number): void {
    this.#generator.seed(seed);
  }

  /** Uniform between two bounds, exponential away from a single one, standard normal without any. */
  sample(): T {
    const { random } = this.#generator;
    const element = this.createArray();
    const whole = this.dtype.startsWith('float') ? 0 : 1;
    // Gymnasium draws one group of numbers after the other: no bounds, below, above, both.
    this.#fillWhere(element, 0, 0, () => random.standardNormal());
    this.#fillWhere(element, 1, 0, (i) => random.exponential() + this.low[i]);
    this.#fillWhere(element, 0, 1, (i) => -random.exponential() + (this.high[i] + whole));
    this.#fillWhere(element, 1, 1, (i) => random.uniform(this.low[i], this.high[i] + whole));
    return element;
  }

  #fillWhere(element: T, below: number, above: number, draw: (i: number) => number): void {
    for (let i = 0; i < this.flatSize; i++) {
      if (this.#boundedBelow[i] !== below || this.#boundedAbove[i] !== above) continue;
      element[i] = this.dtype.startsWith('float') ? draw(i) : clipToSamples(Math.floor(draw(i)), this.dtype);
    }
  }

  /** Whether `value` is an array of this type (float32 also counts as float64) and size within the bounds; NaN is not. */
  contains(value: unknown): value is T {
    if (!(value instanceof arrayTypes[this.dtype]) && !(this.dtype === 'float64' && value instanceof Float32Array)) {
      return false;
    }
    if (value.length !== this.flatSize) return false;
    for (let i = 0; i < value.length; i++) if (!(value[i] >= this.low[i] && value[i] <= this.high[i])) return false;
    return true;
  }

  flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(flat: Float32Array | Float64Array): T {
    const element = this.createArray();
    element.set(flat);
    return element;
  }

  toString(): string {
    return `Box(${this.#formatBound(this.low)}, ${this.#formatBound(this.high)}, ${formatShape(this.shape)}, ${this.dtype})`;
  }

  #formatBound(bound: T): string {
    const { dtype } = this;
    const format = (value: number) =>
      dtype === 'float32' || dtype === 'float64' ? formatFloat(value, dtype) : String(value);
    const uniform = bound.length > 0 && bound.every((value) => value === bound[0]);
    return uniform ? format(bound[0]) : `[${Array.from(bound, format).join(' ')}]`;
  }

  #bounds(name: string, given: number | ArrayLike<number>): T {
    const length = boundLength(given);
    if (length !== undefined && length !== this.flatSize) {
      throw new InputError(
        `A Box of shape ${formatShape(this.shape)} has ${length} numbers as ${name}; give one for each.`,
      );
    }
    const bounds = this.createArray();
    const [smallest, largest] = limits(this.dtype);
    for (let i = 0; i < bounds.length; i++) {
      const value = boundAt(given, i);
      const infinite = Math.abs(value) === Number.POSITIVE_INFINITY;
      if (Number.isNaN(value) || (!infinite && (value < smallest || value > largest))) {
        throw new InputError(`A Box has ${name} ${value} at index ${i}, which ${this.dtype} can't hold.`);
      }
      bounds[i] = Math.min(Math.max(value, smallest), largest);
    }
    return bounds;
  }
}

function boundLength(bound: number | ArrayLike<number>): number | undefined {
  return typeof bound === 'number' ? undefined : bound.length;
}

function boundAt(bound: number | ArrayLike<number>, i: number): number {
  return typeof bound === 'number' ? bound : bound[i];
}

function limits(dtype: BoxDtype): [smallest: number, largest: number] {
  if (dtype.startsWith('float')) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const bits = 8 * arrayTypes[dtype].BYTES_PER_ELEMENT;
  return dtype.startsWith('uint') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

/** Gymnasium keeps samples of signed integers two away from the type's limits. */
function clipToSamples(value: number, dtype: BoxDtype): number {
  const [smallest, largest] = limits(dtype);
  const margin = dtype.startsWith('uint') ? 0 : 2;
  return Math.min(Math.max(value, smallest + margin), largest - margin);
}
