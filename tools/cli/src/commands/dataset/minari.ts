import { InputError } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { formatCount, formatTable } from '../../format.ts';
import { wholeNumber } from '../../values.ts';

interface JsonFlag {
  json?: boolean;
}

/** `understudy dataset minari`: what Minari's own command does with local datasets. */
export function addMinariCommands(dataset: Command, context: CommandContext): void {
  const minari = dataset
    .command('minari')
    .description('list, show, combine, split and delete local Minari datasets ($MINARI_DATASETS_PATH or ~/.minari)');
  minari
    .command('list')
    .description('list the datasets')
    .option('--json', 'print one JSON array')
    .action((flags: JsonFlag) => listDatasets(flags, context));
  minari
    .command('show <id>')
    .description('print what a dataset says of itself')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: JsonFlag) => showDataset(id, flags, context));
  minari
    .command('delete <id>')
    .description('remove a dataset')
    .requiredOption('--yes', 'there is no way back')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: JsonFlag) => removeDataset(id, flags, context));
  minari
    .command('combine <new-id> <ids...>')
    .description('write the episodes of several datasets of one environment as a new one')
    .option('--json', 'print one JSON object')
    .action((newId: string, ids: string[], flags: JsonFlag) => combineDatasets(newId, ids, flags, context));
  minari
    .command('split <id> <parts...>')
    .description('write random episodes of a dataset as new ones, each given as NEW-ID=EPISODES')
    .option('--seed <n>', 'seed of the draw', wholeNumber('--seed', 0), 0)
    .option('--json', 'print one JSON object')
    .action((id: string, parts: string[], flags: JsonFlag & { seed: number }) =>
      splitDataset(id, parts, flags, context),
    );
}

async function listDatasets({ json }: JsonFlag, context: CommandContext): Promise<void> {
  const { listMinari, minariRoot } = await import('@understudy/minari');
  const found = await listMinari();
  if (json) {
    const items = found.map((item) => ('problem' in item ? item : { id: item.id, ...summary(item.metadata) }));
    return context.print(JSON.stringify(items));
  }
  if (found.length === 0) return context.print(`There are no datasets in ${minariRoot()}.`);
  const rows = found.map((item) => {
    if ('problem' in item) return [item.id, '', '', item.problem];
    const { totalEpisodes, totalSteps } = item.metadata;
    return [item.id, formatCount(totalEpisodes), formatCount(totalSteps), environmentOf(item.metadata) ?? ''];
  });
  context.print(formatTable(['dataset', 'episodes', 'steps', 'environment'], rows));
}

async function showDataset(id: string, { json }: JsonFlag, context: CommandContext): Promise<void> {
  const { formatSpace, loadMinari } = await import('@understudy/minari');
  const file = await loadMinari(id);
  const { metadata, directory } = file;
  const columns = file.columns(0).map(({ name, dtype, shape }) => ({ name, dtype, shape: shape.slice(1) }));
  file.close();
  if (json) {
    const { observationSpace, actionSpace, other } = metadata;
    return context.print(
      JSON.stringify({ id, directory, ...summary(metadata), observationSpace, actionSpace, columns, ...other }),
    );
  }
  const { totalEpisodes, totalSteps, minariVersion, observationSpace, actionSpace, other } = metadata;
  context.print(`${id}: ${formatCount(totalEpisodes)} episodes, ${formatCount(totalSteps)} steps, in ${directory}`);
  const facts = [
    ['environment', environmentOf(metadata) ?? 'not named'],
    ['observations', formatSpace(observationSpace)],
    ['actions', formatSpace(actionSpace)],
    ['Minari', minariVersion],
    ...Object.entries(other).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  ];
  context.print(
    formatTable(
      ['', ''],
      facts.map(([name, value]) => [name, shorten(value)]),
    ),
  );
  const rows = columns.map(({ name, dtype, shape }) => [name, dtype, `[${shape.join(', ')}]`]);
  context.print(formatTable(['column', 'type', 'shape of a step'], rows));
}

async function removeDataset(id: string, { json }: JsonFlag, context: CommandContext): Promise<void> {
  const { deleteMinari } = await import('@understudy/minari');
  deleteMinari(id);
  context.print(json ? JSON.stringify({ id, deleted: true }) : `${id} is deleted.`);
}

async function combineDatasets(
  newId: string,
  ids: readonly string[],
  { json }: JsonFlag,
  context: CommandContext,
): Promise<void> {
  const { copyEpisodes, createMinari, describeCombination, loadMinari } = await import('@understudy/minari');
  const files: Awaited<ReturnType<typeof loadMinari>>[] = [];
  try {
    for (const id of ids) files.push(await loadMinari(id));
    const writer = createMinari(describeCombination(newId, files));
    try {
      copyEpisodes(
        files.map((file) => ({ file })),
        writer,
      );
      writer.close();
    } catch (error) {
      writer.discard();
      throw error;
    }
    const { episodes } = writer;
    if (json) context.print(JSON.stringify({ id: newId, episodes, combined: ids }));
    else context.print(`${newId}: ${formatCount(episodes)} episodes of ${ids.join(', ')}`);
  } finally {
    for (const file of files) file.close();
  }
}

async function splitDataset(
  id: string,
  parts: readonly string[],
  { seed, json }: JsonFlag & { seed: number },
  context: CommandContext,
): Promise<void> {
  const { copyEpisodes, createMinari, loadMinari, splitEpisodes } = await import('@understudy/minari');
  const targets = parts.map(parsePart);
  const file = await loadMinari(id);
  try {
    const sizes = targets.map(({ episodes }) => episodes);
    const drawn = splitEpisodes(file.metadata.totalEpisodes, sizes, seed);
    for (const [i, target] of targets.entries()) {
      const writer = createMinari({ ...file.metadata, id: target.id });
      try {
        copyEpisodes([{ file, episodes: drawn[i] }], writer);
        writer.close();
      } catch (error) {
        writer.discard();
        throw error;
      }
      if (!json) context.print(`${target.id}: ${formatCount(target.episodes)} episodes of ${id}`);
    }
    if (json) context.print(JSON.stringify({ id, seed, parts: targets }));
  } finally {
    file.close();
  }
}

function parsePart(part: string): { id: string; episodes: number } {
  const match = /^(.+)=(\d+)$/.exec(part);
  if (match === null) throw new InputError(`"${part}" is no part, so give it as NEW-ID=EPISODES.`);
  return { id: match[1], episodes: Number(match[2]) };
}

interface Described {
  readonly totalEpisodes: number;
  readonly totalSteps: number;
  readonly minariVersion: string;
  readonly envSpec?: string;
}

function summary(metadata: Described): object {
  const { totalEpisodes, totalSteps, minariVersion } = metadata;
  return { totalEpisodes, totalSteps, minariVersion, environment: environmentOf(metadata) };
}

function environmentOf({ envSpec }: Described): string | undefined {
  return envSpec === undefined ? undefined : /"id": ?"([^"]+)"/.exec(envSpec)?.[1];
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
