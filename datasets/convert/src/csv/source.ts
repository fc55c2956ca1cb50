import { InputError } from '@understudy/errors';
import { groupNames } from '../column-names.ts';
import { InputFile } from '../input-file.ts';
import { type Block, blockRowsOf, type Column, createArray, type Source, widthOf } from '../table.ts';
import { countLines, readLines } from '../text-lines.ts';

/** Columns that are read as booleans; all others are float64. */
export const FLAGS = ['terminals', 'timeouts'];

const MAX_FIELDS = 100_000;

/** Opens a CSV file whose first line names the columns; `x_0, x_1 ...` are one vector. */
export function openCsvSource(path: string): Source {
  const file = new InputFile(path);
  try {
    const lines = readLines(file);
    const first = lines.next();
    lines.return(undefined);
    if (first.done === true) throw new InputError(`${path} is empty, where a line of column names was expected.`);
    const names = splitFields(first.value.replace(/^\ufeff/, ''));
    if (names.length > MAX_FIELDS || names.some((name) => name === '')) {
      throw new InputError(`${path} does not begin with a line of column names, so add one.`);
    }
    if (names.every((name) => !Number.isNaN(Number(name)))) {
      throw new InputError(`${path} begins with numbers where a line of column names was expected, so add one.`);
    }
    if (new Set(names).size < names.length) throw new InputError(`${path} has two columns of one name, so rename one.`);
    const groups = groupNames(names);
    const columns = groups.map(({ name, shape }): Column => {
      return { name, type: FLAGS.includes(name) && shape.length === 0 ? 'bool' : 'float64', shape };
    });
    const rows = countLines(file) - 1;
    const order = groups.map(({ indices }) => indices);
    return {
      header: { rows, columns, metadata: {} },
      losses: [],
      blocks: () => readBlocks(file, columns, order, names.length),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(
  file: InputFile,
  columns: readonly Column[],
  order: readonly (readonly number[])[],
  fieldCount: number,
): AsyncGenerator<Block> {
  const step = blockRowsOf(columns);
  const create = () => columns.map((column) => createArray(column.type, step * widthOf(column)) as Float64Array);
  let data = create();
  let rows = 0;
  let line = 0;
  for (const text of readLines(file)) {
    if (++line === 1) continue;
    const fields = text.includes('"') ? splitFields(text) : text.split(',');
    if (fields.length !== fieldCount) {
      throw new InputError(`${file.path}: line ${line} has ${fields.length} fields where ${fieldCount} were expected.`);
    }
    for (let c = 0; c < columns.length; c++) {
      const indices = order[c];
      const flag = columns[c].type === 'bool';
      for (let k = 0; k < indices.length; k++) {
        const field = fields[indices[k]];
        const value = flag ? parseFlag(field) : parseNumber(field);
        if (value === undefined) {
          const expected = flag ? 'True or False' : 'a number';
          throw new InputError(
            `${file.path}: line ${line} has ${JSON.stringify(field.slice(0, 40))} for "${columns[c].name}" where ${expected} was expected.`,
          );
        }
        data[c][rows * indices.length + k] = value;
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

function parseNumber(field: string): number | undefined {
  const value = Number(field);
  if (!Number.isNaN(value) && field.trim() !== '') return value;
  const word = field.trim().toLowerCase();
  // NumPy and pandas write these.
  if (word === 'nan' || word === '') return Number.NaN;
  if (word === 'inf' || word === '+inf') return Number.POSITIVE_INFINITY;
  if (word === '-inf') return Number.NEGATIVE_INFINITY;
  return undefined;
}

function parseFlag(field: string): number | undefined {
  const word = field.trim().toLowerCase();
  if (word === 'true') return 1;
  if (word === 'false') return 0;
  const value = Number(word);
  return word === '' || Number.isNaN(value) ? undefined : value === 0 ? 0 : 1;
}

/** Splits a line at commas outside quotes. */
function splitFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let field = '';
      let end = at + 1;
      for (; end < line.length; end++) {
        if (line[end] !== '"') field += line[end];
        else if (line[end + 1] === '"') field += line[end++];
        else break;
      }
      fields.push(field);
      at = line.indexOf(',', end + 1);
    } else {
      const comma = line.indexOf(',', at);
      fields.push(line.slice(at, comma < 0 ? undefined : comma));
      at = comma;
    }
    if (at < 0) return fields;
    at++;
  }
}
