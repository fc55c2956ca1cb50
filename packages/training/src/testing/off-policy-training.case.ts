import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EnvironmentHooks, TrainingResult } from '../hooks.ts';
import { loadPolicy } from '../policy-file.ts';
import { expectSameBytesResumed } from './run-bytes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** An off-policy algorithm's `train` under test. */
export interface OffPolicyTrainingCase {
  /** As errors name it: `TD3`. */
  algorithm: string;
  /** Its environment, and two of them by {@link makeHooks}. */
  environment: string;
  train(options: { environment: string }, hooks: EnvironmentHooks): Promise<TrainingResult>;
  /** Hooks that make two environments, with episodes of so many steps. */
  makeHooks(horizon?: number): EnvironmentHooks;
  /** Observations to act on. */
  observations: readonly number[][];
  /** A misspelt setting and the one that was meant. */
  misspelt: readonly [name: string, meant: string];
}

/** A training of a few hundred steps, for two environments. */
export const shortTraining = {
  seed: 5,
  totalSteps: 600,
  iterationSteps: 30,
  warmupSteps: 60,
  batchSize: 16,
  replayCapacity: 200,
  hiddenSizes: [8],
  checkpointEvery: 4,
};

/** What `train` of every off-policy algorithm must do, whatever it learns by. */
export function describeOffPolicyTraining(given: OffPolicyTrainingCase): void {
  const { algorithm, environment, makeHooks, observations, misspelt } = given;
  const train = (options: object, hooks: EnvironmentHooks) =>
    given.train({ environment, ...shortTraining, ...options }, hooks);

  test('stopped or killed and resumed, the bytes are the same', async () => {
    const breaks = { killAt: 14 * 30, stopAt: 7 * 30 };
    await expectSameBytesResumed(temporaryDirectory(), (hooks) => train({}, { ...makeHooks(7), ...hooks }), breaks);
  });

  test('the policy comes back from its file and acts within the bounds', async () => {
    const directory = join(temporaryDirectory(), 'run');
    const { policy } = await train({}, { ...makeHooks(), runDirectory: directory });
    const loaded = await loadPolicy(directory, { environment });
    expect(loaded.tensors()).toEqual(policy.tensors());
    for (const observation of observations) {
      const [action] = loaded.act(observation, { deterministic: true });
      expect(Math.abs(action)).toBeLessThanOrEqual(1);
      expect(action).toBe(policy.act(observation, { deterministic: true })[0]);
    }
  });

  test('wrong and misspelt settings are errors of one sentence', async () => {
    const name = algorithm.replaceAll('+', '\\+');
    await expect(train({ tau: 0 }, makeHooks())).rejects.toThrow(new RegExp(`^The ${name} option tau is 0, .*\\.$`));
    const [wrong, meant] = misspelt;
    await expect(train({ [wrong]: 3 }, makeHooks())).rejects.toThrow(`did you mean ${meant}?`);
  });
}
