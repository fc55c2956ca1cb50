import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import type { StagedTrainingOptions, TrainedStages } from '@understudy/generate';
import type { AnyEnv, Policy } from '@understudy/training';
import type { CommandContext } from '../../../context.ts';
import { type LearnerName, learnerNames, learners } from '../../../learners.ts';
import { engineVersions } from '../../../versions.ts';
import { makeFromSource } from './from-source.ts';
import type { DatasetRecipe, MadeDataset, MakeRequest } from './recipe.ts';
import { numberSetting, wordSetting } from './settings.ts';

const bodies: readonly [name: string, environment: string][] = [
  ['halfcheetah', 'HalfCheetah-v5'],
  ['hopper', 'Hopper-v5'],
  ['walker2d', 'Walker2d-v5'],
  ['ant', 'Ant-v5'],
];

/** D4RL's kinds of locomotion data, with as many rows as D4RL's; a replay has as many as it has. */
const kinds = {
  random: { transitions: 1_000_000, summary: 'uniformly random actions' },
  medium: { transitions: 1_000_000, summary: 'the policy of the middle of a training' },
  'medium-replay': { transitions: undefined, summary: 'all that a training saw up to its middle' },
  'medium-expert': { transitions: 2_000_000, summary: 'half by the middle policy of a training, half by its last' },
  expert: { transitions: 1_000_000, summary: 'the last policy of a training' },
} as const;
type Kind = keyof typeof kinds;

/**
 * What decides about a training: its learner, its steps in all and at the pause whose policy is called medium. With
 * `run` a finished run serves in its stead: its last policy, or with `policy` a checkpoint of it, by its file's path.
 */
const trainingSettings = {
  environment: '',
  algorithm: 'sac',
  steps: 1_000_000,
  mediumSteps: 200_000,
  deterministic: false,
  run: '',
  policy: '',
};

/** Locomotion data by our own learners. */
export const locomotionRecipes: readonly DatasetRecipe[] = bodies.flatMap(([body, environment]) =>
  (Object.keys(kinds) as Kind[]).map((kind): DatasetRecipe => {
    const { transitions, summary } = kinds[kind];
    const settings = kind === 'random' ? { environment } : { ...trainingSettings, environment };
    return {
      name: `${body}-${kind}`,
      summary,
      transitions,
      settings,
      make: (request, context) => make(`${body}-${kind}`, kind, request, request.transitions ?? transitions, context),
    };
  }),
);

async function make(
  name: string,
  kind: Kind,
  request: MakeRequest,
  transitions: number | undefined,
  context: CommandContext,
): Promise<MadeDataset | undefined> {
  const { make: makeEnv } = await import('@understudy/envs');
  const id = String(request.settings.environment);
  const env = await makeEnv<unknown, unknown>(id);
  try {
    if (kind === 'medium-replay') return await makeReplay(name, env, request, transitions, context);
    const policies = await policiesOf(kind, env, request, context);
    if (!policies) return undefined;
    const { policySource } = await import('@understudy/generate');
    const deterministic = request.settings.deterministic === true;
    const source = policySource({ policies, env, deterministic });
    const metadata = { environment: id, algorithm: policies[0].metadata.algorithm, kind, deterministic };
    const parts = { policies: await Promise.all(policies.map((policy) => fingerprintOf(policy, env))) };
    return await makeFromSource(name, source, transitions, metadata, request, context, parts);
  } finally {
    env.close();
  }
}

/** What tells a policy from others: of one without a network, its name. */
export async function fingerprintOf(policy: Policy, env: AnyEnv): Promise<string> {
  const [{ expertOfPolicy, expertTask }, { actionSizeOf, NetworkPolicy }] = await Promise.all([
    import('@understudy/experts'),
    import('@understudy/training'),
  ]);
  if (!(policy instanceof NetworkPolicy)) return policy.metadata.algorithm;
  const sizes = { observationSize: env.observationSpace.flatSize, actionSize: actionSizeOf(env.actionSpace) };
  return expertOfPolicy(policy, expertTask(env.id), sizes, 'the policy').fingerprint;
}

/** @returns Undefined when a training was stopped. */
async function policiesOf(
  kind: Exclude<Kind, 'medium-replay'>,
  env: AnyEnv,
  request: MakeRequest,
  context: CommandContext,
): Promise<Policy[] | undefined> {
  const { createRandomPolicy, loadPolicy } = await import('@understudy/training');
  if (kind === 'random') {
    const { observationSpace, actionSpace, id } = env;
    return [createRandomPolicy({ environment: id, observationSpace, actionSpace })];
  }
  const load = (path: string) => loadPolicy(path, { environment: env.id });
  const { run, policy } = pathSettings(request);
  if (kind === 'expert' && run !== undefined) return [await load(policy ?? run)];
  if (kind === 'medium' && policy !== undefined) return [await load(policy)];
  if (kind === 'medium-expert' && run !== undefined && policy !== undefined)
    return [await load(policy), await load(run)];
  if (run !== undefined || policy !== undefined) {
    throw new InputError(
      `A ${kind} dataset of policies that are there takes ${kind === 'medium' ? '--set policy=FILE' : '--set run=DIRECTORY and --set policy=FILE'}, or neither to train them.`,
    );
  }
  const stages = await train(env, request, kind === 'medium' ? 'medium' : 'end', context);
  if (!stages) return undefined;
  if (kind === 'medium') return [await load(stages.medium)];
  return kind === 'expert' ? [await load(stages.run)] : [await load(stages.medium), await load(stages.run)];
}

async function makeReplay(
  name: string,
  env: AnyEnv,
  request: MakeRequest,
  transitions: number | undefined,
  context: CommandContext,
): Promise<MadeDataset | undefined> {
  const [{ replaySource }, { actionBounds, readRunSummary, runPaths }] = await Promise.all([
    import('@understudy/generate'),
    import('@understudy/training'),
  ]);
  const { run } = pathSettings(request);
  if (run !== undefined && !existsSync(run)) throw new InputError(`There is no run at ${run}; check --set run.`);
  const stages = run === undefined ? await train(env, request, 'medium', context) : undefined;
  if (run === undefined && !stages) return undefined;
  const directory = run ?? stages!.run;
  const done = readRunSummary(directory).steps;
  const steps = stages?.mediumSteps ?? Math.min(done, numberSetting(request.settings, 'mediumSteps'));
  const source = replaySource({ file: runPaths(directory).replay, steps, bounds: actionBounds(env.actionSpace) });
  const metadata = { environment: env.id, algorithm: String(request.settings.algorithm), kind: 'medium-replay', steps };
  return makeFromSource(name, source, transitions, metadata, request, context, { steps });
}

function pathSettings({ settings }: MakeRequest): { run?: string; policy?: string } {
  const path = (name: string) => {
    const value = settings[name];
    return value === '' || value === undefined ? undefined : String(value);
  };
  return { run: path('run'), policy: path('policy') };
}

/** Trains in the work directory, as far as is needed; recipes of one work directory share the training. */
async function train(
  env: AnyEnv,
  { settings, seed, directory, signal }: MakeRequest,
  until: StagedTrainingOptions['until'],
  context: CommandContext,
): Promise<TrainedStages | undefined> {
  const { trainInStages } = await import('@understudy/generate');
  const algorithm = wordSetting<LearnerName>(settings, 'algorithm', learnerNames);
  const totalSteps = numberSetting(settings, 'steps');
  const mediumSteps = numberSetting(settings, 'mediumSteps');
  const learner = await learners[algorithm].load();
  const offPolicy = 'replayCapacity' in learner.resolve({ environment: env.id });
  const progress = context.startProgress({
    label: 'train',
    total: until === 'medium' ? mediumSteps : totalSteps,
    unit: 'steps',
  });
  const stages = await trainInStages({
    directory: join(directory, 'training'),
    environment: env.id,
    seed,
    learner,
    // Nothing may be overwritten that a replay dataset has.
    settings: { totalSteps, ...(offPolicy && { replayCapacity: Math.max(totalSteps, mediumSteps) }) },
    mediumSteps,
    until,
    versions: engineVersions(env),
    onProgress: ({ step, meanReturn }) => progress.update(step, { return: meanReturn }),
    signal,
  });
  progress.stop();
  return stages;
}
