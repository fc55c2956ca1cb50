import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readD4rl, writeD4rl } from '@understudy/d4rl';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CommandContext } from '../../context.ts';
import { describeFailure } from '../../error-policy.ts';
import { createProgram } from '../../program.ts';
import { createRecordingContext, runHere } from '../../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-convert-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

beforeAll(async () => {
  vi.stubEnv('MINARI_DATASETS_PATH', at('minari'));
  const observations = Float32Array.from({ length: 12 }, (_, i) => i);
  const nextObservations = Float32Array.from({ length: 12 }, (_, i) => i + 2);
  await writeD4rl(at('a.hdf5'), {
    observations,
    actions: new Float32Array(6),
    rewards: Float32Array.of(1, 2, 3, 4, 5, 6),
    terminals: Uint8Array.of(0, 0, 1, 0, 0, 0),
    timeouts: Uint8Array.of(0, 0, 0, 0, 0, 1),
    nextObservations,
  });
});

async function refusal(...argv: string[]): Promise<string> {
  const failure = await runHere('dataset', ...argv).then(
    () => expect.unreachable(`${argv.join(' ')} was not refused`),
    (error) => describeFailure(error),
  );
  expect(failure).toMatchObject({ status: 2, message: expect.stringMatching(/^.+$/) });
  return failure.message;
}

test('a dataset goes to Parquet and back, and to CSV only with --lossy', async () => {
  const { printed } = await runHere('dataset', 'convert', at('a.hdf5'), at('a.parquet'), '--json');
  expect(JSON.parse(printed.join('\n'))).toMatchObject({ from: 'd4rl', to: 'parquet', rows: 6, losses: [] });
  await runHere('dataset', 'convert', at('a.parquet'), at('b.hdf5'));
  expect((await readD4rl(at('b.hdf5'))).observations).toEqual((await readD4rl(at('a.hdf5'))).observations);
  expect(await refusal('convert', at('a.hdf5'), at('a.csv'))).toContain('CSV cannot hold the element types');
  expect(existsSync(at('a.csv'))).toBe(false);
  const lossy = await runHere('dataset', 'convert', at('a.hdf5'), at('a.csv'), '--lossy');
  expect(lossy.printed[1]).toMatch(/^without the element types of observations/);
  expect(await refusal('convert', at('a.csv'), at('a.npz'), '--from', 'tsv')).toContain('"tsv" is no format');
});

test('Ctrl-C leaves nothing behind', async () => {
  const controller = new AbortController();
  const context: CommandContext = {
    ...createRecordingContext(),
    interruption: () => controller.signal,
    startProgress: () => ({ update: () => controller.abort(), stop: () => {} }),
  };
  const argv = ['dataset', 'convert', at('a.hdf5'), at('stopped.npz')];
  const stopped = createProgram(context).parseAsync(argv, { from: 'user' });
  await expect(stopped).rejects.toThrow('Stopped; nothing was written.');
  expect(existsSync(at('stopped.npz'))).toBe(false);
});

test('Minari datasets are made, listed, shown, combined, split and deleted', async () => {
  await runHere('dataset', 'convert', at('a.hdf5'), 'minari:task/a-v0');
  await runHere('dataset', 'minari', 'combine', 'task/twice-v0', 'task/a-v0', 'task/a-v0');
  await runHere('dataset', 'minari', 'split', 'task/twice-v0', 'task/b-v0=3', 'task/b-v1=1', '--seed', '3');
  const list = await runHere('dataset', 'minari', 'list', '--json');
  expect(JSON.parse(list.printed.join('\n'))).toMatchObject([
    { id: 'task/a-v0', totalEpisodes: 2, totalSteps: 6 },
    { id: 'task/b-v0', totalEpisodes: 3, totalSteps: 9 },
    { id: 'task/b-v1', totalEpisodes: 1, totalSteps: 3 },
    { id: 'task/twice-v0', totalEpisodes: 4, totalSteps: 12 },
  ]);
  const show = await runHere('dataset', 'minari', 'show', 'task/twice-v0', '--json');
  expect(JSON.parse(show.printed.join('\n'))).toMatchObject({
    totalEpisodes: 4,
    combined_datasets: ['task/a-v0', 'task/a-v0'],
  });
  await runHere('dataset', 'minari', 'delete', 'task/b-v0', '--yes');
  expect(await refusal('minari', 'show', 'task/b-v0')).toContain('task/b-v1?');
  writeFileSync(at('there.hdf5'), 'an earlier file');
  expect(await refusal('convert', 'minari:task/aa-v0', at('there.hdf5'))).toContain('did you mean task/a-v0');
  expect(await refusal('convert', at('none.hdf5'), at('there.hdf5'), '--from', 'd4rl')).toContain(
    'none.hdf5 does not exist',
  );
  expect(await refusal('minari', 'split', 'task/a-v0', 'task/c-v0=9')).toContain('add up to 9 of 2 episodes');
});
