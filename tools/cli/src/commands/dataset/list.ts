import { existsSync } from 'node:fs';
import type { D4rlEntry } from '@understudy/d4rl';
import { InputError, nearestNames } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { formatFigure, formatTable } from '../../format.ts';

interface ListFlags {
  dir?: string;
  json?: boolean;
}

/** `understudy dataset list`. */
export function addListCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('list [filter]')
    .description(
      "list D4RL's datasets: sizes, environments, reference returns, known faults; filter by a part of the name",
    )
    .option('--dir <directory>', 'where fetched files are; $D4RL_DATASET_DIR or ~/.d4rl/datasets by default')
    .option('--json', 'print one JSON object')
    .action((filter: string | undefined, flags: ListFlags) => listDatasets(filter, flags, context));
}

async function listDatasets(filter = '', flags: ListFlags, context: CommandContext): Promise<void> {
  const { d4rlCatalogue, d4rlDirectory, d4rlEntry, d4rlPath } = await import('@understudy/d4rl');
  const directory = flags.dir ?? d4rlDirectory();
  const wanted = filter.toLowerCase();
  const entries = [...d4rlCatalogue().values()].filter(({ name }) => name.toLowerCase().includes(wanted));
  if (entries.length === 0) {
    offerWords(filter, [...d4rlCatalogue().keys()]);
    d4rlEntry(filter);
  }
  const isHere = (entry: D4rlEntry) => existsSync(d4rlPath(entry, directory));
  if (flags.json) {
    const datasets = entries.map(({ faults, ...entry }) => ({
      ...entry,
      faults: faults.map(({ what, source, fix = null }) => ({ what, source, fix })),
      here: isHere(entry as D4rlEntry) ? d4rlPath(entry as D4rlEntry, directory) : null,
    }));
    context.print(JSON.stringify({ directory, datasets }));
    return;
  }
  const rows = entries.map((entry) => [
    entry.name,
    entry.observationSize === undefined ? '' : `${entry.observationSize}, ${entry.actionSize}`,
    entry.environment ?? '',
    entry.bytes === undefined ? '' : formatFigure(Math.round(entry.bytes / 1e5) / 10),
    entry.reference === undefined ? '' : `${formatFigure(entry.reference.min)} to ${formatFigure(entry.reference.max)}`,
    isHere(entry) ? 'yes' : '',
  ]);
  context.print(
    formatTable(['name', 'observation, action', 'environment here', 'MB', 'scores 0 to 100 at', 'here'], rows),
  );
  for (const note of notes(entries)) context.print(note);
}

/** @throws InputError with words that are parts of names, where the filter is nearly one: `hopper` for `hoper`. */
function offerWords(filter: string, names: readonly string[]): void {
  const words = new Set(names.flatMap((name) => name.split('-')));
  const near = filter.includes('-') ? [] : nearestNames(filter, words);
  if (near.length === 0) return;
  throw new InputError(`No dataset of D4RL has "${filter}" in its name; did you mean ${near.join(' or ')}?`);
}

/** What is said of several datasets at once, under the table. */
function notes(entries: readonly D4rlEntry[]): string[] {
  const mismatches = new Map(
    entries.flatMap(({ environment, mismatch }) => (mismatch ? [[environment, mismatch]] : [])),
  );
  const faults = new Set(entries.flatMap(({ faults }) => faults));
  return [
    ...[...mismatches].map(([environment, mismatch]) => `${environment}: ${mismatch}.`),
    ...[...faults].map(({ names, what, source, fix }) => {
      const of = entries.filter(({ name }) => names.test(name));
      const which = of.length === 1 ? of[0].name : `${of[0].name} and ${of.length - 1} more`;
      return `${which}: ${what} (${source})${fix ? `; dataset fix --fix ${fix} corrects it` : ''}.`;
    }),
  ];
}

/** Entries by name. @throws InputError when there is no dataset of a name, or no name. */
export async function entriesOf(names: readonly string[]): Promise<D4rlEntry[]> {
  const { d4rlEntry } = await import('@understudy/d4rl');
  if (names.length === 0) throw new InputError('There is no dataset named, so name one; dataset list prints all.');
  return names.map(d4rlEntry);
}
