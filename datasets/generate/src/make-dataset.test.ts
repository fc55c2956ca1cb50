import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readD4rl } from '@understudy/d4rl';
import { expect, test } from 'vitest';
import { type MakeDatasetOptions, makeDataset, makingDirectory } from './make-dataset.ts';
import { recipePath } from './recipe-file.ts';
import { RowBuffer } from './row-buffer.ts';
import type { SegmentSource } from './segment.ts';
import { scratchDirectory } from './testing/scratch.ts';

const layout = {
  observationSize: 1,
  actionSize: 1,
  nextObservations: true,
  infos: { place: { shape: [2] } },
};

/** Pieces of three episodes of random lengths, counted. @param fails - At which piece to die. */
function countingSource(fails = Number.POSITIVE_INFINITY): SegmentSource & { made: number } {
  return {
    ...layout,
    made: 0,
    async segment(index, generator, tick) {
      if (index === fails) throw new Error('The process died.');
      this.made++;
      const rows = new RowBuffer(layout, 2);
      for (let episode = 0; episode < 3; episode++) {
        const length = generator.integers(1, 9);
        for (let step = 0; step < length; step++) {
          const value = generator.integers(1000) / 1024;
          rows.put('observations', [value]);
          rows.put('actions', [index]);
          rows.put('infos/place', [step, value]);
          rows.next(1, false, step === length - 1, [value + 1]);
        }
        if (!(await tick(rows.count))) return undefined;
      }
      return rows.take();
    },
  };
}

const optionsFor = (file: string, more: Partial<MakeDatasetOptions> = {}): MakeDatasetOptions => ({
  name: 'test',
  file,
  seed: 3,
  transitions: 100,
  options: {},
  metadata: { environment: 'Test-v0' },
  ...more,
});

test('a dataset has as many rows as asked for, its returns and how it was made beside it', async () => {
  const file = join(scratchDirectory(), 'a.hdf5');
  const made = await makeDataset(countingSource(), optionsFor(file));
  const data = await readD4rl(file);
  expect(data.transitions).toBe(100);
  expect(data.metadata).toMatchObject({ environment: 'Test-v0', recipe: 'test', seed: 3 });
  const whole = data.episodes.filter(({ complete }) => complete);
  const meanLength = whole.reduce((sum, { start, end }) => sum + end - start, 0) / whole.length;
  // Every step earns 1, so an episode's return is its length; the last episode is cut and not counted.
  expect(made?.returns).toMatchObject({ episodes: whole.length, mean: expect.closeTo(meanLength, 12) });
  expect(made?.returns?.values?.reduce((sum, { episodes }) => sum + episodes, 0)).toBe(whole.length);
  expect(made).toEqual(JSON.parse(readFileSync(recipePath(file), 'utf8')));
  expect([...data.nextObservations!.slice(0, 5)]).toEqual(
    [...data.observations.slice(0, 5)].map((x) => Math.fround(x + 1)),
  );
  expect(data.infos.place.shape).toEqual([100, 2]);
  expect(existsSync(makingDirectory(file))).toBe(false);
});

test('stopped and gone on with, or died, it has the same bytes as made at once', async () => {
  const directory = scratchDirectory();
  const whole = join(directory, 'whole.hdf5');
  await makeDataset(countingSource(), optionsFor(whole));
  const stopped = join(directory, 'stopped.hdf5');
  for (let rows = 20; ; rows += 20) {
    const interruption = new AbortController();
    const onProgress = (done: number) => done >= rows && interruption.abort();
    const made = await makeDataset(
      countingSource(),
      optionsFor(stopped, { signal: interruption.signal, onProgress: (done) => void onProgress(done) }),
    );
    if (made) break;
    expect(existsSync(stopped)).toBe(false);
  }
  const died = join(directory, 'died.hdf5');
  await expect(makeDataset(countingSource(4), optionsFor(died))).rejects.toThrow('died');
  const source = countingSource();
  await makeDataset(source, optionsFor(died));
  // Actions are the pieces' numbers; four pieces were there.
  expect(source.made).toBe((await readD4rl(whole)).actions[99] + 1 - 4);
  expect(readFileSync(stopped).equals(readFileSync(whole))).toBe(true);
  expect(readFileSync(died).equals(readFileSync(whole))).toBe(true);
});

test('fewer rows are the beginning of more, and another seed gives others', async () => {
  const directory = scratchDirectory();
  const read = async (name: string, more: Partial<MakeDatasetOptions>) => {
    const file = join(directory, name);
    await makeDataset(countingSource(), optionsFor(file, more));
    return readD4rl(file);
  };
  const many = await read('many.hdf5', {});
  const few = await read('few.hdf5', { transitions: 40 });
  expect([...few.observations]).toEqual([...many.observations.subarray(0, 40)]);
  const other = await read('other.hdf5', { seed: 4 });
  expect([...other.observations]).not.toEqual([...many.observations]);
  const piece = await read('piece.hdf5', { transitions: undefined });
  expect(piece.actions.every((action) => action === 0)).toBe(true);
  expect(piece.episodes.map(({ complete }) => complete)).toEqual([true, true, true]);
});

test('what is there and whole is not made again; what was damaged or made otherwise is', async () => {
  const file = join(scratchDirectory(), 'a.hdf5');
  const make = async (more: Partial<MakeDatasetOptions> = {}) => {
    const source = countingSource();
    await makeDataset(source, optionsFor(file, more));
    return source.made;
  };
  expect(await make()).toBeGreaterThan(0);
  const bytes = readFileSync(file);
  expect(await make()).toBe(0);
  writeFileSync(file, bytes.subarray(1));
  expect(await make()).toBeGreaterThan(0);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  writeFileSync(recipePath(file), '{');
  expect(await make()).toBeGreaterThan(0);
  expect(await make({ options: { noise: 1 } })).toBeGreaterThan(0);
});

test('pieces of another recipe are not gone on with, and nothing else in the work directory is touched', async () => {
  const directory = scratchDirectory();
  const file = join(directory, 'a.hdf5');
  const work = join(directory, 'work');
  await expect(makeDataset(countingSource(3), optionsFor(file, { directory: work }))).rejects.toThrow('died');
  writeFileSync(join(work, 'training'), 'kept');
  const source = countingSource();
  await makeDataset(source, optionsFor(file, { directory: work, seed: 8 }));
  const fresh = join(directory, 'fresh.hdf5');
  await makeDataset(countingSource(), optionsFor(fresh, { seed: 8 }));
  expect(readFileSync(file).equals(readFileSync(fresh))).toBe(true);
  expect(readdirSync(work)).toEqual(['training']);
});

test('wrong amounts and seeds are refused', async () => {
  const file = join(scratchDirectory(), 'a.hdf5');
  await expect(makeDataset(countingSource(), optionsFor(file, { transitions: 0 }))).rejects.toThrow('transitions is 0');
  await expect(makeDataset(countingSource(), optionsFor(file, { seed: -1 }))).rejects.toThrow('seed is -1');
});
