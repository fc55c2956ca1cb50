import { join } from 'node:path';
import type { VectorEnv } from '@understudy/gym';
import type { Adam, ParameterVector } from '@understudy/nn';
import { defaultRng, type Generator } from '@understudy/random';
import { leakCheck, loadTensorBackend } from '@understudy/tensor';
import { beforeAll, expect, test } from 'vitest';
import type { ActionBounds } from '../flat-env.ts';
import type { EnvironmentHooks, TrainingResult } from '../hooks.ts';
import type { Metrics } from '../metrics-file.ts';
import { finiteActionBounds } from '../off-policy/action-scale.ts';
import type { OffPolicyAgent } from '../off-policy/off-policy-learner.ts';
import type { OffPolicyUpdate } from '../off-policy/off-policy-update.ts';
import type { TransitionBatch } from '../off-policy/transition-batch.ts';
import { loadPolicy } from '../policy-file.ts';
import { listCheckpoints, readRunMetrics } from '../run-files.ts';
import { shortTraining } from './off-policy-training.case.ts';
import { expectSameBytesResumed } from './run-bytes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type AnyUpdate = OffPolicyUpdate<Metrics, object>;

/** An update on one engine. */
export interface EngineUpdate {
  update: AnyUpdate;
  /** All parameters that it moves: the policy's first, the critics' next. */
  vectors: readonly ParameterVector[];
}

/** An off-policy algorithm with an update on the kernels and one on a tensor backend, under test. */
export interface OffPolicyEnginesCase {
  /** Of its policies: `td3`. */
  name: string;
  environment: string;
  /** Settings whose updates are compared; other than the defaults' where they make a difference. */
  variants: readonly object[];
  /** Settings of all trainings here, beside {@link shortTraining}'s. */
  settings?: object;
  /** Updates until the policy moves. */
  policyDelay?: number;
  /** Both engines' updates, on equal networks, and a batch. */
  createUpdates(settings: object): { batch: TransitionBatch; kernels: EngineUpdate; tensor: EngineUpdate };
  /** An agent; `loadsUpdate` says whether it is given its engine's update. */
  createAgent(
    settings: { environment: string },
    env: VectorEnv,
    bounds: ActionBounds,
    loadsUpdate: boolean,
  ): Promise<OffPolicyAgent & { dispose(): void }>;
  train(settings: { environment: string }, hooks: EnvironmentHooks): Promise<TrainingResult>;
  /** Makes two environments, with episodes of so many steps. */
  makeEnv(horizon?: number): VectorEnv;
  /** Hooks of trainings beside the environments. */
  hooks?: EnvironmentHooks;
  /** An observation to act on. */
  observation: readonly number[];
}

const onTensors = { engine: 'tensor', backend: 'wasm' };

/** What an algorithm's two engines must do: compute the same, and leave nothing behind. */
export function describeOffPolicyEngines(given: OffPolicyEnginesCase): void {
  const { name, environment, variants, policyDelay = 1, createUpdates, makeEnv, observation } = given;
  const settings = { environment, ...shortTraining, totalSteps: 180, checkpointEvery: 2, ...given.settings };
  const train = (options: object, hooks: EnvironmentHooks = {}) =>
    given.train({ ...settings, ...options }, { ...given.hooks, makeVectorEnv: () => makeEnv(), ...hooks });
  const act = async (directory: string) => (await loadPolicy(directory)).act(observation, { deterministic: true })[0];

  beforeAll(async () => {
    await loadTensorBackend({ backend: 'wasm' });
  });

  test.each(variants)("updates are the kernels' updates: %o", async (variant) => {
    const { batch, kernels, tensor } = createUpdates({ learningRate: 1e-3, ...variant });
    const before = kernels.vectors[0].parameters.slice();
    const generators = [defaultRng(2), defaultRng(2)];
    for (let i = 0; i < 6; i++) {
      tensor.update.run(batch, generators[0]);
      kernels.update.run(batch, generators[1]);
    }
    expect(generators[0].getState()).toEqual(generators[1].getState());
    expect(tensor.vectors[0].parameters).toEqual(before);
    await tensor.update.device!.readAll();
    const found = tensor.update.takeStatistics();
    for (const [figure, value] of Object.entries(kernels.update.takeStatistics())) {
      expect(found[figure], figure).toBeCloseTo(value as number, 3);
    }
    kernels.vectors.forEach(({ parameters }, i) => {
      parameters.forEach((value, k) => {
        expect(Math.abs(tensor.vectors[i].parameters[k] - value), `vector ${i}`).toBeLessThan(1e-4);
      });
    });
    expect(kernels.vectors[0].parameters).not.toEqual(before);
    expect(stepsOf(tensor.update)).toEqual(stepsOf(kernels.update));
    tensor.update.dispose();
  });

  test('updates, reading and reloading leave no tensor behind, and dispose takes the rest', async () => {
    await leakCheck(async () => {
      const { batch, tensor } = createUpdates({});
      const { update } = tensor;
      const generator = defaultRng(2);
      update.run(batch, generator);
      await update.device!.readAll();
      await leakCheck(async () => {
        for (let i = 0; i < 3; i++) update.run(batch, generator);
        await update.device!.readPolicy();
        update.run(batch, generator);
        await update.device!.readAll();
        update.reload();
      });
      update.dispose();
    });
  });

  test("the policy is read when it has changed, and the critics' copy waits for the end of an iteration", async () => {
    const { batch, tensor } = createUpdates({});
    const { update } = tensor;
    const [policy, critics] = tensor.vectors;
    const before = [policy, critics].map(({ parameters }) => parameters.slice());
    const generator = defaultRng(1);
    await runAndReadPolicy(update, batch, generator, policyDelay - 1);
    expect(policy.parameters).toEqual(before[0]);
    await runAndReadPolicy(update, batch, generator, 1);
    expect(policy.parameters).not.toEqual(before[0]);
    expect(critics.parameters).toEqual(before[1]);
    await update.device!.readAll();
    expect(critics.parameters).not.toEqual(before[1]);
    update.dispose();
  });

  test('killed and resumed, the bytes are the same', async () => {
    const run = (hooks: EnvironmentHooks) => train(onTensors, { makeVectorEnv: () => makeEnv(7), ...hooks });
    await expectSameBytesResumed(temporaryDirectory(), run, { killAt: 5 * 30 });
  });

  test('both engines act and learn alike from the same seed', async () => {
    const [kernels, tensor] = ['kernels', 'tensor'].map((engine) => join(temporaryDirectory(), engine));
    await train({}, { runDirectory: kernels });
    await train(onTensors, { runDirectory: tensor });
    const found = readRunMetrics(tensor);
    readRunMetrics(kernels).forEach((line, i) => {
      for (const [figure, value] of Object.entries(line)) {
        if (value === null) expect(found[i][figure]).toBeNull();
        else expect(found[i][figure], `${figure} of iteration ${i}`).toBeCloseTo(value, 2);
      }
    });
    expect(await act(tensor)).toBeCloseTo(await act(kernels), 2);
  });

  test("either engine loads the other's checkpoints, and the tensor engine's update has to be loaded", async () => {
    const env = makeEnv();
    const bounds = finiteActionBounds(env.singleActionSpace, name);
    const kernels = await given.createAgent(settings, env, bounds, false);
    const tensor = await given.createAgent({ ...settings, ...onTensors }, env, bounds, true);
    kernels.restore(new Map(tensor.tensors()), tensor.saveState());
    tensor.restore(new Map(kernels.tensors()), kernels.saveState());
    expect(tensor.tensors()).toEqual(kernels.tensors());
    tensor.dispose();
    await expect(given.createAgent({ ...settings, ...onTensors }, env, bounds, false)).rejects.toThrow(
      'has to be given',
    );
  });

  test('numbers that no update can learn from end the training with their name and step, and the checkpoint stays', async () => {
    const directory = join(temporaryDirectory(), 'run');
    const env = makeEnv();
    const step = env.step.bind(env);
    let steps = 0;
    env.step = (actions) => {
      step(actions);
      // Finite, as the environment is asked for, but not once it is squared in float32.
      if (++steps > 60) env.rewards.fill(1e30);
    };
    await expect(train(onTensors, { makeVectorEnv: () => env, runDirectory: directory })).rejects.toThrow(
      new RegExp(`^By step 150 of ${environment} the criticLoss of ${name} is (NaN|Infinity), .*\\.$`),
    );
    expect(listCheckpoints(directory).at(-1)!.step).toBe(120);
    expect(Math.abs(await act(directory))).toBeLessThanOrEqual(1);
    const broken = makeEnv();
    broken.step = () => broken.rewards.fill(Number.NaN);
    await expect(train(onTensors, { makeVectorEnv: () => broken })).rejects.toThrow(
      new RegExp(`^In step 1 of ${environment} the reward of environment 0 is NaN, `),
    );
  });

  test('another backend than the process has is told in a sentence', async () => {
    await expect(train({ engine: 'tensor', backend: 'cpu' })).rejects.toThrow(
      /^This process computes on the wasm backend already; .*\.$/,
    );
  });
}

async function runAndReadPolicy(update: AnyUpdate, batch: TransitionBatch, generator: Generator, times: number) {
  for (let i = 0; i < times; i++) update.run(batch, generator);
  await update.device!.readPolicy();
}

/** Steps of each of the optimisers. */
function stepsOf({ optimizers }: AnyUpdate) {
  return Object.entries(optimizers as Record<string, Adam>).map(([part, { steps }]) => [part, steps]);
}
