import { InputError } from '@understudy/errors';
import type { TrainingHooks, TrainingResult } from '@understudy/training';
import type { Command } from 'commander';
import {
  addCollectionOptions,
  type CollectionFlags,
  isCollectedByWorkers,
  suggestShards,
} from '../collection/collection-options.ts';
import { commandName } from '../command-name.ts';
import type { CommandContext } from '../context.ts';
import { environmentsAt } from '../environments-at.ts';
import { Interrupted } from '../error-policy.ts';
import { formatCount, formatDuration, formatFigure } from '../format.ts';
import { addTrainingKeyOptions, checkTrainingKeys, type InferenceKeyFlags } from '../keys/client-keys.ts';
import { type LearnerName, learnerNames, learners } from '../learners.ts';
import { type DefaultSettings, describeSettings } from '../settings-help.ts';
import { collectSettings, type Setting, settingsObject, wholeNumber } from '../values.ts';
import { engineVersions } from '../versions.ts';

interface TrainFlags {
  env?: string;
  seed?: number;
  out: string;
  set?: Setting[];
  resume?: boolean;
  json?: boolean;
}

/** Of a training from reward; without {@link CollectionFlags} for learners that have no workers. */
type LearnerFlags = TrainFlags & { steps?: number; address?: string; backend?: string } & InferenceKeyFlags &
  Partial<CollectionFlags>;

/** What a training command hands to the part that all trainings share. */
interface Training {
  algorithm: LearnerName | 'bc';
  /** The configuration with its defaults filled in. */
  config: { environment: string };
  total: number;
  unit: 'steps' | 'epochs';
  /** @param say - Writes a line beside the progress. */
  run(hooks: TrainingHooks & { signal: AbortSignal }, say: (line: string) => void): Promise<TrainingResult>;
  /** What came out, in words, from the results in the run's summary. */
  outcome(results: Readonly<Record<string, number | null>>): string;
  /** Figures beside the bar. */
  figures(progress: Parameters<NonNullable<TrainingHooks['onProgress']>>[0]): Record<string, number | undefined>;
}

/**
 * `understudy train`.
 *
 * @param settings - Listed by `--help` when given.
 */
export function addTrainCommands(program: Command, context: CommandContext, settings?: DefaultSettings): void {
  const train = program.command('train').description('train a policy; each run has a directory and can be resumed');
  for (const name of learnerNames) {
    const command = train
      .command(name)
      .description(`learn from reward by ${learners[name].method}`)
      .option('--env <id>', 'environment to train on')
      .option('--steps <n>', 'environment steps in all', wholeNumber('--steps', 1))
      .option('--backend <name>', 'compute with the tensor engine on auto, cuda, tensorflow, webgpu, wasm or cpu')
      .option('--address <address>', 'step the environments on a server there, see understudy serve');
    addRunOptions(command)
      .addHelpText('after', settings ? describeSettings(settings[name], ['environment', 'seed', 'totalSteps']) : '')
      .action((flags: LearnerFlags) => trainFromReward(name, flags, context));
    if (learners[name].hasWorkers) addCollectionOptions(command);
    addTrainingKeyOptions(command, learners[name].hasWorkers === true);
  }
  addRunOptions(
    train
      .command('bc')
      .description('clone demonstrations by supervised learning')
      .option('--dataset <file>', 'D4RL HDF5 file with the demonstrations')
      .option('--env <id>', "environment of the demonstrations; the file's own by default")
      .option('--epochs <n>', 'passes over the demonstrations, at most', wholeNumber('--epochs', 1)),
  )
    .addHelpText('after', settings ? describeSettings(settings.bc, ['environment', 'seed', 'epochs']) : '')
    .action((flags: TrainFlags & { dataset?: string; epochs?: number }) => trainBc(flags, context));
}

function addRunOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of everything random; 0 by default', wholeNumber('--seed', 0))
    .requiredOption('--out <directory>', 'run directory: config, metrics, checkpoints, policy, summary')
    .option('--set <key=value>', 'change a setting listed below; may be repeated', collectSettings('--set'))
    .option('--resume', 'go on with the run in --out, with its own configuration')
    .option('--json', 'print the summary as one JSON object');
}

async function trainFromReward(algorithm: LearnerName, flags: LearnerFlags, context: CommandContext): Promise<void> {
  checkTrainingKeys(flags);
  const collection = learners[algorithm].hasWorkers && isCollectedByWorkers(flags as CollectionFlags);
  const { resolve, train } = await learners[algorithm].load();
  const given = await gatherConfig(algorithm, flags, {
    totalSteps: flags.steps,
    ...(flags.backend !== undefined && { engine: 'tensor', backend: flags.backend }),
  });
  const config = resolve(collection ? withShards(given, flags as CollectionFlags, resolve, context) : given);
  const remote = flags.address === undefined ? undefined : await environmentsAt(flags.address, config, flags);
  const versions = remote?.versions ?? (await versionsHere(config));
  if (remote && !remote.saves) {
    context.note(`The server can't save its environments' states: this training can't be resumed once it has stopped.`);
  }
  await runTraining(flags, context, {
    algorithm,
    config,
    total: config.totalSteps,
    unit: 'steps',
    run: async (hooks, say) => {
      const { openCollection } = await import('../collection/open-collection.ts');
      const { signal } = hooks;
      const openShards = collection ? openCollection(flags as CollectionFlags, { say, signal }) : undefined;
      return train(config, { ...hooks, versions, openShards, makeVectorEnv: remote?.makeVectorEnv });
    },
    figures: ({ meanReturn }) => ({ return: meanReturn }),
    outcome: ({ meanReturn }) =>
      meanReturn === null ? 'no episode ended' : `return ${formatFigure(meanReturn)} over the last training episodes`,
  });
}

/** What computes the environments of a training in this process; also shows that they can be made. */
async function versionsHere(config: {
  environment: string;
  environmentOptions: Record<string, unknown>;
}): Promise<Record<string, string>> {
  const { make } = await import('@understudy/envs');
  const env = await make<unknown, unknown>(config.environment, config.environmentOptions);
  try {
    return engineVersions(env);
  } finally {
    env.close();
  }
}

async function trainBc(
  flags: TrainFlags & { dataset?: string; epochs?: number },
  context: CommandContext,
): Promise<void> {
  const { dataset: file } = flags;
  if (file === undefined) throw new InputError('What to clone is told by --dataset FILE, but was not given.');
  const [{ resolveBcConfig, train }, { actionBounds, actionSizeOf }, { readD4rl }, envs] = await Promise.all([
    import('@understudy/bc'),
    import('@understudy/training'),
    import('@understudy/d4rl'),
    import('@understudy/envs'),
  ]);
  const dataset = await readD4rl(file);
  const recordedIn = dataset.metadata.environment;
  const given = await gatherConfig('bc', flags, { epochs: flags.epochs }, recordedIn);
  const config = resolveBcConfig(given);
  const env = await envs.make(config.environment);
  const { observationSpace, actionSpace } = env;
  const versions = engineVersions(env);
  env.close();
  refuseMisfit(file, dataset, env.id, [observationSpace.flatSize, actionSizeOf(actionSpace)]);
  const demonstrations = { ...dataset, actionBounds: actionBounds(actionSpace) };
  await runTraining(flags, context, {
    algorithm: 'bc',
    config,
    total: config.epochs,
    unit: 'epochs',
    run: (hooks) => train(config, demonstrations, { ...hooks, versions }),
    outcome: ({ bestLoss, bestEpoch }) => `lowest loss ${formatFigure(bestLoss ?? Number.NaN)} in epoch ${bestEpoch}`,
    figures: ({ metrics }) => ({ loss: metrics.trainingLoss ?? undefined, best: metrics.bestLoss ?? undefined }),
  });
}

/** The configuration with the settings that workers suggest, which are told. */
function withShards<Config extends { environment: string }>(
  given: Config,
  flags: CollectionFlags,
  resolve: (options: { environment: string }) => object,
  context: CommandContext,
): Config {
  const { steps } = resolve({ environment: '' }) as { steps: number };
  const suggested = suggestShards(given as Record<string, unknown>, flags, steps);
  const settings = Object.entries(suggested).map(([name, value]) => `${name}=${value}`);
  if (settings.length > 0) context.note(`For the workers: ${settings.join(', ')}; --set says otherwise.`);
  return { ...given, ...suggested };
}

/** Flags over `--set`, and both over the configuration of the run that is resumed. */
async function gatherConfig(
  algorithm: LearnerName | 'bc',
  flags: TrainFlags,
  own: Record<string, unknown>,
  environment?: unknown,
): Promise<{ environment: string }> {
  const named = { environment: flags.env, seed: flags.seed, ...own };
  const config: Record<string, unknown> = {
    ...(typeof environment === 'string' && { environment }),
    ...(flags.resume && (await savedConfig(algorithm, flags.out))),
    ...settingsObject(flags.set ?? []),
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  };
  if (typeof config.environment === 'string') return { ...config, environment: config.environment };
  throw new InputError(
    'Which environment to train on is told by --env ID, but was not given; see understudy env list.',
  );
}

/** The configuration of the run to resume. */
async function savedConfig(algorithm: string, directory: string): Promise<Record<string, unknown>> {
  const { readRunConfig } = await import('@understudy/training');
  const saved = readRunConfig(directory);
  if (saved.algorithm !== algorithm) {
    throw new InputError(
      `${directory} holds a ${saved.algorithm} run: resume it by understudy train ${saved.algorithm}.`,
    );
  }
  // What the demonstrations were is told by --dataset again and compared by the training.
  const { demonstrations: _, ...config } = saved.config;
  return config;
}

/** @param expected - Numbers in an observation and in an action of the environment. */
function refuseMisfit(
  file: string,
  { observationSize, actionSize }: { observationSize: number; actionSize: number },
  id: string,
  expected: readonly [observation: number, action: number],
): void {
  if (observationSize === expected[0] && actionSize === expected[1]) return;
  throw new InputError(
    `${file} has ${observationSize} observation and ${actionSize} action numbers a transition, but ${id} has ` +
      `${expected[0]} and ${expected[1]}: choose a dataset of this environment.`,
  );
}

/** Runs a training with a bar, Ctrl-C and a closing line. */
async function runTraining(flags: TrainFlags, context: CommandContext, training: Training): Promise<void> {
  const { listCheckpoints, readRunSummary } = await import('@understudy/training');
  const { out } = flags;
  const { total, unit, algorithm } = training;
  const done = flags.resume ? (listCheckpoints(out).at(-1)?.step ?? 0) : 0;
  const signal = context.interruption();
  let reached = done;
  let progress = context.startProgress({ label: algorithm, total, unit, done });
  const say = (line: string) => {
    context.note(line);
    // A line ends the bar; another one goes on from there.
    if (!signal.aborted) progress = context.startProgress({ label: algorithm, total, unit, done: reached });
  };
  const hooks: TrainingHooks & { signal: AbortSignal } = {
    runDirectory: out,
    resume: flags.resume,
    signal,
    onProgress(now) {
      reached = now.step;
      progress.update(now.step, training.figures(now));
    },
  };
  const { stopped, steps, seconds, stepsPerSecond } = await training.run(hooks, say);
  progress.stop();
  if (stopped) {
    const again = [
      `${commandName()} train ${algorithm} --out ${out} --resume`,
      ...(algorithm === 'bc' ? [`--dataset ${(flags as { dataset?: string }).dataset}`] : []),
    ].join(' ');
    throw new Interrupted(`Stopped at ${formatCount(steps)} of ${formatCount(total)} ${unit}; go on with: ${again}`);
  }
  const summary = readRunSummary(out);
  if (flags.json) return context.print(JSON.stringify(summary));
  const cost = `${formatCount(steps)} ${unit} in ${formatDuration(seconds)}, ${formatFigure(stepsPerSecond)} ${unit}/s`;
  context.print(`${out}: ${training.config.environment}, ${cost}; ${training.outcome(summary.results)}`);
}
