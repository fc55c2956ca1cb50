import type { NumberArray } from '@understudy/d4rl/hdf5';
import { type Block, type Column, type ColumnType, copyNumbers, createArray, type Source, widthOf } from './table.ts';

const GROUPS = ['observations', 'actions', 'next_observations'];

/** Columns such as `observations/goal`: one array each of a Dict or Tuple space. */
export function hasNestedSpaces(source: Source): boolean {
  return source.header.columns.some(({ name }) => GROUPS.some((group) => name.startsWith(`${group}/`)));
}

/** The same dataset with the arrays of nested spaces joined to one vector a row, in the order of their names. */
export function flattenSpaces(source: Source): Source {
  const { columns } = source.header;
  const parts = new Map<string, number[]>();
  columns.forEach(({ name }, index) => {
    const group = GROUPS.find((prefix) => name.startsWith(`${prefix}/`)) ?? name;
    parts.set(group, [...(parts.get(group) ?? []), index]);
  });
  const flat = [...parts].map(([name, indices]): Column => {
    if (indices.length === 1 && columns[indices[0]].name === name) return columns[indices[0]];
    const width = indices.reduce((sum, index) => sum + widthOf(columns[index]), 0);
    return { name, type: commonType(indices.map((index) => columns[index].type)), shape: [width] };
  });
  const groups = [...parts.values()];
  const nested = [...parts.keys()].filter((name) => columns.every((column) => column.name !== name));
  return {
    header: { ...source.header, columns: flat },
    losses: [...source.losses, `the names and shapes inside ${nested.join(', ')}, which become vectors`],
    async *blocks(): AsyncGenerator<Block> {
      for await (const { rows, data } of source.blocks()) {
        yield { rows, data: flat.map((column, i) => join(column, groups[i], columns, rows, data)) };
      }
    },
    close: () => source.close(),
  };
}

function join(
  column: Column,
  indices: readonly number[],
  columns: readonly Column[],
  rows: number,
  data: readonly NumberArray[],
): NumberArray {
  if (columns[indices[0]] === column) return data[indices[0]];
  const width = widthOf(column);
  const target = createArray(column.type, rows * width);
  let offset = 0;
  for (const index of indices) {
    const own = widthOf(columns[index]);
    for (let row = 0; row < rows; row++) {
      copyNumbers(data[index].subarray(row * own, (row + 1) * own), target, row * width + offset);
    }
    offset += own;
  }
  return target;
}

function commonType(types: readonly ColumnType[]): ColumnType {
  return types.every((type) => type === types[0]) ? types[0] : 'float64';
}
