import type { NumberArray } from '@understudy/d4rl/hdf5';

/** Numbers of an episode, step by step. */
export interface MinariArray {
  /** Flat, row-major. Booleans are 0 and 1. */
  readonly data: NumberArray;
  /** `[steps, ...]` */
  readonly shape: readonly number[];
  /** As NumPy calls it: `float32` ... `int64`, `bool`. */
  readonly dtype: string;
}

/** An array, a text a step, a Dict's values by name, or a Tuple's in order. */
export type MinariValue = MinariArray | readonly string[] | readonly MinariValue[] | MinariDict;

/** Values of a Dict space, or infos, by name. */
export interface MinariDict {
  readonly [name: string]: MinariValue;
}

/** Gives `reset`'s options and other attributes of an episode. */
export type AttributeTree = string | number | bigint | boolean | readonly unknown[] | NumberArray | AttributeGroup;

/** Attributes by name. */
export interface AttributeGroup {
  readonly [name: string]: AttributeTree;
}

/** An episode of T steps as Minari stores it. */
export interface MinariEpisode {
  /** Its number in the dataset. */
  readonly id: number;
  /** Of the environment's reset. */
  readonly seed?: number;
  /** Of the environment's reset. */
  readonly options?: AttributeGroup;
  /** T + 1 observations: the one of the reset first, the final one last. */
  readonly observations: MinariValue;
  /** T actions. */
  readonly actions: MinariValue;
  /** `[T]` */
  readonly rewards: Float32Array | Float64Array;
  /** `[T]`, 1 where the task ended. */
  readonly terminations: Uint8Array;
  /** `[T]`, 1 where the episode was cut off. */
  readonly truncations: Uint8Array;
  /** T + 1 infos by name: the one of the reset first. */
  readonly infos?: MinariDict;
}

/** What is known of an episode without reading its data. */
export interface MinariEpisodeInfo {
  readonly id: number;
  readonly totalSteps: number;
  readonly seed?: number;
  readonly options?: AttributeGroup;
  /** Other attributes, for instance `rewards_sum`. */
  readonly other: AttributeGroup;
}

/** Whether a value is numbers and not texts or a group of values. */
export function isArray(value: MinariValue): value is MinariArray {
  return !Array.isArray(value) && 'data' in value && ArrayBuffer.isView(value.data);
}

/** Whether a value is texts; no steps count as texts. */
export function isTexts(value: MinariValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The arrays and texts of a value by path, as they stand in a file: `''`, `goal`, `_index_0` ... */
export function leavesOf(value: MinariValue, path = ''): [path: string, leaf: MinariArray | readonly string[]][] {
  if (isArray(value) || isTexts(value)) return [[path, value]];
  const join = (name: string) => (path === '' ? name : `${path}/${name}`);
  if (Array.isArray(value)) return value.flatMap((part, i) => leavesOf(part, join(`_index_${i}`)));
  return Object.entries(value as MinariDict).flatMap(([name, part]) => leavesOf(part, join(name)));
}

/** The inverse of {@link leavesOf}. */
export function assembleValue(leaves: ReadonlyMap<string, MinariArray | readonly string[]>): MinariValue {
  const single = leaves.get('');
  if (single !== undefined) return single;
  const groups = new Map<string, Map<string, MinariArray | readonly string[]>>();
  for (const [path, leaf] of leaves) {
    const slash = path.indexOf('/');
    const [name, rest] = slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
    const group = groups.get(name) ?? new Map();
    groups.set(name, group.set(rest, leaf));
  }
  const isTuple = groups.size > 0 && [...groups.keys()].every((name) => /^_index_\d+$/.test(name));
  if (isTuple)
    return Array.from({ length: groups.size }, (_, i) => assembleValue(groups.get(`_index_${i}`) ?? new Map()));
  const dict: Record<string, MinariValue> = Object.create(null);
  for (const [name, group] of groups) dict[name] = assembleValue(group);
  return dict;
}
