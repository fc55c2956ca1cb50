import { join } from 'node:path';
import { make } from '@understudy/envs';
import { InputError } from '@understudy/errors';
import {
  checkModes,
  type ExpertSource,
  type ExpertTask,
  expertOfPolicy,
  hasStoredPolicies,
  modeLabel,
  openPolicies,
  savePolicies,
  storedPolicies,
  type TaskSizes,
  type TrainedExpert,
  trainExperts,
  trainedSteps,
} from '@understudy/experts';
import { type AnyEnv, actionSizeOf } from '@understudy/training';
import type { CommandContext } from '../context.ts';
import { type LearnerName, learnerNames, learners } from '../learners.ts';
import type { ProgressReporter } from '../progress.ts';
import { engineVersions } from '../versions.ts';
import { loadScriptedExpert } from './scripted-experts.ts';

/** How the command was asked to come by its experts. */
export interface SourceRequest {
  /** `train`, `scripted`, `stored` or a path; undefined takes the cheapest that there is. */
  readonly source?: string;
  readonly modes?: readonly number[];
  readonly seed: number;
  /** Of trainings and recordings under way. */
  readonly directory: string;
  /** Over the recipe's. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly best?: boolean;
  /** Whether anything was asked for that only a training can give. */
  readonly forTraining: boolean;
  /** Where to put policies that were trained. */
  readonly policies?: string;
  readonly signal: AbortSignal;
}

/** Experts, and what training them cost. */
export interface OpenedSource {
  readonly source: ExpertSource;
  readonly trained: readonly TrainedExpert[];
}

/**
 * Comes by the experts of a task: by rule, by files, or by training.
 *
 * @returns Undefined when a training was stopped.
 * @throws InputError when there are none, or those named don't fit.
 */
export async function openExperts(
  task: ExpertTask,
  env: AnyEnv,
  request: SourceRequest,
  context: CommandContext,
): Promise<OpenedSource | undefined> {
  const scripted = await loadScriptedExpert(task.id);
  const named = request.source ?? (scripted ? 'scripted' : hasStoredPolicies(task.id) ? 'stored' : 'train');
  const sizes = { observationSize: env.observationSpace.flatSize, actionSize: actionSizeOf(env.actionSpace) };
  if (named === 'train') return train(task, env, sizes, request, context);
  if (request.forTraining) {
    throw new InputError(
      '--algorithm, --steps, --set and --policies are for experts that are trained: add --source train.',
    );
  }
  if (named === 'scripted') {
    if (scripted) return { source: { name: 'scripted', expertOf: () => scripted }, trained: [] };
    throw new InputError(`No scripted expert of ${task.id} is known: try --source train, a run or a policy file.`);
  }
  if (named === 'stored' && !hasStoredPolicies(task.id)) {
    throw new InputError(`No policies of ${task.id} are stored: try --source train, a run or a policy file.`);
  }
  const path = named === 'stored' ? storedPolicies(task.id) : named;
  const source = await openPolicies(path, task, sizes, { best: request.best });
  return { source: named === 'stored' ? { ...source, name: 'stored' } : source, trained: [] };
}

async function train(
  task: ExpertTask,
  env: AnyEnv,
  sizes: TaskSizes,
  request: SourceRequest,
  context: CommandContext,
): Promise<OpenedSource | undefined> {
  const { settings, seed, best, signal, policies } = request;
  const { algorithm } = task.recipe ?? {};
  if (algorithm === undefined) {
    throw new InputError(
      `No settings are known that train an expert of ${task.id}: choose them by --algorithm, --steps and --set, or give a run by --source.`,
    );
  }
  const learner = await loadLearner(algorithm);
  const modes = checkModes(task, request.modes);
  const directory = join(request.directory, 'training');
  const progress = createTrainingProgress(task, directory, context);
  const trained = await trainExperts(task, {
    modes,
    seed,
    directory,
    learner,
    makeEnvironment: make,
    settings,
    best,
    versions: engineVersions(env),
    onProgress: progress.update,
    signal,
  });
  progress.stop();
  if (!trained) return undefined;
  if (policies !== undefined) savePolicies(policies, new Map(trained.map(({ mode, policy }) => [mode, policy])));
  const experts = new Map(
    trained.map(({ mode, policy, runDirectory }) => [mode, expertOfPolicy(policy, task, sizes, runDirectory)]),
  );
  const expertOf = (mode: number | null) => {
    const expert = experts.get(mode) ?? experts.get(null);
    if (expert) return expert;
    throw new InputError(`No expert of mode ${mode} was trained; leave --modes out.`);
  };
  return { source: { name: 'train', modes, expertOf }, trained };
}

async function loadLearner(algorithm: string) {
  if (learnerNames.includes(algorithm as LearnerName)) return learners[algorithm as LearnerName].load();
  throw new InputError(`There is no learner ${algorithm}; known are ${learnerNames.join(', ')}.`);
}

/** One bar after the other, each of one training. */
function createTrainingProgress(task: ExpertTask, directory: string, context: CommandContext) {
  let current: { mode: number | null; reporter: ProgressReporter } | undefined;
  const stop = () => current?.reporter.stop();
  const start = (mode: number | null, total: number) => {
    stop();
    const label = mode === null ? 'train' : `train ${modeLabel(task.modes, mode)}`;
    const reporter = context.startProgress({ label, total, unit: 'steps', done: trainedSteps(directory, mode) });
    current = { mode, reporter };
    return current;
  };
  return {
    stop,
    update(
      mode: number | null,
      { step, totalSteps, meanReturn }: { step: number; totalSteps: number; meanReturn?: number },
    ) {
      const shown = current?.mode === mode ? current : start(mode, totalSteps);
      shown.reporter.update(step, { return: meanReturn });
    },
  };
}
