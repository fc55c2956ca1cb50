import { InputError } from '@understudy/errors';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import { InputFile } from '../input-file.ts';
import { type Block, blockRowsOf, type Column, createArray, type Header, type Source, widthOf } from '../table.ts';
import { countLines, readLines } from '../text-lines.ts';

const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Opens a file of JSON objects, one a row; columns are those of the first row unless a description comes before. */
export function openJsonLinesSource(path: string): Source {
  const file = new InputFile(path);
  try {
    const lines = readLines(file);
    const first = lines.next();
    lines.return(undefined);
    if (first.done === true) throw new InputError(`${path} is empty, where a JSON object a line was expected.`);
    const object = parseObject(first.value, path, 1);
    const description = object[DESCRIPTOR_KEY];
    const described = typeof description === 'object' && description !== null;
    const rows = countLines(file) - (described ? 1 : 0);
    let header: Header;
    if (described) {
      header = parseDescriptor(JSON.stringify(description), path);
      if (header.rows !== rows) throw file.damaged(`it has ${rows} rows and describes ${header.rows}`);
    } else header = { rows, columns: inferColumns(object, path), metadata: {} };
    const skip = described ? 1 : 0;
    return {
      header,
      losses: [],
      blocks: () => readBlocks(file, header.columns, skip),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(file: InputFile, columns: readonly Column[], skip: number): AsyncGenerator<Block> {
  const step = blockRowsOf(columns);
  const create = () => columns.map((column) => createArray(column.type, step * widthOf(column)));
  let data = create();
  let rows = 0;
  let line = 0;
  for (const text of readLines(file)) {
    if (++line <= skip) continue;
    const object = parseObject(text, file.path, line);
    for (let c = 0; c < columns.length; c++) {
      const { name, shape } = columns[c];
      const value = Object.hasOwn(object, name) ? object[name] : undefined;
      if (!fill(value, shape, columns[c], data[c] as Float64Array, rows * widthOf(columns[c]))) {
        throw new InputError(
          `${file.path}: line ${line} has no ${describe(columns[c])} under "${name}", so give every row the same columns.`,
        );
      }
    }
    if (++rows < step) continue;
    yield { rows, data };
    data = create();
    rows = 0;
  }
  file.checkUnchanged();
  if (rows > 0) yield { rows, data: data.map((column, c) => column.subarray(0, rows * widthOf(columns[c]))) };
}

function describe({ type, shape }: Column): string {
  const element = type === 'bool' ? 'boolean' : 'number';
  return shape.length === 0 ? element : `list of ${element}s of shape [${shape}]`;
}

/** Puts a value of a shape into an array; false when it has another shape or kind. */
function fill(value: unknown, shape: readonly number[], column: Column, target: Float64Array, at: number): boolean {
  if (shape.length > 0) {
    const [count, ...rest] = shape;
    if (!Array.isArray(value) || value.length !== count) return false;
    const width = rest.reduce((product, n) => product * n, 1);
    for (let i = 0; i < count; i++) if (!fill(value[i], rest, column, target, at + i * width)) return false;
    return true;
  }
  const number = toNumber(value, column);
  if (number === undefined) return false;
  target[at] = number as number;
  // An integer beyond the type would wrap around.
  return column.type.startsWith('float') || target[at] === number;
}

function toNumber(value: unknown, { type }: Column): number | bigint | undefined {
  if (type === 'bool')
    return typeof value === 'boolean' ? Number(value) : value === 0 || value === 1 ? value : undefined;
  if (type === 'int64' || type === 'uint64') {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
    return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  }
  if (typeof value === 'number') {
    return type.startsWith('float') || Number.isInteger(value) ? value : undefined;
  }
  const isWord = typeof value === 'string' && Object.hasOwn(words, value) && type.startsWith('float');
  // Python writes None for what it cannot say.
  return isWord ? words[value] : value === null && type.startsWith('float') ? Number.NaN : undefined;
}

function parseObject(text: string, path: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new InputError(`${path}: line ${line} is no JSON object, so give one a line.`);
}

function inferColumns(row: Readonly<Record<string, unknown>>, path: string): Column[] {
  const columns = Object.entries(row).map(([name, value]): Column => {
    const shape: number[] = [];
    let inner = value;
    while (Array.isArray(inner)) {
      shape.push(inner.length);
      inner = inner[0];
    }
    const isNumber =
      typeof inner === 'number' || inner === null || (typeof inner === 'string' && Object.hasOwn(words, inner));
    if (typeof inner !== 'boolean' && !isNumber) {
      throw new InputError(
        `${path}: "${name}" of the first row is no number, boolean or list of these, so leave it out.`,
      );
    }
    return { name, type: typeof inner === 'boolean' ? 'bool' : 'float64', shape };
  });
  if (columns.length === 0) throw new InputError(`${path}: the first row has no columns, so choose another file.`);
  return columns;
}
