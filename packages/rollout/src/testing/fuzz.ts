import { readFileSync } from 'node:fs';
import { decode, encode } from '@msgpack/msgpack';
import type { Generator } from '@understudy/random';

/** Frames of a message. */
export type Frames = Uint8Array[];

/** A vector of the protocol, as its file has it. */
interface Vector {
  readonly name: string;
  readonly frames: string[];
  readonly code?: string;
}

function readVectors(file: string): { name: string; code?: string; frames: Frames }[] {
  const url = new URL(`../../vectors/${file}`, import.meta.url);
  const vectors = JSON.parse(readFileSync(url, 'utf8')) as Vector[];
  return vectors.map(({ name, code, frames }) => ({
    name,
    code,
    frames: frames.map((hex) => Buffer.from(hex, 'hex')),
  }));
}

/** The messages of the protocol's test vectors, one of every type at least. */
export const validMessages = (): Frames[] => readVectors('valid.json').map(({ frames }) => frames);

/** Messages that must be refused, and how. */
export const invalidMessages = () => readVectors('invalid.json') as { name: string; code: string; frames: Frames }[];

/** Makes broken messages out of whole ones; the same generator gives the same. */
export class MessageFuzzer {
  readonly #random: Generator;
  readonly #whole: readonly Frames[];

  constructor(random: Generator, whole: readonly Frames[] = validMessages()) {
    this.#random = random;
    this.#whole = whole;
  }

  /** A message that is broken, most likely. */
  next(): Frames {
    const frames = this.#pick(this.#whole).map((frame) => Uint8Array.from(frame));
    const kinds = [
      () => this.#noise(),
      () => this.#flipBits(frames),
      () => this.#truncate(frames),
      () => this.#extend(frames),
      () => this.#shuffleFrames(frames),
      () => this.#bendHeader(frames),
      () => this.#bendHeader(frames),
      () => this.#bendArrays(frames),
      () => this.#claimMuch(frames),
    ];
    return this.#pick(kinds)();
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return this.#random.integers(0, limit);
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#below(256));
  }

  #noise(): Frames {
    return Array.from({ length: 1 + this.#below(4) }, () => this.#bytes(this.#below(120)));
  }

  #flipBits(frames: Frames): Frames {
    const frame = this.#pick(frames);
    for (let i = 1 + this.#below(8); i > 0 && frame.length > 0; i--) {
      frame[this.#below(frame.length)] ^= 1 << this.#below(8);
    }
    return frames;
  }

  #truncate(frames: Frames): Frames {
    const i = this.#below(frames.length);
    frames[i] = frames[i].slice(0, this.#below(frames[i].length + 1));
    return frames;
  }

  #extend(frames: Frames): Frames {
    const i = this.#below(frames.length);
    frames[i] = Buffer.concat([frames[i], this.#bytes(1 + this.#below(40))]);
    return frames;
  }

  #shuffleFrames(frames: Frames): Frames {
    const more = [...frames, this.#pick(this.#pick(this.#whole)), this.#bytes(this.#below(20))];
    return Array.from({ length: 1 + this.#below(4) }, () => this.#pick(more));
  }

  /** Another value somewhere in the header, or another key. */
  #bendHeader(frames: Frames): Frames {
    const header = decode(frames[0]) as Record<string, unknown>;
    let place = header;
    for (let depth = this.#below(3); depth > 0; depth--) {
      const inner = Object.values(place).filter((value) => typeof value === 'object' && value !== null);
      if (inner.length > 0) place = this.#pick(inner) as Record<string, unknown>;
    }
    const keys = Object.keys(place);
    const key =
      keys.length > 0 && this.#below(4) > 0 ? this.#pick(keys) : this.#pick(['x', '__proto__x', 'v', 'b', '0']);
    if (this.#below(5) === 0) delete place[key];
    else place[key] = this.#strange();
    return [encode(header), ...frames.slice(1)];
  }

  #strange(): unknown {
    const deep = (depth: number): unknown => (depth === 0 ? 0 : [deep(depth - 1)]);
    const values = [
      null,
      true,
      -1,
      0,
      2,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 31,
      Number.MAX_SAFE_INTEGER,
      2 ** 63,
      '',
      'step',
      'constructor',
      'x'.repeat(1 + this.#below(70_000)),
      '\u0000\u202e',
      [],
      {},
      deep(5 + this.#below(60)),
      Array.from({ length: this.#below(3_000) }, () => this.#below(100)),
      new Uint8Array(3),
      new Date(0),
    ];
    return this.#pick(values);
  }

  /** Descriptions of arrays that don't fit the data. */
  #bendArrays(frames: Frames): Frames {
    const header = decode(frames[0]) as Record<string, unknown>;
    const lengths = [0, 1, 2, 3, 7, 2 ** 20, 2 ** 31, 2 ** 32, 2 ** 52, -1, 1.5];
    const dtypes = ['u8', 'i8', 'i32', 'f32', 'f64', 'i64', 'f16', 'bool', 'object'];
    const names = ['actions', 'observations', 'state', 'rewards', '../x', 'toString', ''];
    header.a = Array.from({ length: this.#below(4) }, () => [
      this.#pick(names),
      this.#pick(dtypes),
      Array.from({ length: this.#below(10) }, () => this.#pick(lengths)),
    ]);
    return [encode(header), this.#bytes(8 * this.#below(8))];
  }

  /** Lengths of 2 GB and more where little follows. */
  #claimMuch(frames: Frames): Frames {
    const claims = ['db7fffffff', 'dbffffffff', 'dd7fffffff', 'df7fffffff', 'c67fffffff', 'c97fffffff01', 'dfffffffff'];
    const at = this.#below(frames[0].length);
    frames[0] = Buffer.concat([
      frames[0].slice(0, at),
      Buffer.from(this.#pick(claims), 'hex'),
      this.#bytes(this.#below(20)),
    ]);
    return frames;
  }
}
