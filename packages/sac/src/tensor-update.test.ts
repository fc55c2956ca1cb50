import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from '@understudy/random';
import { leakCheck, loadTensorBackend } from '@understudy/tensor';
import {
  type EnvironmentHooks,
  finiteActionBounds,
  listCheckpoints,
  loadPolicy,
  readRunMetrics,
  runPaths,
} from '@understudy/training';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { SacAgent } from './agent.ts';
import { resolveSacConfig, type SacOptions } from './config.ts';
import type { SacNetworks } from './networks.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { actionSize, createToy } from './testing/toy-sac.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'wasm' });
});

/** All parameters, the actor's first and the critics' next. */
const vectorsOf = ({ actorParameters, critics, targets, temperature }: SacNetworks) => [
  actorParameters,
  critics.parameters,
  targets.parameters,
  temperature,
];

/** Both engines' updates on equal networks. */
function setUp(options: Partial<SacOptions> = {}) {
  const [ours, theirs] = [createToy(4, options), createToy(4, options)];
  const tensor = new TensorUpdate(ours.networks, ours.config, actionSize);
  const kernels = new KernelUpdate(theirs.networks, theirs.config, actionSize);
  return { batch: ours.batch, tensor, kernels, networks: { tensor: ours.networks, kernels: theirs.networks } };
}

test.each([
  { temperature: 'auto', activation: 'relu' },
  { temperature: 0.3, activation: 'tanh', tau: 0.3 },
] as const)("updates are the kernels' updates: %o", async (options) => {
  const { batch, tensor, kernels, networks } = setUp({ learningRate: 1e-3, ...options });
  const before = vectorsOf(networks.kernels)[0].parameters.slice();
  const generators = [defaultRng(2), defaultRng(2)];
  for (let i = 0; i < 6; i++) {
    tensor.run(batch, generators[0]);
    kernels.run(batch, generators[1]);
  }
  expect(generators[0].getState()).toEqual(generators[1].getState());
  expect(vectorsOf(networks.tensor)[0].parameters).toEqual(before);
  await tensor.readAll();
  const [found, expected] = [tensor.takeStatistics(), kernels.takeStatistics()];
  for (const [name, value] of Object.entries(expected)) {
    expect(found[name as keyof typeof found], name).toBeCloseTo(value as number, 3);
  }
  const [ours, theirs] = [vectorsOf(networks.tensor), vectorsOf(networks.kernels)];
  ours.forEach(({ parameters }, i) => {
    parameters.forEach((value, k) => {
      expect(Math.abs(value - theirs[i].parameters[k]), `vector ${i}`).toBeLessThan(1e-4);
    });
  });
  expect(theirs[0].parameters).not.toEqual(before);
  for (const name of ['actor', 'critics', 'temperature'] as const) {
    expect(tensor.optimizers[name].steps).toBe(kernels.optimizers[name].steps);
  }
  tensor.dispose();
});

test('updates, reading and reloading leave no tensor behind, and dispose takes the rest', async () => {
  await leakCheck(async () => {
    const { batch, tensor } = setUp();
    const generator = defaultRng(2);
    tensor.run(batch, generator);
    await tensor.readAll();
    await leakCheck(async () => {
      for (let i = 0; i < 3; i++) tensor.run(batch, generator);
      await tensor.readPolicy();
      tensor.run(batch, generator);
      await tensor.readAll();
      tensor.reload();
    });
    tensor.dispose();
  });
});

test("the policy is read when it has changed, and the critics' copy waits for the end of an iteration", async () => {
  const { batch, tensor, networks } = setUp();
  const [actor, critics] = vectorsOf(networks.tensor);
  const before = [actor, critics].map(({ parameters }) => parameters.slice());
  tensor.run(batch, defaultRng(1));
  await tensor.readPolicy();
  expect(actor.parameters).not.toEqual(before[0]);
  expect(critics.parameters).toEqual(before[1]);
  await tensor.readAll();
  expect(critics.parameters).not.toEqual(before[1]);
  tensor.dispose();
});

const engine = { engine: 'tensor', backend: 'wasm' } as const;
const pointMass = (horizon = 10): EnvironmentHooks => ({ makeVectorEnv: () => createPointMass({ count: 2, horizon }) });

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-sac-tensor-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const short = {
  environment: 'PointMass-v0',
  seed: 5,
  totalSteps: 180,
  iterationSteps: 30,
  warmupSteps: 60,
  batchSize: 16,
  replayCapacity: 200,
  hiddenSizes: [8],
  checkpointEvery: 2,
} satisfies SacOptions;

test('killed and resumed, the bytes are the same', async () => {
  const root = temporaryDirectory();
  const run = (name: string, hooks: EnvironmentHooks = {}) =>
    train({ ...short, ...engine }, { ...pointMass(7), runDirectory: join(root, name), ...hooks });
  const bytesOf = (name: string) => {
    const { metrics, policy, replay } = runPaths(join(root, name));
    const last = listCheckpoints(join(root, name)).at(-1)!;
    return [last.path, policy, metrics, replay].map((path) => readFileSync(path, 'hex'));
  };
  await run('whole', {
    onProgress: ({ step }) =>
      step === 4 * 30 + 30 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  await run('killed', { resume: true });
  expect(bytesOf('killed')).toEqual(bytesOf('whole'));
});

test('both engines act and learn alike from the same seed, and either loads what the other saved', async () => {
  const root = temporaryDirectory();
  const metrics: Record<string, number | null>[][] = [];
  for (const [name, options] of Object.entries({ kernels: {}, tensor: engine })) {
    await train({ ...short, ...options }, { ...pointMass(), runDirectory: join(root, name) });
    metrics.push(readRunMetrics(join(root, name)));
  }
  metrics[0].forEach((line, i) => {
    for (const [name, value] of Object.entries(line)) {
      if (value === null) expect(metrics[1][i][name]).toBeNull();
      else expect(metrics[1][i][name], `${name} of iteration ${i}`).toBeCloseTo(value, 2);
    }
  });
  const [kernels, tensor] = await Promise.all(['kernels', 'tensor'].map((name) => loadPolicy(join(root, name))));
  expect(tensor.act([0.7], { deterministic: true })[0]).toBeCloseTo(kernels.act([0.7], { deterministic: true })[0], 2);
  const env = createPointMass();
  const bounds = finiteActionBounds(env.singleActionSpace, 'SAC');
  const agents = [
    new SacAgent(resolveSacConfig(short), env, bounds),
    new SacAgent(resolveSacConfig({ ...short, ...engine }), env, bounds, await loadTensorUpdate(engine)),
  ];
  agents[0].restore(new Map(agents[1].tensors()), agents[1].saveState());
  agents[1].restore(new Map(agents[0].tensors()), agents[0].saveState());
  expect(agents[1].tensors()).toEqual(agents[0].tensors());
  agents[1].dispose();
});

test('numbers that no update can learn from end the training with their name and step, and the checkpoint stays', async () => {
  const directory = join(temporaryDirectory(), 'run');
  const env = createPointMass({ count: 2 });
  const step = env.step.bind(env);
  let steps = 0;
  env.step = (actions) => {
    step(actions);
    // Finite, as the environment is asked for, but not once it is squared in float32.
    if (++steps > 60) env.rewards.fill(1e30);
  };
  const options = { ...short, ...engine };
  await expect(train(options, { makeVectorEnv: () => env, runDirectory: directory })).rejects.toThrow(
    /^By step 150 of PointMass-v0 the criticLoss of sac is (NaN|Infinity), .*\.$/,
  );
  expect(listCheckpoints(directory).at(-1)!.step).toBe(120);
  expect((await loadPolicy(directory)).act([0.5], { deterministic: true })[0]).toBeLessThan(1);
  const broken = createPointMass({ count: 2 });
  broken.step = () => broken.rewards.fill(Number.NaN);
  await expect(train(options, { makeVectorEnv: () => broken })).rejects.toThrow(
    /^In step 1 of PointMass-v0 the reward of environment 0 is NaN, /,
  );
});

test('a backend that is not there, or another than the process has, is told in a sentence', async () => {
  await expect(train({ ...short, ...engine, backend: 'cpu' }, pointMass())).rejects.toThrow(
    /^This process computes on the wasm backend already; .*\.$/,
  );
  const env = createPointMass();
  const bounds = finiteActionBounds(env.singleActionSpace, 'SAC');
  expect(() => new SacAgent(resolveSacConfig({ ...short, ...engine }), env, bounds)).toThrow('has to be given');
});
