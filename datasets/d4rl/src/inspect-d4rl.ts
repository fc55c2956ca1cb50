import { type D4rlMetadata, isShapedColumn, isStrings, type MetadataValue } from './columns.ts';
import { type D4rlColumnInfo, type D4rlFile, openD4rl } from './d4rl-file.ts';
import { checkMaxEpisodeSteps, findEpisodes, timeoutsByLength } from './episodes.ts';

/** Options of {@link inspectD4rl}. */
export interface InspectOptions {
  /** Where the file has no `timeouts`, episodes end after so many steps. Default: only at terminals. */
  readonly maxEpisodeSteps?: number;
}

/** What a D4RL file holds, in numbers that JSON can carry. */
export interface D4rlInspection {
  readonly file: string;
  /** Of the file on disk. */
  readonly bytes: number;
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly columns: readonly ColumnInspection[];
  readonly episodes: {
    /** All, also a last one that the recording cut off in the middle. */
    readonly count: number;
    readonly complete: number;
    /** Of the complete episodes, or of all where none is complete. */
    readonly lengths: Spread;
    /** Sums of rewards of the same episodes; `std` is over the population. */
    readonly returns: Spread & { readonly std: number };
  };
  /** Rows where the task ended. */
  readonly terminals: number;
  /** Rows where an episode was cut off; null where the file has no such column. */
  readonly timeouts: number | null;
  /** Numbers that are NaN or infinite, over all columns. */
  readonly notFinite: number;
  /** Arrays are given by type and shape only. */
  readonly metadata: MetadataSummary;
}

/** One column of a {@link D4rlInspection}. */
export interface ColumnInspection {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly chunks: readonly number[] | null;
  readonly filters: readonly string[];
  readonly nan: number;
  readonly infinite: number;
  /** Smallest and largest finite number of each dimension; null where a dimension has none. */
  readonly ranges: readonly ({ readonly min: number; readonly max: number } | null)[];
}

export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export interface MetadataSummary {
  readonly [name: string]: string | number | boolean | readonly string[] | ArraySummary | MetadataSummary;
}

export interface ArraySummary {
  readonly dtype: string;
  readonly shape: readonly number[];
}

const BLOCK_ROWS = 65_536;

/**
 * Describes a D4RL file: its columns with types, shapes, ranges and numbers that are not finite, its episodes with
 * lengths and returns, its metadata. Columns are read in blocks, so a file may be larger than memory.
 *
 * @throws InputError as {@link openD4rl}.
 */
export async function inspectD4rl(path: string, options: InspectOptions = {}): Promise<D4rlInspection> {
  if (options.maxEpisodeSteps !== undefined) checkMaxEpisodeSteps(options.maxEpisodeSteps);
  const file = await openD4rl(path);
  try {
    const terminals = await file.readFlags('terminals');
    const stored = file.columns.has('timeouts') ? await file.readFlags('timeouts') : undefined;
    const timeouts = stored ?? timeoutsByLength(terminals, options.maxEpisodeSteps);
    const columns: ColumnInspection[] = [];
    for (const column of file.columns.values()) columns.push(await inspectColumn(file, column));
    return {
      file: path,
      bytes: file.bytes,
      transitions: file.transitions,
      observationSize: file.observationSize,
      actionSize: file.actionSize,
      columns,
      episodes: await inspectEpisodes(file, terminals, timeouts),
      terminals: countSet(terminals),
      timeouts: stored === undefined ? null : countSet(stored),
      notFinite: columns.reduce((sum, { nan, infinite }) => sum + nan + infinite, 0),
      metadata: summarizeMetadata(await file.readMetadata()),
    };
  } finally {
    file.close();
  }
}

async function inspectColumn(file: D4rlFile, column: D4rlColumnInfo): Promise<ColumnInspection> {
  const { name, shape, dtype, chunks = null, filters } = column;
  const width = file.width(name);
  const min = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  let nan = 0;
  let infinite = 0;
  for await (const block of blocks(file, name)) {
    for (let i = 0, d = 0; i < block.length; i++, d = d + 1 === width ? 0 : d + 1) {
      const value = block[i];
      if (Number.isFinite(value)) {
        if (value < min[d]) min[d] = value;
        if (value > max[d]) max[d] = value;
      } else if (Number.isNaN(value)) nan++;
      else infinite++;
    }
  }
  const ranges = Array.from(min, (low, d) => (low <= max[d] ? { min: low, max: max[d] } : null));
  return { name, shape, dtype, chunks, filters, nan, infinite, ranges };
}

async function* blocks(file: D4rlFile, name: string) {
  for (let start = 0; start < file.transitions; start += BLOCK_ROWS) {
    yield file.read(name, start, Math.min(file.transitions, start + BLOCK_ROWS));
  }
}

async function inspectEpisodes(file: D4rlFile, terminals: Uint8Array, timeouts: Uint8Array) {
  const rewards = await file.readFloats('rewards');
  const all = findEpisodes(terminals, timeouts);
  const complete = all.filter((episode) => episode.complete);
  const counted = complete.length > 0 ? complete : all;
  const returns = counted.map(({ start, end }) => sum(rewards, start, end));
  const { mean } = spread(returns);
  const variance = spread(returns.map((value) => (value - mean) ** 2)).mean;
  return {
    count: all.length,
    complete: complete.length,
    lengths: spread(counted.map(({ start, end }) => end - start)),
    returns: { ...spread(returns), std: Math.sqrt(variance) },
  };
}

function sum(values: Float32Array | Float64Array, start: number, end: number): number {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i];
  return total;
}

/** By a loop: spreading a million episodes into `Math.min` would overflow the stack. */
function spread(values: readonly number[]): Spread {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, mean: sum / values.length, max };
}

function countSet(flags: Uint8Array): number {
  let count = 0;
  for (const flag of flags) count += flag;
  return count;
}

function summarizeMetadata(metadata: D4rlMetadata): MetadataSummary {
  const summarize = (value: MetadataValue): MetadataSummary[string] => {
    if (typeof value !== 'object' || isStrings(value)) return value;
    if (isShapedColumn(value)) {
      return { dtype: value.data.constructor.name.replace('Array', '').toLowerCase(), shape: value.shape };
    }
    return summarizeMetadata(value);
  };
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, summarize(value)]));
}
