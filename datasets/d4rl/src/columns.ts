import type { Dataset } from '@understudy/training';

/** Numbers of a column outside the five that every D4RL file has. */
export type ColumnData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A column with its shape; the first dimension counts transitions, or, in the metadata, is whatever the array has. */
export interface ShapedColumn {
  readonly data: ColumnData;
  readonly shape: readonly number[];
}

/**
 * What stands under `metadata/`: names to strings, numbers, arrays or further names. D4RL keeps the behaviour policy
 * here: `{ algorithm: 'SAC', iteration: 3, policy: { fc0: { weight, bias }, ..., nonlinearity: 'relu' } }`.
 */
export interface D4rlMetadata {
  readonly [name: string]: MetadataValue;
}

export type MetadataValue = string | number | boolean | readonly string[] | ShapedColumn | D4rlMetadata;

/** A {@link Dataset} with everything else that a D4RL file holds. */
export interface D4rlDataset extends Dataset {
  /** Columns under `infos/` by name, for instance `qpos` of shape `[transitions, nq]`. */
  readonly infos: Readonly<Record<string, ShapedColumn>>;
  readonly metadata: D4rlMetadata;
  /**
   * False where the file has no `timeouts`; {@link Dataset.timeouts} is then all 0, or, with `maxEpisodeSteps` given,
   * 1 where that many steps were reached. D4RL's loaders tell the two cases apart.
   */
  readonly timeoutsStored: boolean;
}

/** Whether a metadata value is an array and not a group of further names. */
export function isShapedColumn(value: MetadataValue): value is ShapedColumn {
  return typeof value === 'object' && !isStrings(value) && 'data' in value && ArrayBuffer.isView(value.data);
}

/** Whether a metadata value is a list of strings. */
export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
