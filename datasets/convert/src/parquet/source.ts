import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError, isInputError } from '@understudy/errors';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, type RowGroup } from 'hyparquet';
import { flatNames, groupNames } from '../column-names.ts';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import { InputFile } from '../input-file.ts';
import { type Block, type Column, type ColumnType, createArray, type Header, type Source, widthOf } from '../table.ts';
import { checkPages } from './check-pages.ts';
import { codecs } from './codecs.ts';

/** A group of rows may have so many numbers, or as many as the file has bytes: it is in memory at once. */
const MAX_GROUP_VALUES = 2 ** 26;
const MAX_GROUPS = 1_000_000;

/** A column of the file: flat numbers, or lists. */
interface StoredColumn {
  readonly column: Column;
  /** The file's names of its numbers; one where it is a list. */
  readonly names: readonly string[];
  readonly isList: boolean;
}

type Values = ArrayLike<unknown>;

/** Opens a Parquet table of numbers; `x_0, x_1 ...` are one vector, and so are lists of one length. */
export async function openParquetSource(path: string): Promise<Source> {
  const file = new InputFile(path);
  try {
    const buffer: AsyncBuffer = {
      byteLength: file.size,
      slice: (start, end = file.size) => file.read(start, end - start).buffer,
    };
    checkFrame(file);
    const metadata = await guard(file, () => parquetMetadataAsync(buffer));
    checkGroups(file, metadata);
    const text = metadata.key_value_metadata?.find(({ key }) => key === DESCRIPTOR_KEY)?.value;
    const described = text === undefined ? undefined : parseDescriptor(text, path);
    const rows = Number(metadata.num_rows);
    const stored =
      described === undefined ? await inferColumns(file, buffer, metadata) : matchColumns(file, metadata, described);
    if (described !== undefined && described.rows !== rows) {
      throw file.damaged(`it has ${rows} rows and describes ${described.rows}`);
    }
    const header: Header = described ?? { rows, columns: stored.map(({ column }) => column), metadata: {} };
    return {
      header,
      losses: [],
      blocks: () => readBlocks(file, buffer, metadata, stored),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(
  file: InputFile,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  stored: readonly StoredColumn[],
): AsyncGenerator<Block> {
  let start = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const values = await readGroup(file, buffer, metadata, group, start);
    const data = stored.map((column) => assemble(file, column, values, rows));
    values.clear();
    yield { rows, data };
    start += rows;
  }
  file.checkUnchanged();
}

/** All columns of a group of rows, by their names in the file. */
async function readGroup(
  file: InputFile,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
  start: number,
): Promise<Map<string, Values>> {
  checkPages(file, metadata, group);
  const values = new Map<string, Values>();
  const rows = Number(group.num_rows);
  // One after another: read together, the failure of a second column would be reported to no one.
  for (const { name } of topColumns(file, metadata)) {
    await guard(file, () =>
      parquetRead({
        file: buffer,
        metadata,
        columns: [name],
        rowStart: start,
        rowEnd: start + rows,
        compressors: codecs.unpack,
        onChunk: ({ columnData, rowStart, rowEnd }) => {
          if (rowStart !== start || rowEnd !== start + rows || columnData.length !== rows) {
            throw file.damaged(`"${name}" has ${columnData.length} rows in a group of ${rows}`);
          }
          values.set(name, columnData);
        },
      }),
    );
  }
  return values;
}

function assemble(
  file: InputFile,
  { column, names, isList }: StoredColumn,
  values: Map<string, Values>,
  rows: number,
): NumberArray {
  const width = widthOf(column);
  const target = createArray(column.type, rows * width);
  const big = column.type === 'int64' || column.type === 'uint64';
  const put = (value: unknown, at: number) => {
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number' && typeof number !== 'bigint') {
      throw new InputError(
        `${file.path}: "${column.name}" has a missing value or none that is a number, so fill it in first.`,
      );
    }
    target[at] = (big ? BigInt(number) : Number(number)) as never;
  };
  names.forEach((name, k) => {
    const source = values.get(name);
    if (source === undefined) throw file.damaged(`"${name}" is missing`);
    for (let row = 0; row < rows; row++) {
      const value = source[row];
      if (!isList) put(value, row * width + k);
      else {
        const items = value as Values | null;
        if (items?.length !== width) {
          throw new InputError(`${file.path}: "${name}" has lists of several lengths, so choose another column.`);
        }
        for (let i = 0; i < width; i++) put(items[i], row * width + i);
      }
    }
  });
  return target;
}

function checkFrame(file: InputFile): void {
  const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
  if (file.size < 12 || decode(file.read(0, 4)) !== 'PAR1') throw file.damaged('it does not begin as a Parquet file');
  if (decode(file.read(file.size - 4, 4)) !== 'PAR1') throw file.damaged('it is cut off');
  const footer = new DataView(file.read(file.size - 8, 4).buffer).getUint32(0, true);
  if (footer > file.size - 12) throw file.damaged(`its footer claims ${footer} bytes`);
}

function checkGroups(file: InputFile, { row_groups: groups, num_rows: rows, schema }: FileMetaData): void {
  if (!Array.isArray(groups) || groups.length > MAX_GROUPS || !Array.isArray(schema)) {
    throw file.damaged('its footer is no description of a table');
  }
  let sum = 0;
  for (const group of groups) {
    const count = Number(group?.num_rows);
    if (!Number.isSafeInteger(count) || count < 0 || !Array.isArray(group.columns)) {
      throw file.damaged('a group of rows is not described');
    }
    const values = count * group.columns.length;
    if (values > Math.max(MAX_GROUP_VALUES, file.size)) {
      throw new InputError(
        `${file.path} has ${values} numbers in one group of rows, so write it with groups of fewer rows.`,
      );
    }
    sum += count;
  }
  if (sum !== Number(rows)) throw file.damaged(`its groups have ${sum} of ${rows} rows`);
}

/** Top-level columns of the file, with the leaf that holds their numbers. */
function topColumns(file: InputFile, { schema }: FileMetaData) {
  const columns: { name: string; leaf: FileMetaData['schema'][number]; isList: boolean }[] = [];
  const count = schema[0]?.num_children ?? 0;
  let at = 1;
  const skip = (): FileMetaData['schema'][number] => {
    const element = schema[at++];
    if (element === undefined || at > schema.length + 1) throw file.damaged('its footer is no description of a table');
    let leaf = element;
    for (let i = 0; i < (element.num_children ?? 0); i++) leaf = skip();
    return leaf;
  };
  for (let i = 0; i < count; i++) {
    const element = schema[at];
    const leaf = skip();
    columns.push({ name: element.name, leaf, isList: leaf !== element });
  }
  return columns;
}

function matchColumns(file: InputFile, metadata: FileMetaData, header: Header): StoredColumn[] {
  const stored = header.columns.map((column) => ({ column, names: flatNames(column), isList: false }));
  const names = topColumns(file, metadata).map(({ name }) => name);
  if (stored.flatMap((column) => column.names).join('\n') !== names.join('\n')) {
    throw file.damaged('its columns are not those that it describes');
  }
  return stored;
}

async function inferColumns(file: InputFile, buffer: AsyncBuffer, metadata: FileMetaData): Promise<StoredColumn[]> {
  const columns = topColumns(file, metadata);
  const flat = columns.filter(({ isList }) => !isList);
  const first = metadata.row_groups.find(({ num_rows: rows }) => Number(rows) > 0);
  const lists = columns.filter(({ isList }) => isList);
  // A list's length stands only in the data.
  const sample =
    first !== undefined && lists.length > 0 ? await readGroup(file, buffer, metadata, first, 0) : undefined;
  const grouped = groupNames(flat.map(({ name }) => name)).map(({ name, shape, indices }): StoredColumn => {
    const types = indices.map((index) => leafType(file, flat[index]));
    if (new Set(types).size > 1) throw new InputError(`${file.path}: the columns of "${name}" have several types.`);
    return { column: { name, type: types[0], shape }, names: indices.map((index) => flat[index].name), isList: false };
  });
  const vectors = lists.map((list): StoredColumn => {
    const width = (sample?.get(list.name)?.[0] as Values | undefined)?.length;
    if (width === undefined || width < 1) throw new InputError(`${file.path}: "${list.name}" has no list to read.`);
    return {
      column: { name: list.name, type: leafType(file, list), shape: [width] },
      names: [list.name],
      isList: true,
    };
  });
  if (grouped.length + vectors.length === 0) throw file.damaged('it has no columns');
  return [...grouped, ...vectors];
}

function leafType(file: InputFile, { name, leaf }: ReturnType<typeof topColumns>[number]): ColumnType {
  const { type, converted_type: converted } = leaf;
  if (type === 'FLOAT') return 'float32';
  if (type === 'DOUBLE') return 'float64';
  if (type === 'BOOLEAN') return 'bool';
  const integer = /^(U?INT)_(8|16|32|64)$/.exec(converted ?? '');
  if (integer !== null && type?.startsWith('INT')) return `${integer[1].toLowerCase()}${integer[2]}` as ColumnType;
  if (type === 'INT32' && converted === undefined) return 'int32';
  if (type === 'INT64' && converted === undefined) return 'int64';
  throw new InputError(
    `${file.path}: "${name}" is of ${converted ?? type}, where numbers were expected, so leave it out.`,
  );
}

/** What the library throws on damage is of any kind. */
async function guard<T>(file: InputFile, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isInputError(error) && error.message.startsWith(file.path)) throw error;
    throw file.damaged((error as Error).message.split('\n')[0].slice(0, 120));
  }
}
