import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeD4rl } from '@understudy/d4rl';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-inspect-'));
const at = (name: string) => join(directory, name);
afterAll(() => rmSync(directory, { recursive: true }));

/** Twelve rows of a ball in the U maze, eight of them at the goal (1, 1), in two episodes. */
async function write(name: string, more: Partial<Parameters<typeof writeD4rl>[1]> = {}): Promise<string> {
  const rows = 12;
  await writeD4rl(at(name), {
    observations: Float32Array.from({ length: 4 * rows }, (_, i) => (i % 4 > 1 ? i / 100 : i < 32 ? 1 + i / 1000 : 3)),
    actions: Float32Array.from({ length: 2 * rows }, (_, i) => i / 24),
    rewards: Float32Array.from({ length: rows }, (_, row) => (row < 8 ? 1 : 0)),
    terminals: new Uint8Array(rows),
    timeouts: Uint8Array.from({ length: rows }, (_, row) => (row === 5 || row === 11 ? 1 : 0)),
    ...more,
  });
  return at(name);
}

const figures = async (...argv: string[]) =>
  JSON.parse((await runHere('dataset', 'inspect', ...argv, '--json')).printed[0]);

test("a file of D4RL's name has its environment, score and maze", async () => {
  const file = await write('maze2d-umaze-sparse-v1.hdf5');
  const found = await figures(file);
  expect(found).toMatchObject({
    environment: 'maze2d-umaze-v1',
    episodes: 2,
    completeEpisodes: 2,
    timeoutsStored: true,
  });
  // Returns 6 and 2 on the scale from 23.85 to 161.86.
  expect(found.score.max).toBeCloseTo((100 * (6 - 23.85)) / (161.86 - 23.85), 9);
  expect(found.paths.paths).toHaveLength(2);
  const lines = (await runHere('dataset', 'inspect', file)).printed.join('\n');
  expect(lines).toContain('12 transitions of maze2d-umaze-v1');
  expect(lines).toMatch(/observations 3 +0\.0300/);
});

test('a page is written where asked, and nothing else is named so', async () => {
  const file = await write('data.hdf5');
  const { printed } = await runHere('dataset', 'inspect', file, '--env', 'maze2d-umaze-v1', '--html', at('page.html'));
  expect(printed.at(-1)).toBe(`page: ${at('page.html')}`);
  expect(readFileSync(at('page.html'), 'utf8')).toContain('Paths through the maze');
  await expect(runHere('dataset', 'inspect', file, '--html', at('page.svg'))).rejects.toThrow('.html');
});

test('a file of no known environment has neither score nor maze', async () => {
  const found = await figures(await write('data.hdf5'));
  expect(found).toMatchObject({ environment: null, score: null });
  expect(found).not.toHaveProperty('paths');
  await expect(figures(at('data.hdf5'), '--env', 'maze2d-umase-v1')).rejects.toThrow('maze2d-umaze-v1');
});

test('an environment of other dimensions is refused, and a name that the data cannot have does not count', async () => {
  const file = await write('data.hdf5');
  await expect(figures(file, '--env', 'Hopper-v5')).rejects.toThrow(
    'is not of Hopper-v5: it has 4 observation and 2 action numbers a transition, where 11 and 3 were expected',
  );
  // D4RL's ants have 111 numbers where those of today have 27.
  const ant = { observations: new Float32Array(12 * 111), actions: new Float32Array(12 * 8) };
  expect(await figures(await write('ant.hdf5', ant), '--env', 'Ant-v4')).toMatchObject({ environment: 'Ant-v4' });
  await expect(figures(at('ant.hdf5'), '--env', 'Ant-v5')).rejects.toThrow('is not of Ant-v5');
  const wrong = await write('hopper_medium-v2.hdf5');
  expect(await figures(wrong)).toMatchObject({ environment: null, score: null });
  expect((await runHere('dataset', 'inspect', wrong)).noted.join()).toContain('is no hopper-medium-v2 of D4RL');
});

test('a dataset in another format is refused with the command that makes it one', async () => {
  await write('data.hdf5');
  await runHere('dataset', 'convert', at('data.hdf5'), at('data.npz'));
  await expect(figures(at('data.npz'))).rejects.toThrow(
    `is in the format npz, and only D4RL's is looked into: \`understudy dataset convert ${at('data.npz')} data.hdf5\``,
  );
  await expect(figures(at('none.hdf5'))).rejects.toThrow('does not exist');
});

test('without timeouts the limit is told, or known by the name', async () => {
  const { episodes } = await figures(await write('data.hdf5', { timeouts: undefined }), '--max-episode-steps', '5');
  expect(episodes).toBe(3);
});

test('what looks wrong is told in words', async () => {
  const rewards = Float32Array.from({ length: 12 }, (_, row) => (row === 3 ? Number.NaN : row));
  const lines = (await runHere('dataset', 'inspect', await write('data.hdf5', { rewards }))).printed.join('\n');
  expect(lines).toContain('look at this: 1 number in "rewards" is NaN. The first is row 3.');
});
