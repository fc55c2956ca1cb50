import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import type { ExpertTask } from '@understudy/experts';
import type { CentreOfMass, Simulation } from '@understudy/mujoco';
import type { AnyEnv, NetworkPolicy, Policy } from '@understudy/training';
import type { CommandContext } from '../../../context.ts';
import { learners } from '../../../learners.ts';
import { engineVersions } from '../../../versions.ts';
import { makeFromSource } from './from-source.ts';
import { fingerprintOf } from './locomotion.ts';
import type { DatasetRecipe, MadeDataset, MakeRequest } from './recipe.ts';
import { countSetting, numberSetting, wordSetting } from './settings.ts';

/** Trajectories of each policy, and policies, of the data of variational discriminator bottlenecks. */
const trajectories = 107;
const lastPolicies = 5;
const wallSteps = 100;

const wallSources = ['rule', 'trpo'] as const;
type WallSource = (typeof wallSources)[number];

/** The better source of each walled maze comes first: `understudy expert` shows what the rule earns. */
const walledMazes: readonly [maze: string, source: WallSource, summary: string][] = [
  [
    'CMaze',
    'trpo',
    '107 trajectories by each of the last five policies of trust region policy optimisation; source=rule: 535 by the scripted rule',
  ],
  [
    'SMaze',
    'rule',
    '535 trajectories by the scripted rule, which passes both gaps; source=trpo: 107 by each of the last five policies of trust region policy optimisation',
  ],
];

/** What decides about a training; without one there is nothing to set. */
const wallTraining = { steps: 2_000_000, rollout: 10_000, entropy: 0 };

/** Demonstrations in walled mazes, as many as the data of variational discriminator bottlenecks have. */
const wallRecipes = walledMazes.map(
  ([maze, source, summary]): DatasetRecipe => ({
    name: `${maze.toLowerCase()}-demonstrations`,
    summary,
    transitions: lastPolicies * trajectories * wallSteps,
    settings: { source, ...wallTraining },
    make: (request, context) => makeWalls(`${maze}-v0`, request, context),
  }),
);

async function makeWalls(id: string, request: MakeRequest, context: CommandContext) {
  const source = wordSetting(request.settings, 'source', wallSources);
  if (source === 'rule') checkNoTraining(request);
  const [{ make }, { policySource }] = await Promise.all([import('@understudy/envs'), import('@understudy/generate')]);
  const env = await make<unknown, unknown>(id);
  try {
    const found = source === 'rule' ? await rulePolicy(env) : await lastTrained(env, request, context);
    if (!found) return undefined;
    const { policies, fingerprints, note } = found;
    const pieces = policySource({ policies, env, episodes: trajectories });
    const transitions = request.transitions ?? lastPolicies * trajectories * wallSteps;
    const name = `${id.split('-')[0].toLowerCase()}-demonstrations`;
    const metadata = { environment: id, algorithm: policies[0].metadata.algorithm, policies: policies.length };
    const parts = { policies: fingerprints };
    const made = await makeFromSource(name, pieces, transitions, metadata, request, context, parts);
    return made && { ...made, notes: [note] };
  } finally {
    env.close();
  }
}

/** Policies that take turns, what tells them from others, and a line on them for people. */
interface WallPolicies {
  readonly policies: readonly Policy[];
  readonly fingerprints: readonly string[];
  readonly note: string;
}

function checkNoTraining({ settings }: MakeRequest): void {
  const told = Object.entries(wallTraining).filter(([name, value]) => settings[name] !== value);
  if (told.length === 0) return;
  const names = told.map(([name]) => name).join(', ');
  throw new InputError(`--set ${names} is for policies that are trained: add --set source=trpo, or leave it out.`);
}

/** The rule sees the velocity, which the data hide, and the layout. */
async function rulePolicy(env: AnyEnv): Promise<WallPolicies> {
  const [{ loadScriptedExpert }, { actionSizeOf }] = await Promise.all([
    import('../../../expert/scripted-experts.ts'),
    import('@understudy/training'),
  ]);
  const { act, algorithm, fingerprint } = (await loadScriptedExpert(env.id))!;
  const { id: environment, observationSpace, actionSpace } = env;
  const policy: Policy = {
    metadata: {
      algorithm,
      environment,
      observationSize: observationSpace.flatSize,
      actionSize: actionSizeOf(actionSpace),
    },
    act: (observation, options = {}) => act({ env, observation, info: {}, mode: null }, options),
    actBatch() {
      throw new Error('A rule that looks at its environment acts in one at a time.');
    },
  };
  const note = 'by the scripted rule, which sees the velocity that the observations hide; source=trpo trains policies';
  return { policies: [policy], fingerprints: [fingerprint], note };
}

/** @returns Undefined when the training was stopped. */
async function lastTrained(
  env: AnyEnv,
  request: MakeRequest,
  context: CommandContext,
): Promise<WallPolicies | undefined> {
  const { listCheckpoints, loadPolicy } = await import('@understudy/training');
  const steps = countSetting(request.settings, 'rollout');
  // The paper's bonus of 0.1 is of another scale than ours, whose advantages are normalised: here it drowns the task.
  const entropyCoefficient = numberSetting(request.settings, 'entropy');
  // A checkpoint after every rollout leaves the last five policies.
  const settings = { steps, maxKl: 0.01, entropyCoefficient, checkpointEvery: 1, keepCheckpoints: lastPolicies };
  const trained = await train(env, 'trpo', settings, request, context);
  if (!trained) return undefined;
  const policies: Policy[] = [];
  for (const { path } of listCheckpoints(trained.run)) policies.push(await loadPolicy(path, { environment: env.id }));
  const fingerprints = await Promise.all(policies.map((policy) => fingerprintOf(policy, env)));
  const note = `by the last ${policies.length} policies of a training by trust region policy optimisation; source=rule takes the scripted rule`;
  return { policies, fingerprints, note };
}

/** Tasks of the latent-action experiments, with their horizons; two of them show the centre of mass's velocity. */
const stateTasks: readonly [name: string, environment: string, horizon: number, velocity: boolean][] = [
  ['cartpole', 'CartPole-v1', 500, false],
  ['reacher', 'Reacher-v5', 50, false],
  ['swimmer', 'Swimmer-v5', 400, false],
  ['hopper', 'Hopper-v5', 400, true],
  ['walker2d', 'Walker2d-v5', 400, true],
];

/** Demonstrations of states alone, by experts that are trained for them. */
const stateRecipes = stateTasks.map(
  ([name, environment, horizon, velocity]): DatasetRecipe => ({
    name: `${name}-states`,
    summary: `states alone of ten trajectories of at most ${horizon} steps${velocity ? ", with the centre of mass's velocity" : ''}`,
    settings: { demonstrations: 10, deterministic: true, horizon, steps: 0, run: '' },
    extension: '.safetensors',
    make: (request, context) => makeStates(`${name}-states`, environment, velocity, request, context),
  }),
);

async function makeStates(
  name: string,
  id: string,
  velocity: boolean,
  request: MakeRequest,
  context: CommandContext,
): Promise<MadeDataset | undefined> {
  const [{ make }, { recordStates, summarizeReturns, writeStateDemonstrations }, { loadPolicy }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/generate'),
    import('@understudy/training'),
  ]);
  const { settings, seed, file } = request;
  const [demonstrations, horizon] = [countSetting(settings, 'demonstrations'), countSetting(settings, 'horizon')];
  const env = await make<unknown, unknown>(id);
  try {
    const path = settings.run === '' ? (await trainKnown(env, request, context))?.run : String(settings.run);
    if (path === undefined) return undefined;
    const policy = await loadPolicy(path, { environment: id });
    const recorded = await recordStates(policy, env, {
      demonstrations,
      seed,
      deterministic: settings.deterministic === true,
      horizon,
      extra: velocity ? await centreVelocity(env) : undefined,
    });
    const metadata = { recipe: name, environment: id, algorithm: policy.metadata.algorithm, seed: String(seed) };
    const { starts, ends } = recorded.demonstrations;
    writeStateDemonstrations(file, recorded.demonstrations, metadata);
    const lengths = starts.map((start, i) => ends[i] - start - 1);
    return {
      transitions: lengths.reduce((sum, length) => sum + length, 0),
      returns: summarizeReturns(recorded.returns, lengths),
    };
  } finally {
    env.close();
  }
}

/** The velocity along x of an environment's centre of mass, m/s. */
async function centreVelocity(env: AnyEnv) {
  const { CentreOfMass } = await import('@understudy/mujoco');
  const { model, simulation } = env.unwrapped as unknown as {
    model: ConstructorParameters<typeof CentreOfMass>[0];
    simulation: Simulation;
  };
  const centre: CentreOfMass = new CentreOfMass(model);
  return { size: 1, read: () => [centre.velocity(simulation, 0)] };
}

/** Trains an expert by the table's recipe. */
async function trainKnown(env: AnyEnv, request: MakeRequest, context: CommandContext) {
  const { expertTask } = await import('@understudy/experts');
  const { algorithm, settings } = expertTask(env.id).recipe!;
  const steps = numberSetting(request.settings, 'steps') || settings.totalSteps;
  const told = { ...request, settings: { ...request.settings, steps } };
  return train(env, algorithm as 'ppo', settings, told, context);
}

/** A training in the work directory. @returns Undefined when it was stopped. */
async function train(
  env: AnyEnv,
  algorithm: 'ppo' | 'trpo',
  settings: Readonly<Record<string, unknown>>,
  request: MakeRequest,
  context: CommandContext,
): Promise<{ run: string; policy: NetworkPolicy } | undefined> {
  const [{ trainExperts, trainedSteps }, { make }] = await Promise.all([
    import('@understudy/experts'),
    import('@understudy/envs'),
  ]);
  const totalSteps = numberSetting(request.settings, 'steps');
  const directory = join(request.directory, 'training');
  const task: ExpertTask = {
    id: env.id,
    environmentOptions: {},
    episodes: 1,
    modes: { kind: 'none' },
    recipe: { algorithm, conditioned: false, settings: { ...settings, totalSteps } },
  };
  const done = trainedSteps(directory, null);
  const progress = context.startProgress({ label: 'train', total: totalSteps, unit: 'steps', done });
  const trained = await trainExperts(task, {
    seed: request.seed,
    directory,
    learner: await learners[algorithm].load(),
    makeEnvironment: make,
    versions: engineVersions(env),
    onProgress: (_mode, { step, meanReturn }) => progress.update(step, { return: meanReturn }),
    signal: request.signal,
  });
  progress.stop();
  return trained && { run: trained[0].runDirectory, policy: trained[0].policy };
}

export const demonstrationRecipes: readonly DatasetRecipe[] = [...wallRecipes, ...stateRecipes];
