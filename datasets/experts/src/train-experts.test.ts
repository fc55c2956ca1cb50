import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolvePpoConfig, train } from '@understudy/ppo';
import { expect, test } from 'vitest';
import { makeExpertData } from './make-expert-data.ts';
import { expertOfPolicy, openPolicies, savePolicies } from './policy-files.ts';
import { summarizeEpisodes } from './summary.ts';
import type { ExpertTask } from './task.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { TwoWaysEnv } from './testing/two-ways-env.ts';
import { twoWays } from './testing/two-ways-task.ts';
import { type ExpertLearner, type TrainExpertsOptions, trainExperts, trainedSteps } from './train-experts.ts';

const learner: ExpertLearner = { resolve: resolvePpoConfig, train: (config, hooks) => train(config, hooks) };
const small = { hiddenSizes: [16], envs: 2, steps: 100, minibatches: 4, learningRate: 3e-3, totalSteps: 4000 };
const recipe = { algorithm: 'ppo', conditioned: true, settings: small };
const sizes = { observationSize: 1, actionSize: 1 };

function trainAll(task: ExpertTask, directory: string, options: Partial<TrainExpertsOptions> = {}) {
  const makeEnvironment = async (_id: string, given: Record<string, unknown>) => new TwoWaysEnv(given);
  return trainExperts(task, { modes: [0, 1], seed: 1, directory, learner, makeEnvironment, ...options });
}

test('one training serves all modes: the policy sees the mode, the data does not', async () => {
  const directory = scratchDirectory();
  const trained = (await trainAll({ ...twoWays, recipe }, join(directory, 'training')))!;
  expect(trained.map(({ mode, steps, algorithm }) => [mode, steps, algorithm])).toEqual([[null, 4000, 'ppo']]);
  expect(trained[0].policy.metadata.observationSize).toBe(3);
  savePolicies(join(directory, 'policies'), new Map(trained.map(({ mode, policy }) => [mode, policy])));
  const source = await openPolicies(join(directory, 'policies'), twoWays, sizes);
  const made = await makeExpertData(twoWays, new TwoWaysEnv(), source, {
    file: join(directory, 'demos.hdf5'),
    directory: join(directory, 'work'),
    amount: { unit: 'episodes', count: 10 },
    seed: 0,
  });
  const { modes } = summarizeEpisodes(made!.episodes, true);
  expect(modes.map(({ mode, episodes }) => [mode, episodes])).toEqual([
    [0, 5],
    [1, 5],
  ]);
  for (const { mean } of modes) expect(mean).toBeGreaterThan(15);
});

test('a training that was stopped goes on where it was and ends the same, mode after mode', async () => {
  const task = { ...twoWays, recipe: { ...recipe, conditioned: false, settings: { ...small, totalSteps: 1000 } } };
  const [whole, stopped] = [scratchDirectory(), scratchDirectory()];
  const runs = (await trainAll(task, whole))!.map(({ mode }) => join(`mode-${mode}`, 'policy.safetensors'));
  expect(runs).toEqual([join('mode-0', 'policy.safetensors'), join('mode-1', 'policy.safetensors')]);
  const told: (number | null)[] = [];
  for (const last of [2, 3, Number.POSITIVE_INFINITY]) {
    const controller = new AbortController();
    let iterations = 0;
    const trained = await trainAll(task, stopped, {
      signal: controller.signal,
      onProgress(mode) {
        told.push(mode);
        if (++iterations === last) controller.abort();
      },
    });
    expect(trained === undefined).toBe(last !== Number.POSITIVE_INFINITY);
  }
  expect(told).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  expect(trainedSteps(stopped, 1)).toBe(1000);
  for (const run of runs) expect(readFileSync(join(stopped, run))).toEqual(readFileSync(join(whole, run)));
});

test('wrong settings, other settings than before, and tasks without a recipe are refused', async () => {
  const task = { ...twoWays, recipe: { ...recipe, settings: { ...small, totalSteps: 200 } } };
  const directory = scratchDirectory();
  await trainAll(task, directory);
  await expect(trainAll(task, directory, { seed: 2 })).rejects.toThrow('another seed');
  await expect(trainAll(task, directory, { settings: { gama: 1 } })).rejects.toThrow('did you mean gamma');
  await expect(trainAll(task, directory, { settings: { workers: 2 } })).rejects.toThrow('set workers to 0');
  await expect(trainAll({ ...twoWays, recipe: undefined }, directory)).rejects.toThrow('No settings are known');
});

test('policies that do not fit the task are refused', async () => {
  const task = { ...twoWays, recipe: { ...recipe, conditioned: false, settings: { ...small, totalSteps: 200 } } };
  const directory = scratchDirectory();
  const [{ policy, runDirectory }] = (await trainAll(task, directory, { modes: [1] }))!;
  const other = { ...twoWays, id: 'Other-v0' };
  expect(() => expertOfPolicy(policy, other, sizes, 'run')).toThrow('run holds a policy for TwoWays-v0');
  expect(() => expertOfPolicy(policy, task, { ...sizes, actionSize: 2 }, 'run')).toThrow('choose a policy trained on');
  expect((await openPolicies(runDirectory, task, sizes)).modes).toEqual([1]);
  savePolicies(join(directory, 'set'), new Map([[1, policy]]));
  const set = await openPolicies(join(directory, 'set'), task, sizes);
  expect(set.modes).toEqual([1]);
  expect(() => set.expertOf(0)).toThrow('holds no policy of mode 0');
  await expect(openPolicies(join(directory, 'none'), task, sizes)).rejects.toThrow('There is nothing at');
  await expect(openPolicies(join(directory, 'set', 'mode-1.safetensors'), other, sizes)).rejects.toThrow('Other-v0');
});
