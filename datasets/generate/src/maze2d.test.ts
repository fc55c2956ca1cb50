import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { type Maze2dParts, maze2dSource } from './maze2d.ts';
import { goOn } from './testing/scratch.ts';

/**
 * A line instead of a maze: the action moves x by itself. Targets are drawn in turn; the controller pushes towards them
 * by at most 1 and has solved its task within a tenth.
 */
function line(more: Partial<Maze2dParts> = {}): Maze2dParts {
  const qpos = [0, 0];
  const qvel = [0, 0];
  const targets = [3, -2, 5];
  let drawn = 0;
  const world = {
    target: { x: 99, y: 0 },
    reset() {
      qpos[0] = 0;
      drawn = 0;
    },
    setTarget() {
      world.target = { x: targets[drawn++ % targets.length], y: 0 };
    },
    stepInto(action: Float32Array) {
      qpos[0] += action[0];
      qvel[0] = action[0];
    },
    simulation: { qpos, qvel },
  };
  const createController = () => {
    const controller = {
      solved: false,
      control(observation: ArrayLike<number>, target: ArrayLike<number>, out = new Float32Array(2)) {
        controller.solved = Math.abs(target[0] - observation[0]) < 0.1;
        out[0] = Math.max(-1, Math.min(1, target[0] - observation[0]));
        out[1] = 0;
        return out;
      },
    };
    return controller;
  };
  const goal = { x: 2, y: 0 };
  return { world, goal, maxEpisodeSteps: 1000, createController, rewardType: 'sparse', noise: 0, ...more };
}

async function rowsOf(parts: Maze2dParts) {
  const source = maze2dSource(parts);
  const rows = (await source.segment(0, defaultRng(0), goOn))!;
  const xs = Array.from({ length: 14 }, (_, i) => rows.observations[4 * i]);
  const places = Array.from({ length: 14 }, (_, i) => rows.infos!.qpos[2 * i]);
  const goals = Array.from({ length: 14 }, (_, i) => rows.infos!.goal[2 * i]);
  return {
    rows,
    xs,
    places,
    goals,
    ends: [...rows.timeouts.subarray(0, 14)],
    rewards: [...rows.rewards.subarray(0, 14)],
  };
}

test("D4RL's way: rewards of the state before, and a stale row after each new target", async () => {
  const { rows, xs, places, goals, ends, rewards } = await rowsOf(line());
  // From 0 to 3 and one row there, then to -2. At the target the action is 0, so nothing moves and nothing is stale.
  expect(xs.slice(0, 11)).toEqual([0, 1, 2, 3, 3, 2, 1, 0, -1, -2, -2]);
  expect(places).toEqual(xs);
  expect(goals.slice(0, 11)).toEqual([3, 3, 3, 3, -2, -2, -2, -2, -2, -2, 5]);
  expect(ends.slice(0, 11)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
  // Around 2 within 0.5, where the step began.
  expect(rewards.slice(0, 8)).toEqual([0, 0, 1, 0, 0, 1, 0, 0]);
  expect(rows.terminals.some((flag) => flag !== 0)).toBe(false);
  expect(rows.nextObservations).toBeUndefined();
});

test('after a new target by the limit the row repeats where the step before began, as in D4RL', async () => {
  const { xs, places, ends } = await rowsOf(line({ maxEpisodeSteps: 2 }));
  // Three rows an episode: D4RL's limit is one late. The third step went on to 3, and the fourth row doesn't know.
  expect(ends.slice(0, 7)).toEqual([0, 0, 1, 0, 0, 1, 0]);
  expect(places.slice(0, 4)).toEqual([0, 1, 2, 3]);
  expect(xs.slice(0, 4)).toEqual([0, 1, 2, 2]);
});

test('repaired: rewards of the state after, no stale row, the limit kept, next observations', async () => {
  const { rows, xs, places, ends, rewards } = await rowsOf(line({ faults: 'repaired', maxEpisodeSteps: 2 }));
  expect(xs).toEqual(places);
  expect(ends.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
  const next = Array.from({ length: 13 }, (_, i) => rows.nextObservations![4 * i]);
  expect(next).toEqual(xs.slice(1));
  expect(rewards).toEqual([...next, rows.nextObservations![4 * 13]].map((x) => (Math.abs(x - 2) <= 0.5 ? 1 : 0)));
});

test('dense rewards fall off with the distance to the goal', async () => {
  const { rewards } = await rowsOf(line({ rewardType: 'dense' }));
  expect(rewards[0]).toBeCloseTo(Math.exp(-2), 6);
  expect(rewards[2]).toBe(1);
});

test('noise comes after the force is clipped, and the sum is clipped again', async () => {
  const { rows } = await rowsOf(line({ noise: 0.5, maxEpisodeSteps: 1 }));
  const first = Array.from({ length: rows.rewards.length }, (_, i) => rows.actions[2 * i]);
  expect(Math.max(...first)).toBe(1);
  expect(Math.min(...first)).toBe(-1);
  // At a force of 1 half of the noise is cut off: noise before the clip would leave far more at the bound.
  const second = Array.from({ length: rows.rewards.length }, (_, i) => rows.actions[2 * i + 1]);
  const mean = second.reduce((sum, action) => sum + action, 0) / second.length;
  const std = Math.sqrt(second.reduce((sum, action) => sum + action ** 2, 0) / second.length);
  expect(Math.abs(mean)).toBeLessThan(0.02);
  // Normal noise of 0.5 cut at 1: 0.4806 by the truncated second moment.
  expect(std).toBeGreaterThan(0.47);
  expect(std).toBeLessThan(0.495);
});

test('a piece ends with an episode, after 16,384 rows, and stops when asked', async () => {
  const { rows } = await rowsOf(line());
  expect(rows.rewards.length).toBeGreaterThanOrEqual(16_384);
  expect(rows.rewards.length).toBeLessThan(16_394);
  expect(rows.timeouts.at(-1)).toBe(1);
  expect(await maze2dSource(line()).segment(0, defaultRng(0), async (made) => made < 2000)).toBeUndefined();
  expect(() => maze2dSource(line({ noise: -1 }))).toThrow('noise');
});
