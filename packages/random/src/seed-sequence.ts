import { InputError } from '@understudy/errors';

/** A non-negative integer, or several; bigints where the number is beyond 2^53. */
export type Entropy = number | bigint | readonly (number | bigint)[];

/** Optional arguments of {@link SeedSequence}. */
export interface SeedSequenceOptions {
  /** The place in a tree of spawned sequences; set by {@link SeedSequence.spawn}. */
  spawnKey?: readonly number[];
  /** Words in the entropy pool, at least 4. */
  poolSize?: number;
  /** How many children exist already. */
  childrenSpawned?: number;
}

/** A {@link SeedSequence} as plain JSON; entropy in decimal, because it may be a big integer. */
export interface SeedSequenceState {
  entropy: string | string[];
  spawnKey: number[];
  poolSize: number;
  childrenSpawned: number;
}

const INIT_A = 0x43b0d7e5;
const MULT_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULT_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;

/**
 * NumPy's `SeedSequence`: turns seeds of any quality into well-mixed initial states, and spawns independent children.
 *
 * Source: M. E. O'Neill, "Developing a seed_seq Alternative" (2015), with the constants of NumPy NEP 19.
 */
export class SeedSequence {
  readonly entropy: Entropy;
  readonly spawnKey: readonly number[];
  readonly poolSize: number;
  readonly #pool: Uint32Array;
  #childrenSpawned: number;

  /**
   * @param entropy - The seed: a non-negative integer or an array of them.
   * @throws InputError when the entropy is not made of non-negative integers or the pool is too small.
   */
  constructor(entropy: Entropy, options: SeedSequenceOptions = {}) {
    const { spawnKey = [], poolSize = 4, childrenSpawned = 0 } = options;
    if (!Number.isSafeInteger(poolSize) || poolSize < 4) {
      throw new InputError(`poolSize is ${poolSize}, expected an integer of at least 4.`);
    }
    this.entropy = entropy;
    this.spawnKey = spawnKey;
    this.poolSize = poolSize;
    this.#childrenSpawned = childrenSpawned;
    this.#pool = mixedPool(assembledEntropy(entropy, spawnKey, poolSize), poolSize);
  }

  get childrenSpawned(): number {
    return this.#childrenSpawned;
  }

  /**
   * Words for seeding a generator; the same ones every time.
   *
   * @returns `[words]`; NumPy's `generate_state(words, np.uint32)`.
   */
  generateState(words: number, type?: 'uint32'): Uint32Array<ArrayBuffer>;
  /** NumPy's `generate_state(words, np.uint64)`. */
  generateState(words: number, type: 'uint64'): BigUint64Array<ArrayBuffer>;
  generateState(words: number, type: 'uint32' | 'uint64' = 'uint32') {
    const state = new Uint32Array(type === 'uint64' ? 2 * words : words);
    let constant = INIT_B;
    for (let i = 0; i < state.length; i++) {
      const value = this.#pool[i % this.#pool.length] ^ constant;
      constant = Math.imul(constant, MULT_B);
      const scrambled = Math.imul(value, constant);
      state[i] = scrambled ^ (scrambled >>> 16);
    }
    if (type === 'uint32') return state;
    return BigUint64Array.from({ length: words }, (_, i) => word64(state[2 * i + 1], state[2 * i]));
  }

  /** `count` children, each independent of this sequence and of one another; later calls give further ones. */
  spawn(count: number): SeedSequence[] {
    const first = this.#childrenSpawned;
    this.#childrenSpawned += count;
    return Array.from(
      { length: count },
      (_, i) => new SeedSequence(this.entropy, { spawnKey: [...this.spawnKey, first + i], poolSize: this.poolSize }),
    );
  }

  getState(): SeedSequenceState {
    return {
      entropy: typeof this.entropy === 'object' ? this.entropy.map(String) : String(this.entropy),
      spawnKey: [...this.spawnKey],
      poolSize: this.poolSize,
      childrenSpawned: this.#childrenSpawned,
    };
  }

  static fromState(state: SeedSequenceState): SeedSequence {
    const { entropy, ...options } = state;
    return new SeedSequence(typeof entropy === 'string' ? BigInt(entropy) : entropy.map(BigInt), options);
  }
}

function word64(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The 32-bit words of entropy and spawn key; with a spawn key, short entropy is padded so that keys can't collide. */
function assembledEntropy(entropy: Entropy, spawnKey: readonly number[], poolSize: number): number[] {
  const words = uint32Words(entropy);
  if (spawnKey.length > 0) while (words.length < poolSize) words.push(0);
  return words.concat(uint32Words(spawnKey));
}

/** Little-endian 32-bit words of every integer, one after the other; 0 has one word. */
function uint32Words(entropy: Entropy): number[] {
  if (typeof entropy === 'object') return entropy.flatMap((part) => uint32Words(part));
  if (typeof entropy === 'number' ? !Number.isSafeInteger(entropy) || entropy < 0 : entropy < 0n) {
    throw new InputError(`The seed is ${entropy}, expected a non-negative integer (a bigint when beyond 2^53).`);
  }
  const words: number[] = [];
  let rest = BigInt(entropy);
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

/** The entropy pool: every word of entropy mixed into every word of the pool. */
function mixedPool(entropy: readonly number[], poolSize: number): Uint32Array {
  const pool = new Uint32Array(poolSize);
  let constant = INIT_A;
  const hash = (word: number): number => {
    const value = word ^ constant;
    constant = Math.imul(constant, MULT_A);
    const hashed = Math.imul(value, constant);
    return hashed ^ (hashed >>> 16);
  };
  const mixIn = (target: number, word: number): void => {
    const mixed = (Math.imul(MIX_LEFT, pool[target]) - Math.imul(MIX_RIGHT, hash(word))) | 0;
    pool[target] = mixed ^ (mixed >>> 16);
  };
  for (let i = 0; i < poolSize; i++) pool[i] = hash(entropy[i] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) if (source !== target) mixIn(target, pool[source]);
  }
  for (let source = poolSize; source < entropy.length; source++) {
    for (let target = 0; target < poolSize; target++) mixIn(target, entropy[source]);
  }
  return pool;
}
