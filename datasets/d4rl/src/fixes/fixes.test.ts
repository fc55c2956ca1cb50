import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { D4rlFix } from '../catalogue/faults.ts';
import { openD4rl } from '../d4rl-file.ts';
import { readD4rl } from '../read-d4rl.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { writeD4rl } from '../write-d4rl.ts';

/** A walk along x in steps of 0.04 with jumps before some rows. */
function walk(rows: number, width: number, jumps: readonly number[], step = 0.04): Float32Array {
  const observations = new Float32Array(rows * width);
  for (let i = 0, x = 0; i < rows; i++) {
    x = jumps.includes(i) ? x + 9 : x + step;
    observations[i * width] = x;
  }
  return observations;
}

test('maze2d-rewards: a row is rewarded for the place that its action leads to', async () => {
  const rows = 3000;
  const path = join(scratchDirectory(), 'maze.hdf5');
  const observations = walk(rows, 4, [1000, 2500]);
  // As D4RL has it: exp(-distance) of the row's own place.
  const rewardAt = (row: number) => Math.fround(Math.exp(-Math.abs(observations[4 * row] - 30)));
  const rewards = Float32Array.from({ length: rows }, (_, i) => rewardAt(i));
  const terminals = new Uint8Array(rows);
  await writeD4rl(path, { observations, actions: new Float32Array(2 * rows), rewards, terminals, timeouts: terminals });

  expect((await readD4rl(path)).rewards).toEqual(rewards);
  const fixed = (await readD4rl(path, { fixes: ['maze2d-rewards'] })).rewards;
  const expected = rewards.map((own, i) => ([999, 2499, rows - 1].includes(i) ? own : rewardAt(i + 1)));
  expect(fixed).toEqual(expected);

  const file = await openD4rl(path, { fixes: ['maze2d-rewards'] });
  for (const [start, stop] of [
    [0, 1],
    [990, 1003],
    [rows - 2, rows],
    [rows, rows],
  ]) {
    expect(await file.readFloats('rewards', start, stop)).toEqual(expected.subarray(start, stop));
  }
  file.close();
});

test('antmaze-timeouts: an episode ends where the ant is put back, and nowhere else', async () => {
  const rows = 100;
  const path = join(scratchDirectory(), 'antmaze.hdf5');
  const timeouts = new Uint8Array(rows);
  timeouts[12] = timeouts[55] = timeouts[99] = 1;
  const terminals = new Uint8Array(rows);
  terminals[69] = 1;
  await writeD4rl(path, {
    observations: walk(rows, 29, [10, 50, 70], 0.5),
    actions: new Float32Array(8 * rows),
    rewards: new Float32Array(rows),
    terminals,
    timeouts,
  });
  const { episodes } = await readD4rl(path, { fixes: ['antmaze-timeouts'] });
  expect(episodes.map(({ start, end }) => [start, end])).toEqual([
    [0, 10],
    [10, 50],
    [50, 70],
    [70, 100],
  ]);
  expect((await readD4rl(path)).episodes.map(({ end }) => end)).toEqual([13, 56, 70, 100]);
});

test('a fix is refused for files that it is not for, and unknown ones are offered the nearest', async () => {
  const path = join(scratchDirectory(), 'other.hdf5');
  const rows = { observations: walk(9, 3, []), actions: new Float32Array(9), rewards: new Float32Array(9) };
  await writeD4rl(path, { ...rows, terminals: new Uint8Array(9), timeouts: new Uint8Array(9) });
  await expect(openD4rl(path, { fixes: ['maze2d-rewards'] })).rejects.toThrow(/observations of 4 numbers and .* has 3/);
  await expect(openD4rl(path, { fixes: ['maze2d-reward' as D4rlFix] })).rejects.toThrow('use maze2d-rewards.');
});
