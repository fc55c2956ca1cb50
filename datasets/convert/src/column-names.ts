import type { Column, Header } from './table.ts';

/**
 * The names of the single numbers of a column in formats that have only such: `rewards` for a number, `observations_0`,
 * `observations_1` ... for a vector.
 */
export function flatNames(column: Pick<Column, 'name' | 'shape'>): string[] {
  if (column.shape.length === 0) return [column.name];
  const width = column.shape.reduce((product, n) => product * n, 1);
  return Array.from({ length: width }, (_, i) => `${column.name}_${i}`);
}

/** Columns as found by their flat names: which vector, and how wide. */
export interface GroupedName {
  readonly name: string;
  /** `[]` for a number, `[n]` for a vector. */
  readonly shape: readonly number[];
  /** Places of its numbers among the flat names. */
  readonly indices: readonly number[];
}

/** The inverse of {@link flatNames}: `x_0 ... x_{n-1}` in any order become one vector `x`, all else numbers. */
export function groupNames(names: readonly string[]): GroupedName[] {
  const groups = new Map<string, Map<number, number>>();
  names.forEach((name, index) => {
    const match = /^(.+)_(0|[1-9]\d*)$/.exec(name);
    if (match === null) return;
    const group = groups.get(match[1]) ?? new Map<number, number>();
    groups.set(match[1], group.set(Number(match[2]), index));
  });
  const taken = new Set(names);
  const whole = [...groups].filter(([name, group]) => {
    return !taken.has(name) && Array.from({ length: group.size }, (_, i) => i).every((i) => group.has(i));
  });
  const vectors = new Map(whole);
  const grouped: GroupedName[] = [];
  const done = new Set<string>();
  names.forEach((name, index) => {
    const vector = /^(.+)_(?:0|[1-9]\d*)$/.exec(name)?.[1];
    const group = vector === undefined ? undefined : vectors.get(vector);
    if (vector === undefined || group === undefined) grouped.push({ name, shape: [], indices: [index] });
    else if (!done.has(vector)) {
      done.add(vector);
      const indices = Array.from({ length: group.size }, (_, i) => group.get(i)!);
      grouped.push({ name: vector, shape: [group.size], indices });
    }
  });
  return grouped;
}

/** Columns whose flat names would be taken for another column's. */
export function ambiguousNames({ columns }: Pick<Header, 'columns'>): string[] {
  const regrouped = groupNames(columns.flatMap((column) => flatNames(column)));
  const shapes = new Map(regrouped.map(({ name, shape }) => [name, shape.length === 0 ? 1 : shape[0]]));
  return columns
    .filter(({ name, shape }) => shapes.get(name) !== shape.reduce((product, n) => product * n, 1))
    .map(({ name }) => name);
}
