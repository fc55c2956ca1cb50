import type { MetadataValue } from '@understudy/d4rl';
import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import {
  formatSpace,
  type MinariColumn,
  type MinariEpisodeInfo,
  type MinariFile,
  openMinari,
} from '@understudy/minari';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import {
  type Block,
  blockRowsOf,
  type Column,
  copyNumbers,
  createArray,
  type EpisodeNote,
  type Header,
  isColumnType,
  type Source,
  widthOf,
} from '../table.ts';
import { nameOf, orderColumns, placeOf } from './columns.ts';

/**
 * Opens a Minari dataset as one table: episodes after one another, `terminals` and `timeouts` for terminations and
 * truncations, and the observations from the second one on as `next_observations`.
 */
export async function openMinariSource(path: string): Promise<Source> {
  const file = await openMinari(path);
  try {
    const episodes = file.episodeInfos().map(describeEpisode);
    if (episodes.length === 0) throw new InputError(`${path} has no episodes, so choose another dataset.`);
    const rows = episodes.reduce((sum, { length }) => sum + length, 0);
    const text = file.metadata.other[DESCRIPTOR_KEY];
    const described = typeof text === 'string' ? parseDescriptor(text, path) : undefined;
    const losses: string[] = [];
    const header = described ? describedHeader(described, rows, episodes) : ownHeader(file, rows, episodes, losses);
    return { header, losses, blocks: () => readBlocks(file, header, episodes), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A dataset that was converted to Minari knows what it was; episodes may have been added since. */
function describedHeader(described: Header, rows: number, episodes: readonly EpisodeNote[]): Header {
  const { columns, metadata } = described;
  return { rows, columns, metadata, episodes: described.episodes === undefined ? undefined : episodes };
}

function ownHeader(file: MinariFile, rows: number, episodes: readonly EpisodeNote[], losses: string[]): Header {
  const columns: Column[] = [];
  for (const { name, dtype, shape } of file.columns(0)) {
    if (!isColumnType(dtype)) {
      losses.push(`"${name}", which holds ${dtype === 'string' ? 'text' : 'no numbers'}`);
      continue;
    }
    const row = shape.slice(1);
    columns.push({ name: nameOf(name), type: dtype, shape: row });
    if (placeOf(name)?.kind === 'observations') columns.push({ name: `next_${name}`, type: dtype, shape: row });
    if (name.startsWith('infos/')) losses.push(`"${name}" at the final observation of each episode`);
  }
  const { id, envSpec, observationSpace, actionSpace, minariVersion, other } = file.metadata;
  const minari: Record<string, MetadataValue> = {
    dataset_id: id,
    observation_space: formatSpace(observationSpace),
    action_space: formatSpace(actionSpace),
    minari_version: minariVersion,
  };
  if (envSpec !== undefined) minari.env_spec = envSpec;
  if (Object.keys(other).length > 0) minari.other = JSON.stringify(other);
  return { rows, columns: orderColumns(columns), metadata: { minari }, episodes };
}

function describeEpisode({ totalSteps, seed, options, other }: MinariEpisodeInfo): EpisodeNote {
  const rest = Object.entries(other).filter(([name]) => !/^rewards_(?:sum|mean|std|max|min)$/.test(name));
  const attributes = { ...(options === undefined ? {} : { options }), ...Object.fromEntries(rest) };
  const note: EpisodeNote = { length: totalSteps, ...(seed === undefined ? {} : { seed }) };
  return Object.keys(attributes).length > 0
    ? { ...note, attributes: plain(attributes) as EpisodeNote['attributes'] }
    : note;
}

/** Attributes as JSON can hold them. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (item) => plain(item));
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}

async function* readBlocks(file: MinariFile, header: Header, episodes: readonly EpisodeNote[]): AsyncGenerator<Block> {
  const { columns } = header;
  const step = blockRowsOf(columns);
  const create = () => columns.map((column) => createArray(column.type, step * widthOf(column)));
  let data = create();
  let filled = 0;
  for (const [id, { length }] of episodes.entries()) {
    const stored = new Map(file.columns(id).map((column) => [column.name, column]));
    for (const column of columns) checkColumn(file, id, column, length, stored);
    for (let start = 0; start < length; ) {
      const count = Math.min(length - start, step - filled);
      columns.forEach((column, c) => {
        const { kind, column: name } = placeOf(column.name)!;
        const shift = kind === 'nextObservations' ? 1 : 0;
        const rows: NumberArray = file.readRows(id, name, start + shift, start + shift + count);
        copyNumbers(rows, data[c], filled * widthOf(column));
      });
      start += count;
      filled += count;
      if (filled < step) continue;
      yield { rows: filled, data };
      data = create();
      filled = 0;
    }
  }
  if (filled > 0)
    yield { rows: filled, data: data.map((column, c) => column.subarray(0, filled * widthOf(columns[c]))) };
}

function checkColumn(
  file: MinariFile,
  id: number,
  column: Column,
  length: number,
  stored: ReadonlyMap<string, MinariColumn>,
): void {
  const place = placeOf(column.name);
  const found = place === undefined ? undefined : stored.get(place.column);
  const wrong = (reason: string) =>
    new InputError(`Episode ${id} of ${file.metadata.id} ${reason}, so convert a dataset whose episodes are alike.`);
  if (place === undefined || found === undefined || !isColumnType(found.dtype)) throw wrong(`has no "${column.name}"`);
  const rows = length + (place.kind === 'observations' || place.kind === 'nextObservations' ? 1 : 0);
  const enough = place.kind === 'infos' ? found.shape[0] >= rows : found.shape[0] === rows;
  if (!enough) throw wrong(`has ${found.shape[0]} rows of "${place.column}" where ${rows} were expected`);
  if (widthOf({ shape: found.shape.slice(1) }) !== widthOf(column)) {
    throw wrong(`has "${place.column}" of shape [${found.shape}] where others have [${column.shape}] a row`);
  }
}
