import type { D4rlMetadata } from '@understudy/d4rl';
import type { NumberArray } from '@understudy/d4rl/hdf5';
import fc from 'fast-check';
import { openD4rlSink } from '../d4rl/sink.ts';
import { type Column, type ColumnType, createArray, type Header, widthOf } from '../table.ts';

/** A small dataset in memory. */
export interface SmallDataset {
  readonly header: Header;
  readonly data: readonly NumberArray[];
}

/** Writes a dataset as D4RL, in two blocks. */
export function writeSmallDataset(path: string, { header, data }: SmallDataset): void {
  const sink = openD4rlSink(path, header);
  const cut = Math.floor(header.rows / 2);
  for (const [start, stop] of [
    [0, cut],
    [cut, header.rows],
  ]) {
    const block = data.map((column, i) => {
      const width = widthOf(header.columns[i]);
      return column.subarray(start * width, stop * width);
    });
    if (stop > start) sink.write({ rows: stop - start, data: block });
  }
  sink.finish();
}

const special = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-30, 3.3, 16_777_217];
const limits: Partial<Record<ColumnType, [bigint, bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function valueOfType(type: ColumnType, seed: number): number | bigint {
  const hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  if (type === 'bool') return hash & 1;
  const limit = limits[type];
  if (limit !== undefined) return [limit[0], limit[1], 0n, BigInt(hash)][hash & 3];
  if (type.startsWith('float')) return hash % 3 === 0 ? special[hash % special.length] : (hash / 2 ** 31 - 1) * 7;
  const array = createArray(type, 1);
  array[0] = hash as never;
  return array[0];
}

/** Fills a column with values that depend on the seed, the extremes of its type among them. */
export function fillColumn(column: Column, rows: number, seed: number): NumberArray {
  const data = createArray(column.type, rows * widthOf(column));
  for (let i = 0; i < data.length; i++) data[i] = valueOfType(column.type, seed * 7919 + i) as never;
  return data;
}

const floats = fc.constantFrom<ColumnType>('float32', 'float64');
const types = fc.constantFrom<ColumnType>(
  'float32',
  'float64',
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
);
const rowShape = fc.constantFrom<readonly number[]>([], [1], [3], [2, 3]);

const metadata: D4rlMetadata = {
  algorithm: 'SAC',
  iteration: 3,
  score: -0.5,
  fast: true,
  names: ['a', 'bc'],
  policy: {
    nonlinearity: 'relu',
    fc0: { weight: { data: Float32Array.of(1, 2, 3, 4, 5, Number.NaN), shape: [2, 3] } },
    steps: { data: Int32Array.of(1, -2), shape: [2] },
  },
};

/** Datasets as D4RL's files have them: every type and row shape among the infos, flags as booleans or floats. */
export const smallDatasets: fc.Arbitrary<SmallDataset> = fc
  .record({
    rows: fc.integer({ min: 1, max: 60 }),
    float: floats,
    width: fc.integer({ min: 1, max: 12 }),
    rewardShape: fc.constantFrom<readonly number[]>([], [1]),
    timeouts: fc.boolean(),
    flag: fc.constantFrom<ColumnType>('bool', 'float32', 'uint8'),
    infos: fc.array(fc.record({ type: types, shape: rowShape }), { maxLength: 5 }),
    withMetadata: fc.boolean(),
    seed: fc.nat(1e6),
  })
  .map(({ rows, float, width, rewardShape, timeouts, flag, infos, withMetadata, seed }) => {
    const columns: Column[] = [
      { name: 'observations', type: float, shape: [width] },
      { name: 'actions', type: float, shape: [2] },
      { name: 'rewards', type: float, shape: rewardShape },
      { name: 'terminals', type: flag, shape: [] },
      ...(timeouts ? [{ name: 'timeouts', type: flag, shape: [] }] : []),
      { name: 'next_observations', type: float, shape: [width] },
      ...infos.map((info, i) => ({ name: `infos/x${i}`, ...info })),
    ];
    const data = columns.map((column, i) => fillColumn(column, rows, seed + i));
    const ends = columns.flatMap(({ name }, i) => (name === 'terminals' || name === 'timeouts' ? [i] : []));
    for (const i of ends)
      data[i] = data[i].map((value: number | bigint) => (Number(value) > 0.9 ? 1 : 0) as never) as NumberArray;
    linkObservations(columns, data, rows);
    return { header: { rows, columns, metadata: withMetadata ? metadata : {} }, data };
  });

/** Makes next observations those of the next row inside episodes, as in a true recording. */
function linkObservations(columns: readonly Column[], data: NumberArray[], rows: number): void {
  const index = (name: string) => columns.findIndex((column) => column.name === name);
  const [observations, next] = [data[index('observations')], data[index('next_observations')]];
  const width = widthOf(columns[index('observations')]);
  const timeouts = index('timeouts');
  for (let row = 0; row + 1 < rows; row++) {
    const ends = Number(data[index('terminals')][row]) !== 0 || (timeouts >= 0 && Number(data[timeouts][row]) !== 0);
    if (ends) continue;
    for (let i = 0; i < width; i++) next[row * width + i] = observations[(row + 1) * width + i] as never;
  }
}

/** A fixed dataset of 40 rows in four episodes. */
export function fixedDataset(overrides: Partial<Header> = {}): SmallDataset {
  const rows = 40;
  const columns: Column[] = [
    { name: 'observations', type: 'float32', shape: [3] },
    { name: 'actions', type: 'float32', shape: [2] },
    { name: 'rewards', type: 'float32', shape: [] },
    { name: 'terminals', type: 'bool', shape: [] },
    { name: 'timeouts', type: 'bool', shape: [] },
    { name: 'next_observations', type: 'float32', shape: [3] },
    { name: 'infos/qpos', type: 'float64', shape: [2] },
  ];
  const data = columns.map((column, i) => fillColumn(column, rows, i + 1));
  data[3] = Uint8Array.from({ length: rows }, (_, i) => (i === 9 || i === 24 ? 1 : 0));
  data[4] = Uint8Array.from({ length: rows }, (_, i) => (i === 19 || i === 39 ? 1 : 0));
  linkObservations(columns, data, rows);
  return { header: { rows, columns, metadata: {}, ...overrides }, data };
}
