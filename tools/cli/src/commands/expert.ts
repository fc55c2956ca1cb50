import { InputError } from '@understudy/errors';
import type { ExpertTask, TrainingRecipe } from '@understudy/experts';
import type { AnyEnv } from '@understudy/training';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { Interrupted } from '../error-policy.ts';
import { learnerNames } from '../learners.ts';
import { checkHdf5Name, prepareOutputFile } from '../output-file.ts';
import { collectSettings, oneOf, type Setting, settingsObject, wholeNumber } from '../values.ts';

interface ExpertFlags {
  out: string;
  episodes?: number;
  transitions?: number;
  source?: string;
  modes?: number[];
  seed: number;
  algorithm?: string;
  steps?: number;
  set?: Setting[];
  option?: Setting[];
  best?: boolean;
  stochastic?: boolean;
  dtype: 'float32' | 'float64';
  policies?: string;
  work?: string;
  json?: boolean;
}

/** `understudy expert`. */
export function addExpertCommand(program: Command, context: CommandContext): void {
  program
    .command('expert <id>')
    .description('make expert data of an environment: train, or take what there is, and record D4RL HDF5')
    .requiredOption('--out <file>', 'the file to write, name.hdf5; the modes of its episodes go to name.modes.json')
    .option('--episodes <n>', 'record so many whole episodes', wholeNumber('--episodes', 1))
    .option('--transitions <n>', 'record so many transitions', wholeNumber('--transitions', 1))
    .option('--source <source>', 'train, scripted, stored, or a run, a policy file, a D4RL file with a policy in it')
    .option('--modes <list>', 'modes to record, as in 0,2; all by default', numberList('--modes'))
    .option('--seed <n>', 'seed of everything random', wholeNumber('--seed', 0), 0)
    .option(
      '--algorithm <name>',
      "train by another algorithm than the table's, with its defaults",
      oneOf('--algorithm', learnerNames),
    )
    .option('--steps <n>', "steps of each training; the table's by default", wholeNumber('--steps', 1))
    .option(
      '--set <key=value>',
      "change a setting of the training's algorithm; may be repeated",
      collectSettings('--set'),
    )
    .option('--option <key=value>', 'an option of the environment; may be repeated', collectSettings('--option'))
    .option('--best', 'take the policies with the best training return instead of the last')
    .option('--stochastic', "sample actions instead of taking the distribution's mode")
    .option('--dtype <type>', 'float32 or float64', oneOf('--dtype', ['float32', 'float64']), 'float32')
    .option('--policies <directory>', 'put the trained policies there too')
    .option('--work <directory>', 'where trainings and unfinished recordings are kept; name.expert by default')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action((id: string, flags: ExpertFlags) => makeExperts(id, flags, context));
}

const notes = `
Stopped or killed, the same command goes on where it was. Episodes of all modes are mixed in a seeded order. Without
--source, the cheapest is taken: a rule written by hand, policies that come with Understudy, a training.`;

async function makeExperts(id: string, flags: ExpertFlags, context: CommandContext): Promise<void> {
  if (flags.episodes !== undefined && flags.transitions !== undefined) {
    throw new InputError('How much to record is told by either --episodes or --transitions: give only one of them.');
  }
  const [{ make }, { checkModes, expertTask }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/experts'),
  ]);
  const known = expertTask(id);
  const environmentOptions = { ...known.environmentOptions, ...settingsObject(flags.option ?? []) };
  const task = { ...known, environmentOptions, recipe: chooseRecipe(known, flags) };
  const env = await make<unknown, unknown>(id, environmentOptions);
  try {
    checkModes(task, flags.modes);
    checkHdf5Name('--out', flags.out);
    prepareOutputFile(flags.out);
    await recordExperts(task, env, flags, context);
  } finally {
    env.close();
  }
}

/** Comes by the experts, records them, and prints what came out. */
async function recordExperts(
  task: ExpertTask,
  env: AnyEnv,
  flags: ExpertFlags,
  context: CommandContext,
): Promise<void> {
  const [{ makeExpertData, workDirectory }, { openExperts }, { formatReport, reportExperts }] = await Promise.all([
    import('@understudy/experts'),
    import('../expert/expert-source.ts'),
    import('../expert/expert-report.ts'),
  ]);
  const { out, modes, seed, dtype, episodes, transitions } = flags;
  const directory = flags.work ?? workDirectory(out);
  const signal = context.interruption();
  const stopped = new Interrupted('Stopped; the same command goes on from here.');
  const opened = await openExperts(task, env, { ...sourceRequest(flags), directory, signal }, context);
  if (!opened) throw stopped;
  const unit = transitions === undefined ? 'episodes' : 'transitions';
  const amount = { unit, count: transitions ?? episodes ?? task.episodes } as const;
  const progress = context.startProgress({ label: 'record', total: amount.count, unit });
  const recorded = await makeExpertData(task, env, opened.source, {
    file: out,
    directory,
    amount,
    modes,
    seed,
    deterministic: !flags.stochastic,
    precision: dtype,
    onProgress: (done) => progress.update(done[unit]),
    signal,
  });
  progress.stop();
  if (!recorded) throw stopped;
  const report = reportExperts(out, task, recorded, opened.trained);
  if (flags.json) return context.print(JSON.stringify(report));
  for (const line of formatReport(report)) context.print(line);
}

/** What the flags say of where experts come from. */
function sourceRequest({ source, modes, seed, best, policies, algorithm, steps, set }: ExpertFlags) {
  const forTraining = [algorithm, steps, set, policies].some((flag) => flag !== undefined);
  const settings = { ...settingsObject(set ?? []), ...(steps !== undefined && { totalSteps: steps }) };
  return { source, modes, seed, best, policies, settings, forTraining };
}

/** The table's recipe, or one of another algorithm with its defaults. */
function chooseRecipe(
  { id, modes, recipe }: ExpertTask,
  { algorithm, steps }: ExpertFlags,
): TrainingRecipe | undefined {
  if (algorithm === undefined) return recipe;
  const totalSteps = steps ?? recipe?.settings.totalSteps;
  if (totalSteps === undefined) {
    throw new InputError(`How long to train ${id} is told by --steps, but was not given.`);
  }
  return { algorithm, settings: { totalSteps }, conditioned: recipe?.conditioned ?? modes.kind === 'continuous' };
}

/** A commander value parser for numbers between commas. */
function numberList(option: string): (text: string) => number[] {
  return (text) =>
    text.split(',').map((part) => {
      const value = Number(part);
      if (part.trim() !== '' && Number.isFinite(value)) return value;
      throw new InputError(`${option} takes numbers with commas between them, but was "${text}".`);
    });
}
