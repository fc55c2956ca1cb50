import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { scratchDirectory } from '../testing/scratch.ts';
import { Hdf5File } from './reader.ts';
import { Hdf5Writer } from './writer.ts';

let file: Hdf5File | undefined;
afterEach(() => file?.close());

test('attributes come back with their types', async () => {
  const path = join(scratchDirectory(), 'attributes.hdf5');
  const writer = new Hdf5Writer(path, 4);
  writer.setAttributes('', { root: 'yes' });
  writer.setAttributes('group', {
    id: 3,
    huge: 2n ** 62n,
    mean: -0.25,
    flag: true,
    name: 'größer als 8 Zeichen',
    empty: '',
    names: ['a', '', 'longer'],
    numbers: Float64Array.of(1, Number.NaN),
  });
  writer.close();
  file = await Hdf5File.openLazily(path);
  expect([...file.attributes('')]).toEqual([['root', 'yes']]);
  expect(Object.fromEntries(file.attributes('group'))).toEqual({
    id: 3n,
    huge: 2n ** 62n,
    mean: -0.25,
    flag: true,
    name: 'größer als 8 Zeichen',
    empty: '',
    names: ['a', '', 'longer'],
    numbers: Float64Array.of(1, Number.NaN),
  });
});

test('a group of thousands of groups is found by name, one at a time', async () => {
  const path = join(scratchDirectory(), 'many.hdf5');
  const writer = new Hdf5Writer(path, 4);
  const groups = 2100;
  for (let i = 0; i < groups; i++) {
    writer.writeRows(`group_${i}/values`, 'int64', [], new Uint8Array(BigInt64Array.of(BigInt(i), 7n).buffer));
    writer.setAttributes(`group_${i}`, { id: i });
    writer.closeGroup(`group_${i}`);
  }
  writer.close();
  file = await Hdf5File.openLazily(path);
  expect(new Set(file.rootNames()).size).toBe(groups);
  expect(file.datasets.size).toBe(0);
  for (const i of [0, 1, 8, 255, 256, 257, 1023, 2099]) {
    const group = `group_${i}`;
    expect(file.listGroup(group).map(({ path, shape }) => [path, shape])).toEqual([[`${group}/values`, [2]]]);
    expect(file.readAll(`${group}/values`)).toEqual(BigInt64Array.of(BigInt(i), 7n));
    expect(file.attributes(group).get('id')).toBe(BigInt(i));
    file.forgetGroup(group);
    expect(file.datasets.size).toBe(0);
  }
});

test('strings of any length come back in order', async () => {
  const path = join(scratchDirectory(), 'strings.hdf5');
  const writer = new Hdf5Writer(path, 0);
  const texts = ['first', '', 'x'.repeat(5000), 'ü', ''];
  writer.writeVariableStrings('texts', texts);
  writer.writeVariableStrings('none', ['', '']);
  writer.close();
  file = await Hdf5File.open(path);
  expect(file.readStrings('texts')).toEqual(texts);
  expect(file.readStrings('none')).toEqual(['', '']);
});
