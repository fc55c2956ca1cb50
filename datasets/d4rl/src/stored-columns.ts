import { InputError } from '@understudy/errors';
import { allocateNumbers } from './hdf5/dataset.ts';
import type { Hdf5Dataset, Hdf5File, NumberArray } from './hdf5/reader.ts';

/** A column, as one dataset or as several whose rows follow each other. */
export interface StoredColumn {
  readonly name: string;
  readonly parts: readonly Hdf5Dataset[];
}

export const requiredColumns = ['observations', 'actions', 'rewards', 'terminals'];
const rowColumns = [...requiredColumns, 'timeouts', 'next_observations'];
const CHUNK = /^virtual\/(\d+)\/(.+)$/;

/**
 * Finds the columns that have a row for each transition.
 *
 * Most files have them at the top. Some of D4RL's are cut into numbered chunks, `virtual/<number>/observations` and so
 * on, which are strung together in the order of their numbers.
 *
 * @param chunk - Only the chunk with this number.
 * @throws InputError when the file has no such columns, or its chunks have different ones.
 */
export function findColumns(file: Hdf5File, chunk?: number): StoredColumn[] {
  const chunks = findChunks(file);
  const whole = requiredColumns.every((name) => file.datasets.has(name));
  if (chunk === undefined && (whole || chunks.size === 0)) return topColumns(file);
  const numbers = [...chunks.keys()].sort((a, b) => a - b);
  if (chunk !== undefined && !chunks.has(chunk)) {
    const there = numbers.length > 0 ? `it has ${listSome(numbers.map(String))}` : 'it is not chunked';
    throw new InputError(`${file.path} has no chunk ${chunk}: ${there}, so choose another.`);
  }
  const chosen = (chunk === undefined ? numbers : [chunk]).map((number) => ({ number, columns: chunks.get(number)! }));
  const [first] = chosen;
  const names = [...first.columns.keys()].filter(isRowColumn);
  checkRequired(file, new Set(names));
  for (const { number, columns } of chosen) {
    const odd = [...columns.keys()].filter(isRowColumn).find((name) => !first.columns.has(name));
    const missing = names.find((name) => !columns.has(name)) ?? odd;
    if (missing === undefined) continue;
    throw new InputError(
      `${file.path}: of chunks ${first.number} and ${number} only one has "${missing}", so choose one chunk.`,
    );
  }
  return names.map((name) => ({ name, parts: chosen.map(({ columns }) => columns.get(name)!) }));
}

/** Reads rows of a column across its parts. */
export function readColumn(file: Hdf5File, { parts }: StoredColumn, start: number, stop: number): NumberArray {
  const [{ dtype, shape }] = parts;
  if (parts.length === 1) return file.readRows(parts[0].path, start, stop);
  const width = shape.slice(1).reduce((product, n) => product * n, 1);
  const target = allocateNumbers(dtype, (stop - start) * width);
  let before = 0;
  for (const part of parts) {
    const [rows] = part.shape;
    const from = Math.max(start, before);
    const to = Math.min(stop, before + rows);
    if (from < to) {
      const read = file.readRows(part.path, from - before, to - before);
      target.set(read as never, (from - start) * width);
    }
    before += rows;
  }
  return target;
}

/** Rows of all parts together. */
export function columnRows({ parts }: StoredColumn): number {
  return parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
}

function isRowColumn(name: string): boolean {
  return rowColumns.includes(name) || name.startsWith('infos/');
}

function topColumns(file: Hdf5File): StoredColumn[] {
  checkRequired(file, file.datasets);
  return [...file.datasets.values()]
    .filter(({ path }) => isRowColumn(path))
    .map((dataset) => ({ name: dataset.path, parts: [dataset] }));
}

/** Columns of each chunk by its number. */
function findChunks(file: Hdf5File): Map<number, Map<string, Hdf5Dataset>> {
  const chunks = new Map<number, Map<string, Hdf5Dataset>>();
  for (const dataset of file.datasets.values()) {
    const [, number, name] = CHUNK.exec(dataset.path) ?? [];
    if (number === undefined || !Number.isSafeInteger(Number(number))) continue;
    const columns = chunks.get(Number(number)) ?? new Map<string, Hdf5Dataset>();
    chunks.set(Number(number), columns.set(name, dataset));
  }
  return chunks;
}

function checkRequired(file: Hdf5File, names: { has(name: string): boolean }): void {
  const missing = requiredColumns.filter((name) => !names.has(name));
  if (missing.length === 0) return;
  const there = [...new Set([...file.datasets.keys()].map((path) => path.split('/')[0]))];
  throw new InputError(
    `${file.path} is not a D4RL dataset: it has no ${missing.map((name) => `"${name}"`).join(', ')} ` +
      `(it has ${listSome(there)}), so choose a file with ${requiredColumns.join(', ')}.`,
  );
}

function listSome(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  return names.slice(0, 8).join(', ') + (names.length > 8 ? ', ...' : '');
}
