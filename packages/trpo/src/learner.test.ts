import { InputError } from '@understudy/errors';
import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, createMlpNetwork, mlpTensors } from '@understudy/nn';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { expect, test } from 'vitest';
import { resolveTrpoConfig, type TrpoOptions } from './config.ts';
import { TrpoLearner } from './learner.ts';

const plain = {
  environment: 'PointMass-v0',
  totalSteps: 8000,
  steps: 64,
  valueLearningRate: 1e-2,
  gamma: 0.8,
  hiddenSizes: [8],
  normalizeRewards: false,
  normalizeObservations: false,
} satisfies TrpoOptions;

/** What a trained critic thinks of the position 0. */
function valueAtZero(learner: TrpoLearner): number {
  const parameters = allocateParameters(KernelMemory.create(), mlpTensors([1, 8, 1], 'critic'));
  parameters.load(learner.save().tensors);
  const critic = createMlpNetwork({ sizes: [1, 8, 1], maxBatch: 1, name: 'critic' }, { parameters });
  return critic.forward(Float32Array.of(0), 1)[0];
}

test('a time limit is no end: values reach beyond the truncation', async () => {
  // Reward 1 for ever is worth 1 / (1 - .8) = 5. If the cut after 3 steps counted as an end, it would be 1.8 on average.
  const learner = new TrpoLearner(resolveTrpoConfig(plain), createPointMass({ horizon: 3, constantReward: true }));
  while (!learner.finished) await learner.iterate();
  expect(valueAtZero(learner)).toBeGreaterThan(4.5);
  expect(valueAtZero(learner)).toBeLessThan(5.5);
});

test('figures before the first episode are absent, not 0', async () => {
  const learner = new TrpoLearner(resolveTrpoConfig({ ...plain, steps: 5 }), createPointMass({ horizon: 100 }));
  expect(await learner.iterate()).toMatchObject({ episodes: 0, meanReturn: null, meanLength: null });
  expect(learner.meanReturn).toBeUndefined();
  expect(learner.score).toBeUndefined();
});

test('NaN from the environment ends the training with its name and its steps, before it reaches a parameter', async () => {
  const env = createPointMass();
  const learner = new TrpoLearner(resolveTrpoConfig({ ...plain, steps: 8 }), env);
  await learner.iterate();
  const before = learner.save().tensors.get('critic.0.weight')!.data.slice();
  const step = env.step.bind(env);
  env.step = (actions) => {
    step(actions);
    env.rewards[2] = Number.NaN;
  };
  await expect(learner.iterate()).rejects.toThrow(InputError);
  await expect(learner.iterate()).rejects.toThrow(
    /^In step \d+ of PointMass-v0 the reward of environment 2 is NaN, .*\.$/,
  );
  expect(learner.save().tensors.get('critic.0.weight')!.data).toEqual(before);
});

test('as large a rollout as one likes passes in blocks', async () => {
  const returns: number[] = [];
  for (const blockSize of [16, 1000]) {
    const learner = new TrpoLearner(resolveTrpoConfig({ ...plain, totalSteps: 3000, blockSize }), createPointMass());
    while (!learner.finished) await learner.iterate();
    returns.push(learner.meanReturn as number);
  }
  // The order of sums differs, so the same only up to rounding and what follows from it.
  expect(Math.abs(returns[0] - returns[1])).toBeLessThan(2);
});
