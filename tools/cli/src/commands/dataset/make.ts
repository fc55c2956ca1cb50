import { extname } from 'node:path';
import { InputError, nearestNames } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { Interrupted } from '../../error-policy.ts';
import { formatCount, formatFigure, formatTable } from '../../format.ts';
import { checkHdf5Name, prepareOutputFile } from '../../output-file.ts';
import { collectSettings, type Setting, settingsObject, wholeNumber } from '../../values.ts';
import { datasetRecipes } from './recipes/index.ts';
import type { DatasetRecipe, MadeDataset } from './recipes/recipe.ts';
import { mergeSettings } from './recipes/settings.ts';

interface MakeFlags {
  out?: string;
  seed: number;
  transitions?: number;
  set?: Setting[];
  work?: string;
  json?: boolean;
}

/** `understudy dataset make`. */
export function addMakeCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('make [name]')
    .description("make a paper's dataset; without a name, list those there are")
    .option('--seed <n>', 'seed of everything random', wholeNumber('--seed', 0), 0)
    .option('--out <file>', 'the file to write, name.hdf5; states alone are name.safetensors')
    .option('--transitions <n>', "rows of the file; the recipe's by default", wholeNumber('--transitions', 1))
    .option('--set <key=value>', 'change a setting of the recipe; may be repeated', collectSettings('--set'))
    .option('--work <directory>', 'where trainings and unfinished pieces are kept; beside the file by default')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nStopped or killed, the same command goes on where it was, and ends with the same bytes.')
    .action(async (name: string | undefined, flags: MakeFlags) => {
      if (name === undefined) listRecipes(flags, context);
      else await makeNamed(name, flags, context);
    });
}

async function makeNamed(name: string, flags: MakeFlags, context: CommandContext): Promise<void> {
  const recipe = datasetRecipes.get(name) ?? unknownName(name);
  const settings = mergeSettings(name, recipe.settings, settingsObject(flags.set ?? []));
  const file = flags.out ?? `${name}${recipe.extension ?? '.hdf5'}`;
  checkOutput(file, recipe);
  prepareOutputFile(file);
  const { makingDirectory } = await import('@understudy/generate');
  const directory = flags.work ?? makingDirectory(file);
  const { seed, transitions } = flags;
  const request = { file, directory, seed, transitions, settings, signal: context.interruption() };
  const made = await recipe.make(request, context);
  if (!made) throw new Interrupted('Stopped; the same command goes on from here.');
  if (flags.json) context.print(JSON.stringify({ file, name, seed, settings, ...made }));
  else for (const line of describe(file, recipe, made)) context.print(line);
}

/** A making may take hours, and its end is late to find that its file cannot be there. */
function checkOutput(file: string, { extension = '.hdf5' }: DatasetRecipe): void {
  if (extension === '.hdf5') checkHdf5Name('--out', file);
  else if (extname(file).toLowerCase() !== extension) {
    throw new InputError(`--out takes a file whose name ends in ${extension}, but was "${file}".`);
  }
}

function describe(file: string, { name }: DatasetRecipe, { transitions, returns, notes = [] }: MadeDataset): string[] {
  const lines = [`${file}: ${formatCount(transitions)} transitions of ${name}`];
  if (returns) {
    const { episodes, mean, std, min, max, meanLength, values } = returns;
    lines.push(
      `${formatCount(episodes)} whole episodes of ${formatFigure(meanLength)} steps, return ${formatFigure(mean)} ` +
        `(std ${formatFigure(std)}, ${formatFigure(min)} to ${formatFigure(max)})`,
    );
    if (values && values.length > 1) {
      const rows = values.map(({ value, episodes: count }) => [
        value,
        count,
        `${((100 * count) / episodes).toFixed(1)} %`,
      ]);
      lines.push(formatTable(['return', 'episodes', 'share'], rows));
    }
  }
  return [...lines, ...notes];
}

function listRecipes(flags: MakeFlags, context: CommandContext): void {
  const recipes = [...datasetRecipes.values()];
  if (flags.json) {
    const listed = recipes.map(({ name, summary, transitions, settings }) => ({
      name,
      summary,
      transitions,
      settings,
    }));
    context.print(JSON.stringify(listed));
    return;
  }
  const rows = recipes.map(({ name, summary, transitions, settings }) => [
    name,
    transitions === undefined ? '' : formatCount(transitions),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    summary,
  ]);
  context.print(formatTable(['name', 'transitions', 'settings', 'what it is'], rows));
}

function unknownName(name: string): never {
  const near = nearestNames(name, datasetRecipes.keys());
  const meant = near.length > 0 ? `near are ${near.join(', ')}, and ` : '';
  throw new InputError(`There is no recipe "${name}": ${meant}\`understudy dataset make\` lists all.`);
}
