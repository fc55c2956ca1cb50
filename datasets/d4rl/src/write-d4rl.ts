import { InputError } from '@understudy/errors';
import type { ColumnData, D4rlMetadata, ShapedColumn } from './columns.ts';
import { type D4rlFloat, type D4rlRows, D4rlWriter, type InfoLayout } from './d4rl-writer.ts';

/** A whole dataset in memory; a `Dataset` or `D4rlDataset` is one. */
export interface D4rlColumns extends Omit<D4rlRows, 'infos'> {
  /** Columns under `infos/`; a bare array is `[rows]` or `[rows, n]` by its length. */
  readonly infos?: Readonly<Record<string, ColumnData | ShapedColumn>>;
  readonly metadata?: D4rlMetadata;
}

/** Options of {@link writeD4rl}. */
export interface WriteD4rlOptions {
  /** Default: the observations'. */
  readonly dtype?: D4rlFloat;
  /** gzip level, 1 to 9, or 0 for none. Default 4, as h5py's. */
  readonly compression?: number;
  /** Default: the columns' own. */
  readonly metadata?: D4rlMetadata;
}

/** Rows handed to the writer at once: keeps converted copies small. */
const BLOCK_ROWS = 16_384;

/**
 * Writes a dataset as a D4RL file: gzip'd chunks, h5py's booleans, `next_observations`, `infos/*` and `metadata/*`
 * where given. The file is written beside `path` and renamed, so an earlier one stays whole if anything fails.
 *
 * @throws InputError when columns do not fit each other, `path` cannot be written or the disk is full.
 */
export async function writeD4rl(path: string, columns: D4rlColumns, options: WriteD4rlOptions = {}): Promise<void> {
  const rows = columns.rewards.length;
  if (rows === 0) throw new InputError(`There is nothing to write to ${path}, so give at least one transition.`);
  const dtype = options.dtype ?? (columns.observations instanceof Float64Array ? 'float64' : 'float32');
  const infos = Object.entries(columns.infos ?? {}).map(([name, column]) => shapedInfo(name, column, rows));
  const writer = new D4rlWriter(path, {
    dtype,
    observationSize: columnWidth('observations', columns.observations, rows),
    actionSize: columnWidth('actions', columns.actions, rows),
    nextObservations: columns.nextObservations !== undefined,
    timeouts: columns.timeouts !== undefined,
    infos: Object.fromEntries(infos.map(({ name, layout }) => [name, layout])),
    metadata: options.metadata ?? columns.metadata,
    compression: options.compression,
  });
  try {
    for (let start = 0; start < rows; start += BLOCK_ROWS) {
      const stop = Math.min(rows, start + BLOCK_ROWS);
      const block = <T extends ColumnData>(data: T): T =>
        data.subarray((data.length / rows) * start, (data.length / rows) * stop) as T;
      writer.append({
        observations: block(columns.observations),
        actions: block(columns.actions),
        rewards: block(columns.rewards),
        terminals: block(columns.terminals),
        timeouts: columns.timeouts && block(columns.timeouts),
        nextObservations: columns.nextObservations && block(columns.nextObservations),
        infos: Object.fromEntries(infos.map(({ name, data }) => [name, block(data)])),
      });
    }
    writer.close();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

function shapedInfo(name: string, column: ColumnData | ShapedColumn, rows: number) {
  const data = 'shape' in column ? column.data : column;
  const width = columnWidth(`infos/${name}`, data, rows);
  const shape = 'shape' in column ? column.shape.slice(1) : width === 1 ? [] : [width];
  const dtype: InfoLayout['dtype'] =
    data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'uint8' : undefined;
  return { name, data, layout: { shape, dtype } };
}

function columnWidth(name: string, data: ColumnData, rows: number): number {
  const width = data.length / rows;
  if (Number.isInteger(width) && width > 0) return width;
  throw new InputError(
    `The column "${name}" has ${data.length} numbers for ${rows} rewards, so give as many whole rows as rewards.`,
  );
}
