import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandName } from '../command-name.ts';
import type { CommandContext } from '../context.ts';
import { Interrupted } from '../error-policy.ts';
import { formatCount, formatDuration, formatFigure, formatTable } from '../format.ts';
import { packageVersion } from '../package-version.ts';
import { writeRunReport } from '../run-report.ts';
import { Journal, type QuickstartSettings, type StageName, stageNames } from './journal.ts';
import { names, type StageInput, stageSeeds } from './stage.ts';
import type { QuickstartSummary } from './summary.ts';

/** What `understudy quickstart` does when nothing is said. */
export const defaultSettings: QuickstartSettings = {
  environment: 'HalfCheetah-v5',
  seed: 0,
  steps: 500_000,
  demonstrations: 20,
  epochs: 60,
  episodes: 20,
};

/** The flags of `understudy quickstart`. */
export interface QuickstartFlags extends Omit<QuickstartSettings, 'environment'> {
  env: string;
  out: string;
  fresh?: boolean;
  json?: boolean;
}

/**
 * The main job: expert, demonstrations, clone, evaluation, report. Stages that the directory's journal knows as
 * finished are not repeated.
 *
 * @throws InputError when the directory holds something else.
 * @throws Interrupted at Ctrl-C, with how to go on.
 */
export async function runQuickstart(flags: QuickstartFlags, context: CommandContext): Promise<void> {
  const { env: environment, seed, steps, demonstrations, epochs, episodes, out: directory } = flags;
  const settings = { environment, seed, steps, demonstrations, epochs, episodes };
  await refuseUnknownEnvironment(environment);
  const journal = Journal.open(directory, settings, { fresh: flags.fresh });
  const command = commandLine(directory, settings);
  const input: StageInput = { directory, settings, context, signal: context.interruption() };
  for (const stage of stageNames) {
    context.note(announce(stage, settings));
    if (isFinished(stage, journal))
      context.note(`      done before, in ${formatDuration(journal.finished(stage)!.seconds)}`);
    else await runStage(stage, input, journal, command);
  }
  context.note(`5/5 report: everything on one page, ${join(directory, names.report)}`);
  const { writeSummary } = await import('./summary.ts');
  const summary = writeSummary({ settings, journal, command, version: packageVersion() });
  const { evaluation } = stageSeeds(settings);
  await writeRunReport(directory, { file: join(directory, names.report), episodes, seed: evaluation }, context);
  if (flags.json) context.print(JSON.stringify(summary));
  else tellResults(summary, directory, context);
}

async function refuseUnknownEnvironment(id: string): Promise<void> {
  const { make } = await import('@understudy/envs');
  (await make(id)).close();
}

async function runStage(stage: StageName, input: StageInput, journal: Journal, command: string): Promise<void> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const run = await loadStage(stage);
    const result = await run(input);
    journal.finish(stage, seconds(), result);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    journal.interrupt(stage, seconds());
    throw new Interrupted(`${error.message}; go on with: ${command}`);
  }
}

/** Stages load their libraries when they run, so that wrong settings are told at once. */
async function loadStage(stage: StageName): Promise<(input: StageInput) => Promise<unknown>> {
  switch (stage) {
    case 'expert':
      return (await import('./expert.ts')).trainExpert;
    case 'demonstrations':
      return (await import('./demonstrations.ts')).recordDemonstrations;
    case 'clone':
      return (await import('./clone.ts')).trainClone;
    case 'evaluation':
      return (await import('./evaluation.ts')).evaluateAll;
  }
}

/** Whether a stage is noted as finished and what it made is still there. */
function isFinished(stage: StageName, journal: Journal): boolean {
  return (
    journal.finished(stage) !== undefined &&
    (stage === 'evaluation' || existsSync(join(journal.directory, names[stage])))
  );
}

function announce(
  stage: StageName,
  { environment, steps, demonstrations, epochs, episodes }: QuickstartSettings,
): string {
  switch (stage) {
    case 'expert':
      return `1/5 expert: PPO learns ${environment} from reward, ${formatCount(steps)} steps`;
    case 'demonstrations':
      return `2/5 demonstrations: the expert shows ${demonstrations} episodes, written as D4RL HDF5`;
    case 'clone':
      return `3/5 clone: behavioural cloning learns from them alone, at most ${epochs} epochs`;
    case 'evaluation':
      return `4/5 evaluation: random, expert and clone, ${episodes} episodes each`;
  }
}

function tellResults(summary: QuickstartSummary, directory: string, context: CommandContext): void {
  const { environment, cloneToExpert, seconds, seeds } = summary;
  const rows = (['random', 'expert', 'clone'] as const).map((name) => {
    const { mean, std, episodes } = summary[name];
    return [name, mean, std, episodes];
  });
  const share = Number.isFinite(cloneToExpert) ? `${formatFigure(100 * cloneToExpert)} % of` : 'beside';
  context.print(`\n${environment}, seed ${seeds.expert}, ${formatDuration(seconds)}`);
  context.print(formatTable(['policy', 'return', 'std', 'episodes'], rows));
  context.print(`The clone reached ${share} the expert's return.`);
  context.print(`\nLook at   ${join(directory, names.report)}`);
  context.print(`Expert    ${join(directory, names.expert)}`);
  context.print(`Clone     ${join(directory, names.clone)}`);
  context.print(`Data      ${join(directory, names.demonstrations)}`);
  context.print(`Figures   ${join(directory, names.summary)}`);
  context.print('\nTry next');
  context.print(`  ${commandName()} eval ${join(directory, names.clone)} --episodes 50`);
  context.print(`  ${commandName()} dataset inspect ${join(directory, names.demonstrations)}`);
  context.print(`  ${commandName()} train ppo --env Hopper-v5 --steps 300000 --out runs/hopper`);
}

/** The command line that makes the same results: options at their defaults are left out. */
function commandLine(directory: string, settings: QuickstartSettings): string {
  const options = (Object.keys(settings) as (keyof QuickstartSettings)[])
    .filter((key) => settings[key] !== defaultSettings[key])
    .map((key) => `--${key === 'environment' ? 'env' : key} ${settings[key]}`);
  const place = directory === 'runs/quickstart' ? [] : [`--out ${directory}`];
  return [commandName(), 'quickstart', ...place, ...options].join(' ');
}
