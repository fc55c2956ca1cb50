import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IntegerArray } from '../index.ts';
/** What NumPy drew; written by `fixtures/generate.py`. */
export interface NumpyFixture {
  seed_sequences: {
    entropy: string | string[];
    spawnKey: number[];
    poolSize: number;
    uint32: number[];
    uint64: string[];
  }[];
  streams: (Record<StreamName, number[]> & {
    seed: number;
    state: { state: string; inc: string };
    hasUint32: boolean;
    uinteger: number;
  })[];
  hashes: {
    seed: number;
    random: string;
    normal: string;
    exponential: string;
    int64: Record<string, string>;
    int8: Record<string, string>;
    int16: Record<string, string>;
    int32: Record<string, string>;
    signed: string;
    after: number;
  }[];
  choices: {
    seed: number;
    p: number[];
    one: number;
    weightedOne: number;
    replaced: number[];
    weighted: number[];
    without: number[];
    all: number[];
    unshuffled: number[];
    weightedWithout: number[];
    largeFew: number[];
    largeMany: string;
    after: number;
  }[];
  spawned: { seed: number; children: number[]; grandchild: number }[];
}

type StreamName =
  | 'random'
  | 'uniform'
  | 'normal'
  | 'located'
  | 'exponential'
  | 'digits'
  | 'interleaved'
  | 'wide'
  | 'words'
  | 'permutation';

export function numpyFixture(): NumpyFixture {
  return JSON.parse(readFileSync(new URL('../../fixtures/numpy.json', import.meta.url), 'utf8'));
}

/** SHA-256 of an array's bytes, as the fixture holds it. */
export function hashOf(array: Exclude<IntegerArray, number[]> | Float64Array): string {
  return createHash('sha256')
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest('hex');
}
