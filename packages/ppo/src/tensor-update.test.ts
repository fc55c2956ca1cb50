import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from '@understudy/random';
import { leakCheck, loadTensorBackend } from '@understudy/tensor';
import {
  type EnvironmentHooks,
  evaluatePolicy,
  listCheckpoints,
  type OnPolicyBatch,
  type PolicySpec,
  runPaths,
} from '@understudy/training';
import { createPointMass, type PointMassOptions } from '@understudy/training/testing/point-mass';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type PpoOptions, resolvePpoConfig } from './config.ts';
import { PpoLearner } from './learner.ts';
import { createNetworks } from './networks.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'wasm' });
});

const rows = 100;

/** A made-up rollout whose old policy is near the present one, and both engines' updates on equal networks. */
function setUp(distribution: 'gaussian' | 'categorical', options: Partial<PpoOptions>) {
  const generator = defaultRng(4);
  const discrete = distribution === 'categorical';
  const spec: PolicySpec = {
    algorithm: 'ppo',
    environment: 'Toy-v0',
    observationSize: 3,
    actionSize: discrete ? 1 : 2,
    distribution,
    outputSize: discrete ? 4 : 2,
    hiddenSizes: [16, 8],
    activation: 'tanh',
    observationClip: null,
  };
  const config = resolvePpoConfig({ environment: 'Toy-v0', minibatches: 3, hiddenSizes: [16, 8], ...options });
  const makeNetworks = () => createNetworks(spec, config, rows, defaultRng(9));
  const first = makeNetworks();
  const kernels = { networks: first, update: new KernelUpdate(first, config, rows, spec.actionSize) };
  const second = makeNetworks();
  const draw = (length: number) => Float32Array.from({ length }, () => generator.standardNormal());
  const batch: OnPolicyBatch = {
    rows,
    observations: draw(rows * 3),
    actions: discrete ? Float32Array.from({ length: rows }, () => generator.integers(4)) : draw(rows * 2),
    logProbabilities: new Float32Array(rows),
    values: draw(rows),
    advantages: draw(rows),
    returns: draw(rows),
  };
  first.head.logProbability(first.actor.forward(batch.observations, rows), batch.actions, rows, batch.logProbabilities);
  for (let i = 0; i < rows; i++) batch.logProbabilities[i] += 0.1 * generator.standardNormal();
  return {
    batch,
    kernels,
    tensor: { networks: second, update: new TensorUpdate(second, config, rows) },
  };
}

test.each([
  { distribution: 'gaussian', options: { entropyCoefficient: 0.01 } },
  { distribution: 'gaussian', options: { clipValueLoss: false, normalizeAdvantages: false, targetKl: 0.005 } },
  { distribution: 'categorical', options: { entropyCoefficient: 0.1, activation: 'relu' } },
] as const)("an update is the kernels' update: $distribution, $options", async ({ distribution, options }) => {
  const { batch, kernels, tensor } = setUp(distribution, { epochs: 3, learningRate: 1e-3, ...options });
  const before = kernels.networks.parameters.parameters.slice();
  const expected = { ...(await kernels.update.run(batch, 1e-3, defaultRng(2))) };
  const found = await tensor.update.run(batch, 1e-3, defaultRng(2));
  for (const [name, value] of Object.entries(expected)) {
    expect(found[name as keyof typeof found], name).toBeCloseTo(value, 4);
  }
  const parameters = kernels.networks.parameters.parameters;
  const moved = Math.max(...parameters.map((value, i) => Math.abs(value - before[i])));
  expect(moved).toBeGreaterThan(1e-3);
  tensor.networks.parameters.parameters.forEach((value, i) => {
    expect(Math.abs(value - parameters[i])).toBeLessThan(0.02 * moved);
  });
  // Either engine goes on from the other's checkpoint.
  const [ours, theirs] = [new Map(tensor.update.tensors()), new Map(kernels.update.tensors())];
  expect([...ours.keys()]).toEqual([...theirs.keys()]);
  expect(ours.get('adam.steps')).toEqual(theirs.get('adam.steps'));
  tensor.update.load(theirs);
  kernels.update.load(ours);
  tensor.update.dispose();
});

test('a rollout leaves no tensor behind, and dispose takes the rest', async () => {
  await leakCheck(async () => {
    const { batch, tensor } = setUp('gaussian', { epochs: 2, targetKl: 10 });
    await tensor.update.run(batch, 1e-3, defaultRng(2));
    await leakCheck(() => tensor.update.run(batch, 1e-3, defaultRng(2)));
    tensor.update.dispose();
  });
});

const engine = { engine: 'tensor', backend: 'wasm' } as const;

const pointMass = (options: PointMassOptions = {}): EnvironmentHooks => ({
  makeVectorEnv: () => createPointMass(options),
});

test.each([{ discrete: false }, { discrete: true }])('learns to go to the target: %o', async (options) => {
  const learning = { totalSteps: 6000, steps: 100, minibatches: 2, learningRate: 2e-2, gamma: 0.9, epochs: 5 };
  const { policy } = await train(
    { environment: 'PointMass-v0', hiddenSizes: [16], ...learning, ...engine },
    pointMass(options),
  );
  const evaluation = await evaluatePolicy(policy, createPointMass(options), { episodes: 40, seed: 9 });
  expect(evaluation.mean).toBeGreaterThan(options.discrete ? -3.5 : -1.5);
});

test('killed and resumed, the bytes are the same', async () => {
  const root = mkdtempSync(join(tmpdir(), 'understudy-ppo-tensor-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const short = { totalSteps: 8 * 64, steps: 16, epochs: 2, minibatches: 2, hiddenSizes: [8], checkpointEvery: 2 };
  const options = { environment: 'PointMass-v0', ...short, ...engine } satisfies PpoOptions;
  const run = (name: string, hooks: EnvironmentHooks = {}) =>
    train(options, { ...pointMass({ horizon: 7 }), runDirectory: join(root, name), ...hooks });
  const bytesOf = (name: string) => {
    const { metrics, policy } = runPaths(join(root, name));
    return [listCheckpoints(join(root, name)).at(-1)!.path, policy, metrics].map((path) => readFileSync(path, 'hex'));
  };
  await run('whole', {
    onProgress: ({ step }) => step === 5 * 64 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  await run('killed', { resume: true });
  expect(bytesOf('killed')).toEqual(bytesOf('whole'));
});

test('a run of one engine goes on with the other', async () => {
  const options = { environment: 'PointMass-v0', totalSteps: 640, steps: 32, minibatches: 2, hiddenSizes: [8] };
  const kernels = new PpoLearner(resolvePpoConfig(options), createPointMass());
  const config = resolvePpoConfig({ ...options, ...engine });
  const tensor = new PpoLearner(config, createPointMass(), await loadTensorUpdate(config));
  onTestFinished(() => tensor.dispose());
  await kernels.iterate();
  tensor.restore(kernels.save());
  await Promise.all([kernels.iterate(), tensor.iterate()]);
  const [a, b] = [kernels, tensor].map((learner) => learner.save().tensors.get('actor.0.weight')!.data as Float32Array);
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i])).toBeLessThan(1e-4);
  });
  expect(() => new PpoLearner(config, createPointMass())).toThrow('The update of the tensor engine has to be given.');
});

test.each(['kernels', 'tensor'] as const)(
  'numbers that no update can learn from end the training with their name and step, and the checkpoint stays: %s',
  async (name) => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-ppo-tensor-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const env = createPointMass();
    const step = env.step.bind(env);
    let steps = 0;
    env.step = (actions) => {
      step(actions);
      // Finite, as the environment is asked for, but not once it is squared in float32.
      if (++steps > 40) env.rewards.fill(steps % 2 === 0 ? 1e30 : -1e30);
    };
    const short = { totalSteps: 6 * 64, steps: 16, epochs: 2, minibatches: 2, hiddenSizes: [8], checkpointEvery: 2 };
    const options = { environment: 'PointMass-v0', ...short, normalizeRewards: false, ...engine, engine: name };
    await expect(train(options, { makeVectorEnv: () => env, runDirectory: join(directory, 'run') })).rejects.toThrow(
      /^By step 192 of PointMass-v0 the \w+ of ppo is (NaN|-?Infinity), .*\.$/,
    );
    expect(listCheckpoints(join(directory, 'run')).at(-1)!.step).toBe(128);
  },
);

test('a backend that is not there is told in a sentence', async () => {
  await expect(train({ environment: 'PointMass-v0', engine: 'tensor', backend: 'cpu' }, pointMass())).rejects.toThrow(
    /^This process computes on the wasm backend already; .*\.$/,
  );
});
