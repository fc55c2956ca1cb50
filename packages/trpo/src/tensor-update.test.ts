import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from '@understudy/random';
import { leakCheck, loadTensorBackend } from '@understudy/tensor';
import {
  type EnvironmentHooks,
  evaluatePolicy,
  listCheckpoints,
  loadPolicy,
  readRunMetrics,
  runPaths,
} from '@understudy/training';
import { createPointMass, type PointMassOptions } from '@understudy/training/testing/point-mass';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { resolveTrpoConfig, type TrpoOptions } from './config.ts';
import { TrpoLearner } from './learner.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { createToy } from './testing/toy-policy.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'wasm' });
});

/** Both engines' updates on equal networks. */
function setUp(distribution: 'gaussian' | 'categorical') {
  const rows = 40;
  const config = resolveTrpoConfig({ environment: 'Toy-v0', valueEpochs: 3, valueBatchSize: 16, cgIterations: 5 });
  const [ours, theirs] = [0, 1].map(() => createToy({ distribution, rows, maxBatch: 16 }));
  const tensor = new TensorUpdate(ours.networks, config, rows);
  const kernels = new KernelUpdate(theirs.networks, config, rows);
  return { batch: ours.batch, tensor, kernels, networks: { tensor: ours.networks, kernels: theirs.networks } };
}

test.each(['gaussian', 'categorical'] as const)("an update is the kernels' update: %s", async (distribution) => {
  const { batch, tensor, kernels, networks } = setUp(distribution);
  for (let i = 0; i < 2; i++) {
    const generators = [defaultRng(i), defaultRng(i)];
    const expected = await kernels.run(batch, generators[0]);
    const found = await tensor.run(batch, generators[1]);
    expect(generators[1].getState()).toEqual(generators[0].getState());
    for (const [name, value] of Object.entries(expected)) {
      expect(found[name as keyof typeof found], name).toBeCloseTo(value, 3);
    }
    for (const part of ['policy', 'critic'] as const) {
      const theirs = networks.kernels[part].parameters.parameters;
      networks.tensor[part].parameters.parameters.forEach((value, k) => {
        expect(Math.abs(value - theirs[k]), part).toBeLessThan(2e-3);
      });
    }
    expect(tensor.valueOptimizer.steps).toBe(kernels.valueOptimizer.steps);
  }
  tensor.dispose();
});

test('updates and reloading leave no tensor behind, and dispose takes the rest', async () => {
  await leakCheck(async () => {
    const { batch, tensor } = setUp('gaussian');
    await tensor.run(batch, defaultRng(1));
    await leakCheck(async () => {
      await tensor.run(batch, defaultRng(1));
      tensor.reload();
    });
    tensor.dispose();
  });
});

const engine = { engine: 'tensor', backend: 'wasm' } as const;

const pointMass = (options: PointMassOptions = {}): EnvironmentHooks => ({
  makeVectorEnv: () => createPointMass(options),
});

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-trpo-tensor-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('learns to go to the target, within delta at every step', async () => {
  const kls: number[] = [];
  const learning = { totalSteps: 6400, steps: 100, maxKl: 0.1, gamma: 0.9, valueEpochs: 3, valueBatchSize: 200 };
  const { policy } = await train(
    { environment: 'PointMass-v0', hiddenSizes: [16], cgIterations: 6, ...learning, ...engine },
    { ...pointMass(), onProgress: ({ metrics }) => kls.push(metrics.kl as number) },
  );
  const evaluation = await evaluatePolicy(policy, createPointMass(), { episodes: 40, seed: 9 });
  expect(evaluation.mean).toBeGreaterThan(-1.7);
  expect(kls).toHaveLength(16);
  for (const kl of kls) expect(kl).toBeLessThanOrEqual(0.1);
});

const short = {
  environment: 'PointMass-v0',
  totalSteps: 6 * 64,
  steps: 16,
  valueEpochs: 2,
  valueBatchSize: 40,
  cgIterations: 4,
  hiddenSizes: [8],
  checkpointEvery: 2,
} satisfies TrpoOptions;

test('killed and resumed, the bytes are the same', async () => {
  const root = temporaryDirectory();
  const run = (name: string, hooks: EnvironmentHooks = {}) =>
    train({ ...short, ...engine }, { ...pointMass({ horizon: 7 }), runDirectory: join(root, name), ...hooks });
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

test.each([{ discrete: false }, { discrete: true }])(
  'both engines learn alike, and either goes on with what the other saved: %o',
  async (options) => {
    const kernels = new TrpoLearner(resolveTrpoConfig(short), createPointMass(options));
    const config = resolveTrpoConfig({ ...short, ...engine });
    const tensor = new TrpoLearner(config, createPointMass(options), await loadTensorUpdate(config));
    onTestFinished(() => tensor.dispose());
    await kernels.iterate();
    tensor.restore(kernels.save());
    const [expected, found] = [await kernels.iterate(), await tensor.iterate()];
    for (const [name, value] of Object.entries(expected)) {
      if (value === null) expect(found[name]).toBeNull();
      else expect(found[name], name).toBeCloseTo(value, 3);
    }
    kernels.restore(tensor.save());
    expect(kernels.save()).toEqual(tensor.save());
    expect(() => new TrpoLearner(config, createPointMass())).toThrow('has to be given');
  },
);

test('numbers that no update can learn from end the training with their name and step, and the checkpoint stays', async () => {
  const directory = join(temporaryDirectory(), 'run');
  const env = createPointMass();
  const step = env.step.bind(env);
  let steps = 0;
  env.step = (actions) => {
    step(actions);
    // Finite, as the environment is asked for, but not once it is squared in float32.
    if (++steps > 40) env.rewards.fill(steps % 2 === 0 ? 1e30 : -1e30);
  };
  const options = { ...short, ...engine, normalizeRewards: false };
  await expect(train(options, { makeVectorEnv: () => env, runDirectory: directory })).rejects.toThrow(
    /^By step 192 of PointMass-v0 the (valueLoss|gradientNorm) of trpo is (NaN|Infinity), .*\.$/,
  );
  expect(listCheckpoints(directory).at(-1)!.step).toBe(128);
  expect(readRunMetrics(directory)).toHaveLength(2);
  expect((await loadPolicy(directory)).act([0.5], { deterministic: true })[0]).toBeTypeOf('number');
});

test('another backend than the process has is told in a sentence', async () => {
  await expect(train({ ...short, ...engine, backend: 'cpu' }, pointMass())).rejects.toThrow(
    /^This process computes on the wasm backend already; .*\.$/,
  );
});
