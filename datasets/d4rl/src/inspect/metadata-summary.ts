import { type D4rlMetadata, isShapedColumn, isStrings, type MetadataValue } from '../columns.ts';

/** Metadata without the numbers of its arrays. */
export interface MetadataSummary {
  readonly [name: string]: string | number | boolean | readonly string[] | ArraySummary | MetadataSummary;
}

export interface ArraySummary {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Gives arrays by type and shape only. */
export function summarizeMetadata(metadata: D4rlMetadata): MetadataSummary {
  const summarize = (value: MetadataValue): MetadataSummary[string] => {
    if (typeof value !== 'object' || isStrings(value)) return value;
    if (isShapedColumn(value)) {
      return { dtype: value.data.constructor.name.replace('Array', '').toLowerCase(), shape: value.shape };
    }
    return summarizeMetadata(value);
  };
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, summarize(value)]));
}
