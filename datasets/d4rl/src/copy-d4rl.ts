import { statSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import type { ColumnData } from './columns.ts';
import { type D4rlFile, type OpenD4rlOptions, openD4rl } from './d4rl-file.ts';
import { type D4rlRows, D4rlWriter, type InfoLayout } from './d4rl-writer.ts';

/** Options of {@link copyD4rl}. */
export interface CopyD4rlOptions extends OpenD4rlOptions {
  /** gzip level, 1 to 9, or 0 for none. Default 4. */
  readonly compression?: number;
  /** Told after every block of rows. */
  onProgress?(rows: number, total: number): void;
}

const BLOCK_BYTES = 2 ** 22;

/**
 * Writes a file again, a block of rows at a time: with fixes made, or its chunks strung together, or packed otherwise.
 *
 * @returns Transitions written.
 * @throws InputError as {@link openD4rl}, when both are one file, or the disk is full.
 */
export async function copyD4rl(input: string, output: string, options: CopyD4rlOptions = {}): Promise<number> {
  const file = await openD4rl(input, options);
  try {
    const [from, to] = [statSync(input), statSync(output, { throwIfNoEntry: false })];
    if (from.ino === to?.ino && from.dev === to.dev) {
      throw new InputError(`${output} is the file that is read, so choose another name to write to.`);
    }
    return await copyRows(file, output, options);
  } finally {
    file.close();
  }
}

async function copyRows(file: D4rlFile, output: string, options: CopyD4rlOptions): Promise<number> {
  const { transitions, observationSize, actionSize } = file;
  const infos = [...file.columns.keys()].filter((name) => name.startsWith('infos/'));
  const layouts: [string, InfoLayout][] = [];
  for (const name of infos) {
    const shape = file.columns.get(name)!.shape.slice(1);
    layouts.push([name.slice('infos/'.length), { shape, dtype: typeOf(await file.read(name, 0, 0)) }]);
  }
  const has = (name: string) => file.columns.has(name);
  const writer = new D4rlWriter(output, {
    observationSize,
    actionSize,
    dtype: file.columns.get('observations')!.dtype === 'float64' ? 'float64' : 'float32',
    compression: options.compression,
    nextObservations: has('next_observations'),
    timeouts: has('timeouts'),
    infos: Object.fromEntries(layouts),
    metadata: await file.readMetadata(),
  });
  try {
    const rowBytes = [...file.columns.keys()].reduce((sum, name) => sum + file.memoryBytes(name), 0) / transitions;
    const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
    for (let start = 0; start < transitions; start += blockRows) {
      const stop = Math.min(transitions, start + blockRows);
      writer.append(await readBlock(file, infos, start, stop));
      options.onProgress?.(stop, transitions);
    }
    writer.close();
    return transitions;
  } catch (error) {
    writer.discard();
    throw error;
  }
}

async function readBlock(file: D4rlFile, infos: readonly string[], start: number, stop: number): Promise<D4rlRows> {
  const columns: Record<string, ColumnData> = {};
  for (const name of infos) columns[name.slice('infos/'.length)] = await file.read(name, start, stop);
  return {
    observations: await file.readFloats('observations', start, stop),
    actions: await file.readFloats('actions', start, stop),
    rewards: await file.readFloats('rewards', start, stop),
    terminals: await file.readFlags('terminals', start, stop),
    timeouts: file.columns.has('timeouts') ? await file.readFlags('timeouts', start, stop) : undefined,
    nextObservations: file.columns.has('next_observations')
      ? await file.readFloats('next_observations', start, stop)
      : undefined,
    infos: columns,
  };
}

function typeOf(data: ColumnData): InfoLayout['dtype'] {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Int32Array ? 'int32' : 'uint8';
}
