import type { Info } from '@understudy/gym';
import { type WireArray, wireArray } from '../protocol/arrays.ts';

/** One name's numbers, a row for each info. */
interface Column {
  /** Whether all that came were true or false. */
  flags: boolean;
  /** Lengths of one info's numbers; `[]` for a single one. */
  readonly shape: readonly number[];
  readonly size: number;
  readonly data: Float64Array;
  /** 1 in rows that have it. */
  readonly has: Uint8Array;
}

/** Columns of one answer; with their masks, and those of last infos, they stay below a message's limit of arrays. */
const MAX_COLUMNS = 200;
/** Maps within maps whose numbers travel. */
const MAX_DEPTH = 8;
/** What may stand after `finalInfo/` in an array's name. */
const namePattern = /^[A-Za-z0-9_./-]{1,110}$/;

/** Numbers, flags and arrays of numbers of infos, as columns that travel; see PROTOCOL.md, infos of steps. */
export class InfoColumns {
  readonly #rows: number;
  readonly #columns = new Map<string, Column>();

  /** @param rows - How many infos there may be. */
  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Forgets the infos of the step before, but not the columns' memory. */
  clear(): void {
    for (const { has } of this.#columns.values()) has.fill(0);
  }

  /** Takes one row's info; what has no form in numbers is left out. */
  put(row: number, info: Info): void {
    this.#put(row, '', info, 0);
  }

  /**
   * The columns that some row has, as arrays.
   *
   * @param names - What stands before their names.
   * @param leading - The shape of rows, such as `[steps, n]`; their product are the rows in use.
   */
  arrays(names: { info: string; flag: string; has: string }, leading: readonly number[]): Record<string, WireArray> {
    const rows = leading.reduce((product, length) => product * length, 1);
    const arrays: Record<string, WireArray> = {};
    for (const [name, { flags, shape, size, data, has }] of this.#columns) {
      let count = 0;
      for (let i = 0; i < rows; i++) count += has[i];
      if (count === 0) continue;
      for (let i = 0; i < rows; i++) if (has[i] === 0) data.fill(0, i * size, (i + 1) * size);
      const values = data.subarray(0, rows * size);
      const array = flags ? wireArray(Uint8Array.from(values), leading) : wireArray(values, [...leading, ...shape]);
      arrays[`${flags ? names.flag : names.info}/${name}`] = array;
      if (count < rows) arrays[`${names.has}/${name}`] = wireArray(has.subarray(0, rows), leading);
    }
    return arrays;
  }

  #put(row: number, path: string, info: Info, depth: number): void {
    for (const key in info) {
      if (key.includes('/')) continue;
      const name = path === '' ? key : `${path}/${key}`;
      const value = info[key];
      if (typeof value === 'number' || typeof value === 'boolean')
        this.#set(row, name, [Number(value)], [], typeof value === 'boolean');
      else if (isNumbers(value)) this.#set(row, name, value, [value.length], false);
      else if (isPlain(value) && depth < MAX_DEPTH) this.#put(row, name, value, depth + 1);
    }
  }

  #set(row: number, name: string, values: ArrayLike<number>, shape: readonly number[], isFlag: boolean): void {
    const column = this.#columns.get(name) ?? this.#add(name, shape, isFlag);
    // The first one's shape is the column's: what has another finds no place.
    if (!column || column.shape.length !== shape.length || column.size !== values.length) return;
    if (!isFlag) column.flags = false;
    for (let k = 0; k < column.size; k++) column.data[row * column.size + k] = values[k];
    column.has[row] = 1;
  }

  #add(name: string, shape: readonly number[], flags: boolean): Column | undefined {
    if (this.#columns.size >= MAX_COLUMNS || !namePattern.test(name)) return undefined;
    const size = shape[0] ?? 1;
    const data = new Float64Array(this.#rows * size);
    const column = { flags, shape, size, data, has: new Uint8Array(this.#rows) };
    this.#columns.set(name, column);
    return column;
  }
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView) && typeof (value as Float64Array)[0] !== 'bigint';
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
}

function isPlain(value: unknown): value is Info {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
