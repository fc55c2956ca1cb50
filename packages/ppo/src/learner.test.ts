import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, createMlpNetwork, mlpTensors } from '@understudy/nn';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { expect, test } from 'vitest';
import { type PpoOptions, resolvePpoConfig } from './config.ts';
import { PpoLearner } from './learner.ts';

const plain = {
  environment: 'PointMass-v0',
  totalSteps: 8000,
  steps: 64,
  minibatches: 4,
  learningRate: 1e-2,
  gamma: 0.8,
  hiddenSizes: [8],
  normalizeRewards: false,
  normalizeObservations: false,
  clipValueLoss: false,
} satisfies PpoOptions;

/** What a trained critic thinks of the position 0. */
function valueAtZero(learner: PpoLearner): number {
  const parameters = allocateParameters(KernelMemory.create(), mlpTensors([1, 8, 1], 'critic'));
  parameters.load(learner.save().tensors);
  const critic = createMlpNetwork({ sizes: [1, 8, 1], maxBatch: 1, name: 'critic' }, { parameters });
  return critic.forward(Float32Array.of(0), 1)[0];
}

test('a time limit is no end: values reach beyond the truncation', async () => {
  // Reward 1 for ever is worth 1 / (1 - .8) = 5. If the cut after 3 steps counted as an end, it would be 1.8 on average.
  const learner = new PpoLearner(resolvePpoConfig(plain), createPointMass({ horizon: 3, constantReward: true }));
  while (!learner.finished) await learner.iterate();
  expect(valueAtZero(learner)).toBeGreaterThan(4.5);
  expect(valueAtZero(learner)).toBeLessThan(5.5);
});

test('the entropy bonus keeps the distribution wide', async () => {
  const entropyWith = async (entropyCoefficient: number) => {
    const config = resolvePpoConfig({ ...plain, entropyCoefficient });
    const learner = new PpoLearner(config, createPointMass());
    let entropy = 0;
    while (!learner.finished) entropy = (await learner.iterate()).entropy as number;
    return entropy;
  };
  expect(await entropyWith(0.5)).toBeGreaterThan((await entropyWith(0)) + 0.5);
});

test('figures before the first episode are absent, not 0', async () => {
  const learner = new PpoLearner(resolvePpoConfig({ ...plain, steps: 5 }), createPointMass({ horizon: 100 }));
  expect(await learner.iterate()).toMatchObject({ episodes: 0, meanReturn: null, meanLength: null });
  expect(learner.meanReturn).toBeUndefined();
  expect(learner.score).toBeUndefined();
});
