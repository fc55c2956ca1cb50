import { InputError } from '@understudy/errors';
import type { SeedSequence } from './seed-sequence.ts';

/** A {@link PCG64} as plain JSON, with NumPy's fields; the 128-bit integers in decimal. */
export interface Pcg64State {
  state: string;
  inc: string;
  hasUint32: boolean;
  uinteger: number;
}

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const MASK_128 = (1n << 128n) - 1n;

/**
 * NumPy's `PCG64` bit generator: PCG XSL-RR 128/64 (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
 * Statistically Good Algorithms for Random Number Generation", 2014).
 *
 * The 128-bit state lies in four 32-bit limbs, lowest first, and no step allocates or touches a bigint.
 */
export class PCG64 {
  /** The upper half of the last {@link nextUint64}, as the bits of an int32; `>>> 0` makes it unsigned. */
  high = 0;
  /** The lower half of the last {@link nextUint64}, as the bits of an int32. */
  low = 0;
  #s0 = 0;
  #s1 = 0;
  #s2 = 0;
  #s3 = 0;
  #i0 = 0;
  #i1 = 0;
  #i2 = 0;
  #i3 = 0;
  #hasUint32 = false;
  #uinteger = 0;

  constructor(seedSequence: SeedSequence) {
    const [stateHigh, stateLow, streamHigh, streamLow] = seedSequence.generateState(4, 'uint64');
    const inc = (((streamHigh << 64n) | streamLow) << 1n) | 1n;
    // PCG's seeding: a step from zero gives `inc`; the seed is added; one more step follows.
    const start = inc + ((stateHigh << 64n) | stateLow);
    this.#setLimbs((start * MULTIPLIER + inc) & MASK_128, inc & MASK_128);
  }

  /** Draws 64 bits into {@link high} and {@link low}. */
  nextUint64(): void {
    const s0 = this.#s0 >>> 0;
    const s1 = this.#s1 >>> 0;
    const s2 = this.#s2 >>> 0;
    // state * multiplier + increment: a limb times 16 bits of the multiplier stays below 2^48, so columns of such
    // products, each 16 bits above the one before, add up exactly in doubles.
    const t1 = s0 * 0x9fcc;
    const t3 = s0 * 0x4385 + s1 * 0x9fcc;
    const t5 = s0 * 0x1fc6 + s1 * 0x4385 + s2 * 0x9fcc;
    const a0 = s0 * 0xf645 + (t1 & 0xffff) * 65536 + (this.#i0 >>> 0);
    const carry0 = Math.floor(a0 * 2 ** -32) + Math.floor(t1 * 2 ** -16);
    const a1 = s0 * 0xdf64 + s1 * 0xf645 + (t3 & 0xffff) * 65536 + carry0 + (this.#i1 >>> 0);
    const carry1 = Math.floor(a1 * 2 ** -32) + Math.floor(t3 * 2 ** -16);
    const a2 = s0 * 0x5da4 + s1 * 0xdf64 + s2 * 0xf645 + (t5 & 0xffff) * 65536 + carry1 + (this.#i2 >>> 0);
    const carry2 = (Math.floor(a2 * 2 ** -32) + Math.floor(t5 * 2 ** -16)) | 0;
    const top =
      Math.imul(s0, 0x2360ed05) +
      Math.imul(s1, 0x1fc65da4) +
      Math.imul(s2, 0x4385df64) +
      Math.imul(this.#s3, 0x9fccf645);
    const r0 = a0 | 0;
    const r1 = a1 | 0;
    const r2 = a2 | 0;
    const r3 = (top + carry2 + this.#i3) | 0;
    this.#s0 = r0;
    this.#s1 = r1;
    this.#s2 = r2;
    this.#s3 = r3;
    // XSL-RR: the halves' xor, rotated right by the state's top 6 bits; a rotation by 32 or more swaps the halves.
    const rotation = r3 >>> 26;
    const swap = (rotation & 32) !== 0;
    const upper = swap ? r2 ^ r0 : r3 ^ r1;
    const lower = swap ? r3 ^ r1 : r2 ^ r0;
    const shift = rotation & 31;
    this.low = (lower >>> shift) | ((upper << 1) << (31 - shift));
    this.high = (upper >>> shift) | ((lower << 1) << (31 - shift));
  }

  /** 32 bits in [0, 2^32). As in NumPy, one 64-bit draw serves two calls: its lower half first. */
  nextUint32(): number {
    if (this.#hasUint32) {
      this.#hasUint32 = false;
      return this.#uinteger >>> 0;
    }
    this.nextUint64();
    this.#hasUint32 = true;
    this.#uinteger = this.high;
    return this.low >>> 0;
  }

  /** A double in [0, 1): the upper 53 bits of a 64-bit draw. */
  nextDouble(): number {
    this.nextUint64();
    return ((this.high >>> 0) * 0x200000 + (this.low >>> 11)) * 2 ** -53;
  }

  getState(): Pcg64State {
    return {
      state: fromLimbs(this.#s0, this.#s1, this.#s2, this.#s3).toString(),
      inc: fromLimbs(this.#i0, this.#i1, this.#i2, this.#i3).toString(),
      hasUint32: this.#hasUint32,
      uinteger: this.#uinteger >>> 0,
    };
  }

  /** @throws InputError when `state` and `inc` are not decimal 128-bit integers. */
  setState({ state, inc, hasUint32, uinteger }: Pcg64State): void {
    if (!/^\d{1,39}$/.test(state) || !/^\d{1,39}$/.test(inc)) {
      throw new InputError('A PCG64 state needs `state` and `inc` as decimal strings, as getState gives them.');
    }
    this.#setLimbs(BigInt(state), BigInt(inc));
    this.#hasUint32 = hasUint32;
    this.#uinteger = uinteger | 0;
  }

  #setLimbs(state: bigint, inc: bigint): void {
    this.#s0 = limb(state, 0n);
    this.#s1 = limb(state, 32n);
    this.#s2 = limb(state, 64n);
    this.#s3 = limb(state, 96n);
    this.#i0 = limb(inc, 0n);
    this.#i1 = limb(inc, 32n);
    this.#i2 = limb(inc, 64n);
    this.#i3 = limb(inc, 96n);
  }
}

function limb(value: bigint, shift: bigint): number {
  return Number(BigInt.asIntN(32, value >> shift));
}

function fromLimbs(...limbs: number[]): bigint {
  return limbs.reduceRight((value, bits) => (value << 32n) | BigInt(bits >>> 0), 0n);
}
