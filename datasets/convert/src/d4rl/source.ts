import { openD4rl } from '@understudy/d4rl';
import {
  columnRows,
  findColumns,
  Hdf5File,
  type NumberArray,
  readColumn,
  type StoredColumn,
} from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import {
  type Block,
  blockRowsOf,
  type Column,
  columnArrays,
  createArray,
  type Header,
  isColumnType,
  type Source,
  widthOf,
} from '../table.ts';

const FIRST = ['observations', 'actions', 'rewards', 'terminals', 'timeouts', 'next_observations'];

/** Opens a D4RL file; columns keep their stored types. */
export async function openD4rlSource(path: string): Promise<Source> {
  // Checks the layout and knows the metadata; the columns below are read past it, which would widen their types.
  const checked = await openD4rl(path);
  let metadata: Awaited<ReturnType<typeof checked.readMetadata>>;
  try {
    metadata = await checked.readMetadata();
  } finally {
    checked.close();
  }
  const file = await Hdf5File.open(path);
  try {
    const stored = findColumns(file).sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
    const columns = stored.map(({ name, parts: [{ dtype, shape }] }): Column => {
      if (!isColumnType(dtype)) throw new InputError(`${path}: "${name}" is of ${dtype}, which cannot be converted.`);
      return { name, type: dtype, shape: shape.slice(1) };
    });
    const { [DESCRIPTOR_KEY]: note, ...rest } = metadata;
    const episodes = typeof note === 'string' ? parseDescriptor(note, path).episodes : undefined;
    const header: Header = { rows: columnRows(stored[0]), columns, metadata: rest, episodes };
    const used = new Set(stored.flatMap(({ parts }) => parts.map((part) => part.path)));
    const left = [...file.datasets.keys()].filter((name) => !used.has(name) && !name.startsWith('metadata/'));
    const losses = left.map((name) => `"${name}", which is no column of D4RL`);
    return { header, losses, blocks: () => readBlocks(file, stored, columns), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function rank(name: string): number {
  const index = FIRST.indexOf(name);
  return index < 0 ? FIRST.length : index;
}

async function* readBlocks(
  file: Hdf5File,
  stored: readonly StoredColumn[],
  columns: readonly Column[],
): AsyncGenerator<Block> {
  const rows = columnRows(stored[0]);
  const step = blockRowsOf(columns);
  const strips = stored.map((column, i) => new StripReader(file, column, columns[i], step));
  for (let start = 0; start < rows; start += step) {
    const stop = Math.min(rows, start + step);
    yield { rows: stop - start, data: strips.map((strip) => strip.read(start, stop)) };
  }
}

/** Reads a column front to back in strips of whole chunks, so that no chunk is unpacked twice. */
class StripReader {
  readonly #file: Hdf5File;
  readonly #stored: StoredColumn;
  readonly #column: Column;
  readonly #stripRows: number;
  #strip: NumberArray;
  #start = 0;

  constructor(file: Hdf5File, stored: StoredColumn, column: Column, blockRows: number) {
    const chunkRows = stored.parts[0].chunks?.[0] ?? 1;
    this.#file = file;
    this.#stored = stored;
    this.#column = column;
    this.#stripRows = Math.ceil(blockRows / chunkRows) * chunkRows;
    this.#strip = createArray(column.type, 0);
  }

  read(start: number, stop: number): NumberArray {
    const width = widthOf(this.#column);
    if (start >= this.#start && stop <= this.#start + this.#strip.length / width) {
      return this.#strip.subarray((start - this.#start) * width, (stop - this.#start) * width);
    }
    const target = createArray(this.#column.type, (stop - start) * width);
    for (let at = start; at < stop; ) {
      if (at >= this.#start + this.#strip.length / width) this.#advance(at);
      const until = Math.min(stop, this.#start + this.#strip.length / width);
      const part = this.#strip.subarray((at - this.#start) * width, (until - this.#start) * width);
      (target as Float64Array).set(part as Float64Array, (at - start) * width);
      at = until;
    }
    return target;
  }

  #advance(start: number): void {
    const stop = Math.min(columnRows(this.#stored), start + this.#stripRows);
    const strip = readColumn(this.#file, this.#stored, start, stop);
    this.#strip = strip instanceof columnArrays[this.#column.type] ? strip : strip.subarray(0, 0);
    this.#start = start;
    if (this.#strip.length === 0) {
      throw new InputError(`${this.#file.path}: "${this.#stored.name}" has several types, so choose another file.`);
    }
  }
}
