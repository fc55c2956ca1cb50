import { InputError } from '@understudy/errors';
import type { D4rlFix } from '../catalogue/faults.ts';
import type { ColumnData } from '../columns.ts';
import { type D4rlFile, openD4rl } from '../d4rl-file.ts';
import { checkMaxEpisodeSteps } from '../episodes.ts';
import { ColumnStatistics, type DimensionInspection } from './column-statistics.ts';
import { EpisodeSummary, type EpisodesInspection } from './episode-summary.ts';
import { type Finding, findingsOf } from './findings.ts';
import type { InspectedBlock } from './inspected-block.ts';
import { type MetadataSummary, summarizeMetadata } from './metadata-summary.ts';
import { NeighbourChecks } from './neighbour-checks.ts';
import { PathSketch, type PathsInspection } from './path-sketch.ts';
import { type MazeTarget, RewardTimingCheck } from './reward-timing.ts';

/** Options of {@link inspectD4rl}. */
export interface InspectOptions {
  /** Where the file has no `timeouts`, episodes end after so many steps. Default: only at terminals. */
  readonly maxEpisodeSteps?: number;
  /** Corrections of known faults of published files: rows are looked at as they give them. */
  readonly fixes?: readonly D4rlFix[];
  /** Dimensions of an observation that hold a place: paths are sketched, and jumps measured there. */
  readonly positionAt?: readonly [x: number, y: number];
  /** Of a maze with sparse rewards: it is checked which state they belong to. Needs `positionAt`. */
  readonly target?: MazeTarget;
  /** Called after every block of rows. */
  onProgress?(rows: number): void;
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
  readonly episodes: EpisodesInspection;
  /** Rows where the task ended. */
  readonly terminals: number;
  /** Rows where an episode was cut off; null where the file has no such column. */
  readonly timeouts: number | null;
  /** Numbers that are NaN or infinite, over all columns. */
  readonly notFinite: number;
  /** What should be looked at; empty where nothing was found. */
  readonly findings: readonly Finding[];
  /** Where `positionAt` was given. */
  readonly paths?: PathsInspection;
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
  /** The finite numbers of each dimension; null where a dimension has none. */
  readonly dimensions: readonly (DimensionInspection | null)[];
}

/** Numbers that a block of the widest column has at most: what bounds the memory. */
const blockNumbers = 1 << 20;
const blockRows = 1 << 16;

/**
 * Describes a D4RL file: its columns with types, shapes, ranges and distributions, its episodes with lengths and returns,
 * what looks wrong, its metadata. One pass over slices of all columns, so a file may be larger than memory.
 *
 * @throws InputError as {@link openD4rl}, and when an option is out of range.
 */
export async function inspectD4rl(path: string, options: InspectOptions = {}): Promise<D4rlInspection> {
  const { maxEpisodeSteps, positionAt, target } = options;
  if (maxEpisodeSteps !== undefined) checkMaxEpisodeSteps(maxEpisodeSteps);
  const file = await openD4rl(path, { fixes: options.fixes });
  try {
    checkPositions(file, options);
    const statistics = new Map([...file.columns.keys()].map((name) => [name, new ColumnStatistics(file.width(name))]));
    const episodes = new EpisodeSummary();
    const neighbours = new NeighbourChecks(positionAt);
    const sketch = positionAt && new PathSketch(positionAt);
    const timing = positionAt && target && new RewardTimingCheck(target, positionAt);
    for await (const block of blocks(file, maxEpisodeSteps)) {
      for (const [name, data] of block.columns) statistics.get(name)!.add(data);
      episodes.add(block);
      neighbours.add(block);
      sketch?.add(block);
      timing?.add(block);
      options.onProgress?.(block.start + block.rows);
    }
    const columns = [...file.columns.values()].map(({ name, shape, dtype, chunks = null, filters }) => {
      const column = statistics.get(name)!;
      const { nan, infinite } = column;
      return { name, shape, dtype, chunks, filters, nan, infinite, dimensions: column.dimensions() };
    });
    const rewardTiming = timing?.finish();
    return {
      file: path,
      bytes: file.bytes,
      transitions: file.transitions,
      observationSize: file.observationSize,
      actionSize: file.actionSize,
      columns,
      episodes: episodes.finish(),
      terminals: episodes.terminals,
      timeouts: file.columns.has('timeouts') ? episodes.timeouts : null,
      notFinite: columns.reduce((sum, { nan, infinite }) => sum + nan + infinite, 0),
      findings: findingsOf({ columns: statistics, episodes, neighbours, rewardTiming }),
      ...(sketch && { paths: sketch.finish() }),
      metadata: summarizeMetadata(await file.readMetadata()),
    };
  } finally {
    file.close();
  }
}

async function* blocks(file: D4rlFile, maxEpisodeSteps: number | undefined): AsyncGenerator<InspectedBlock> {
  const names = [...file.columns.keys()];
  const widest = Math.max(...names.map((name) => file.width(name)));
  const step = Math.max(1, Math.min(blockRows, Math.floor(blockNumbers / widest)));
  let steps = 0;
  for (let start = 0; start < file.transitions; start += step) {
    const stop = Math.min(file.transitions, start + step);
    const columns = new Map<string, ColumnData>();
    for (const name of names) columns.set(name, await file.read(name, start, stop));
    const terminals = flagsOf(columns.get('terminals')!);
    const stored = columns.get('timeouts');
    const timeouts = stored ? flagsOf(stored) : new Uint8Array(stop - start);
    if (!stored && maxEpisodeSteps !== undefined) steps = countTimeouts(terminals, timeouts, steps, maxEpisodeSteps);
    yield { start, rows: stop - start, columns, terminals, timeouts };
  }
}

/** A NaN is a set flag, as in NumPy. */
function flagsOf(column: ColumnData): Uint8Array {
  return Uint8Array.from(column, (value) => (value === 0 ? 0 : 1));
}

/** Sets a timeout where an episode reached its limit. @returns Steps of the episode that goes on. */
function countTimeouts(terminals: Uint8Array, timeouts: Uint8Array, steps: number, limit: number): number {
  let count = steps;
  for (let i = 0; i < terminals.length; i++) {
    count++;
    if (terminals[i] !== 0) count = 0;
    else if (count === limit) {
      timeouts[i] = 1;
      count = 0;
    }
  }
  return count;
}

function checkPositions(file: D4rlFile, { positionAt, target }: InspectOptions): void {
  if (target && !positionAt) throw new InputError('A target is told apart by places, so give positionAt with it.');
  const wrong = positionAt?.find((at) => !Number.isInteger(at) || at < 0 || at >= file.observationSize);
  if (wrong === undefined) return;
  throw new InputError(
    `positionAt is [${positionAt}] and observations of ${file.path} have ${file.observationSize} numbers, ` +
      'so give two of their indices.',
  );
}
