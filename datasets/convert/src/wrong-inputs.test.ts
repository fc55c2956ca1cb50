import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { convert, openSource } from './convert.ts';
import { fixedDataset, writeSmallDataset } from './testing/datasets.ts';
import { scratchDirectory } from './testing/scratch.ts';

const outputs = ['x.parquet', 'x.arrow', 'x.safetensors', 'x.npz', 'x.jsonl', 'x-v0'];

test('an abort leaves nothing, and an earlier file as it was', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, fixedDataset());
  for (const name of outputs) {
    const to = join(directory, name);
    if (name !== 'x-v0') writeFileSync(to, 'earlier');
    const before = readdirSync(directory).sort();
    await expect(convert(from, to, { signal: AbortSignal.abort() })).rejects.toThrow('was stopped');
    expect(readdirSync(directory).sort()).toEqual(before);
    if (name !== 'x-v0') expect(readFileSync(to, 'utf8')).toBe('earlier');
  }
});

test('the input is never the output, under whatever name', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, fixedDataset());
  symlinkSync(from, join(directory, 'soft.h5'));
  linkSync(from, join(directory, 'hard.h5'));
  for (const name of ['a.hdf5', './a.hdf5', 'soft.h5', 'hard.h5']) {
    await expect(convert(from, join(directory, name))).rejects.toThrow('is the input itself');
  }
});

test('names that say another format than the content, or none, are explained', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.parquet');
  writeSmallDataset(from, fixedDataset());
  await expect(convert(from, join(directory, 'b.npz'))).rejects.toThrow(
    `${from} is named as Parquet but has the content of D4RL (HDF5), so rename it or give --from d4rl.`,
  );
  expect(await convert(from, join(directory, 'b.npz'), { from: 'd4rl' })).toMatchObject({ rows: 40 });
  await expect(convert(from, join(directory, 'b.xyz'), { from: 'd4rl' })).rejects.toThrow('has an ending of no format');
  await expect(convert(join(directory, 'none.npz'), join(directory, 'b.csv'))).rejects.toThrow('does not exist');
  await expect(convert(directory, join(directory, 'b.csv'))).rejects.toThrow('without a Minari dataset in it');
  writeFileSync(join(directory, 'empty.csv'), '');
  await expect(convert(join(directory, 'empty.csv'), join(directory, 'b.npz'))).rejects.toThrow('is empty');
  await expect(convert(from, join(directory, 'no', 'b.npz'), { from: 'd4rl' })).rejects.toThrow('does not exist');
  await expect(convert(from, join(directory, 'noversion'), { from: 'd4rl', to: 'minari' })).rejects.toThrow(
    'give --id',
  );
});

test('an id is for Minari alone', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, fixedDataset());
  await expect(convert(from, join(directory, 'b.npz'), { id: 'ab/c-v0' })).rejects.toThrow(
    'The id ab/c-v0 is for Minari',
  );
  await convert(from, join(directory, 'b-v0'), { id: 'ab/c-v3', lossy: true });
  const { dataset_id: id } = JSON.parse(readFileSync(join(directory, 'b-v0', 'data', 'metadata.json'), 'utf8'));
  expect(id).toBe('ab/c-v3');
});

test('a file that grows while it is read is refused', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.csv');
  writeFileSync(from, `x\n${'1\n'.repeat(200_000)}`);
  const source = await openSource(from);
  const read = async () => {
    for await (const { rows } of source.blocks()) if (rows > 0) appendFileSync(from, '1\n');
  };
  await expect(read()).rejects.toThrow('changed while it was read');
  await source.close();
});

test('a pipe is refused at once, not waited for', async () => {
  const directory = scratchDirectory();
  const pipe = join(directory, 'a.hdf5');
  execFileSync('mkfifo', [pipe]);
  const script = join(directory, 'open.mjs');
  writeFileSync(
    script,
    `import { openSource } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    for (const format of [undefined, 'd4rl', 'csv']) {
      await openSource(${JSON.stringify(pipe)}, format).catch(({ code, message }) => console.log(code, message));
    }`,
  );
  // A call that blocks cannot be ended from within.
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
  expect(stdout.match(/^UNDERSTUDY_INPUT .*a\.hdf5 is (no|not a) regular file/gm)).toHaveLength(3);
});
