import { SyncVectorEnv } from '@understudy/gym';
import { expect, test } from 'vitest';
import { ObservationNormalizer } from './observation-normalizer.ts';
import { RewardNormalizer } from './reward-normalizer.ts';
import { type Actor, RolloutCollector, type RolloutOptions } from './rollout.ts';
import { RampEnv, type RampOptions } from './testing/ramp-env.ts';

/** Acts with a hundredth of the number of calls so far, and names the call as the log-probability. */
function countingActor(): Actor {
  let calls = 0;
  return (_observations, count, actions, logProbabilities) => {
    calls++;
    for (let i = 0; i < count; i++) {
      actions[i] = calls / 100;
      logProbabilities[i] = calls;
    }
  };
}

function collector(options: Partial<RolloutOptions> = {}, ramp: RampOptions = { length: 3 }, count = 2) {
  const envs = Array.from({ length: count }, () => new RampEnv(ramp));
  const env = new SyncVectorEnv(envs, { autoresetMode: 'same-step' });
  const rollouts = new RolloutCollector(env, { steps: 4, ...options });
  rollouts.reset(7);
  return rollouts;
}

/** Without the offset: the step's number in the first component. */
const floor = (values: Float32Array) => [...values].map(Math.floor);

test('rows are steps by environments, and observations are those the actions were chosen for', () => {
  const rollout = collector().collect(countingActor());
  expect(floor(rollout.observations)).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 2, 0, 0, 1, 0, 1]);
  expect([...rollout.logProbabilities]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  expect(rollout.rewards[4]).toBeCloseTo(20.03, 5);
  expect([...rollout.truncated]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
  expect(floor(rollout.lastObservations)).toEqual([1, 1, 1, 1]);
});

test('the last observation of a truncated episode is kept with its row', () => {
  const rollout = collector().collect(countingActor());
  expect(rollout.truncations).toBe(2);
  expect([...rollout.truncatedRows.subarray(0, 2)]).toEqual([4, 5]);
  expect(floor(rollout.finalObservations.subarray(0, 4))).toEqual([3, 0, 3, 0]);
});

test('a terminated episode needs no final observation', () => {
  const rollout = collector({}, { length: 3, ending: 'terminated' }).collect(countingActor());
  expect(rollout.truncations).toBe(0);
  expect([...rollout.terminated]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
});

test('more truncations than environments fit', () => {
  const rollout = collector({ steps: 9 }, { length: 1 }).collect(countingActor());
  expect([...rollout.truncatedRows.subarray(0, rollout.truncations)]).toEqual(Array.from({ length: 18 }, (_, i) => i));
  expect(floor(rollout.finalObservations.subarray(0, 4))).toEqual([1, 0, 1, 0]);
});

test('actions are clipped for the environment only', () => {
  const act: Actor = (_observations, _count, actions) => {
    actions.set([5, -5]);
  };
  const rollout = collector({ actionBounds: { low: [-1], high: [1] } }).collect(act);
  expect([...rollout.rewards.subarray(0, 2)]).toEqual([1, -1]);
  expect([...rollout.actions.subarray(0, 2)]).toEqual([5, -5]);
});

test('returns of episodes are of the raw rewards, and go on over rollouts', () => {
  const rollouts = collector({ rewardNormalizer: new RewardNormalizer(2, { gamma: 0.9 }) }, { length: 6 });
  const first = rollouts.collect(() => {});
  expect(rollouts.episodes.finished).toBe(0);
  expect(Math.max(...first.rewards)).toBeLessThan(10);
  rollouts.collect(() => {});
  expect(rollouts.episodes.finished).toBe(2);
  expect(rollouts.episodes.meanReturn).toBe(0 + 10 + 20 + 30 + 40 + 50);
});

test('observations are normalised by the statistics up to them, and clipped', () => {
  const normalizer = new ObservationNormalizer(2, { clip: 1.5 });
  const rollout = collector({ observationNormalizer: normalizer }, { length: 100 }, 1).collect(() => {});
  // One observation alone is its own mean.
  expect(rollout.observations[0]).toBeCloseTo(0, 1);
  expect(normalizer.statistics.count).toBeCloseTo(5, 3);
  // The fifth of 0, 1, 2, 3, 4 (plus a constant): mean 2, variance 2.
  expect(rollout.lastObservations[0]).toBeCloseTo(2 / Math.sqrt(2), 2);
  const long = collector({ observationNormalizer: normalizer, steps: 50 }, { length: 100 }, 1).collect(() => {});
  expect(Math.max(...long.observations)).toBeCloseTo(1.5, 6);
});

test.each(['terminated', 'truncated'] as const)('the last observation of a %s episode is taken in too', (ending) => {
  const normalizer = new ObservationNormalizer(2);
  collector({ observationNormalizer: normalizer, steps: 6 }, { length: 3, ending }, 1).collect(() => {});
  // 0, 1, 2, 3 of two episodes, and the 0 that the third starts from.
  expect(normalizer.statistics.count).toBeCloseTo(9, 3);
  expect(normalizer.statistics.mean[0]).toBeCloseTo(12 / 9 + 0.5, 0);
});

test('another autoreset mode is an error, as its steps are not all transitions', () => {
  expect(() => new RolloutCollector(new SyncVectorEnv([new RampEnv()]), { steps: 1 })).toThrow(/same-step/);
});

test('a restored collector goes on as the saved one', () => {
  const original = collector();
  original.collect(countingActor());
  const states = JSON.parse(JSON.stringify(original.environmentStates()));
  const tensors = new Map(original.tensors().map(([name, tensor]) => [name, structuredClone(tensor)]));
  const copy = collector();
  copy.restore(tensors, states);
  const expected = original.collect(countingActor());
  const found = copy.collect(countingActor());
  expect(found.observations).toEqual(expected.observations);
  expect(found.finalObservations).toEqual(expected.finalObservations);
  expect(copy.episodes.meanReturn).toBe(original.episodes.meanReturn);
});

test.each([
  { fault: 'reward', message: /^In step 3 of Ramp-v0 the reward of environment 0 is NaN, / },
  {
    fault: 'observation',
    message: /^In step 3 of Ramp-v0 number 1 of the observation of environment 0 is -Infinity, /,
  },
])('a wrong $fault is named with its step', ({ fault, message }) => {
  class FaultyEnv extends RampEnv {
    #steps = 0;

    override step(action: Float32Array) {
      const result = super.step(action);
      if (++this.#steps < 3) return result;
      if (fault === 'reward') return { ...result, reward: Number.NaN };
      return { ...result, observation: Float64Array.of(0, Number.NEGATIVE_INFINITY) };
    }
  }
  const env = new SyncVectorEnv([new FaultyEnv()], { autoresetMode: 'same-step' });
  const rollouts = new RolloutCollector(env, { steps: 5 });
  rollouts.reset(0);
  expect(() => rollouts.collect(() => {})).toThrow(message);
});
