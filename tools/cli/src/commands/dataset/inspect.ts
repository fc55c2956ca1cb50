import { basename, extname } from 'node:path';
import type { D4rlEntry, D4rlFix, D4rlInspection } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { formatCount, formatFigure, formatTable } from '../../format.ts';
import { wholeNumber } from '../../values.ts';
import { checkEnvironment, checkFormat, type DataSizes, differences, fits } from './check-dataset.ts';
import { collectNames } from './collect-names.ts';
import { type MazeTask, mazeTaskOf } from './maze-plan.ts';
import { normalizedScore, publishedEntry, type ScoreReference, scoreReferenceOf } from './score-reference.ts';

interface InspectFlags {
  html?: string;
  json?: boolean;
  env?: string;
  maxEpisodeSteps?: number;
  fix?: string[];
}

/** `understudy dataset inspect`. */
export function addInspectCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('inspect <file>')
    .description('print what a D4RL HDF5 file holds, and what looks wrong: columns, episodes, returns, ranges')
    .option('--html <file>', 'write a page of it to look at, name.html')
    .option('--json', 'print one JSON object')
    .option('--env <id>', "the data's environment, where neither the file nor its name tells it")
    .option(
      '--max-episode-steps <n>',
      'where the file stores no timeouts, episodes end after so many steps',
      wholeNumber('--max-episode-steps', 1),
    )
    .option(
      '--fix <name>',
      "look at the rows as a fix of D4RL's known faults gives them; may be repeated",
      collectNames,
    )
    .action((file: string, flags: InspectFlags) => inspectDataset(file, flags, context));
}

async function inspectDataset(file: string, flags: InspectFlags, context: CommandContext): Promise<void> {
  if (flags.html !== undefined && extname(flags.html) !== '.html') {
    throw new InputError(`--html takes a file whose name ends in .html, but was "${flags.html}".`);
  }
  const { inspectD4rl } = await import('@understudy/d4rl');
  const fixes = flags.fix as D4rlFix[] | undefined;
  const { entry, transitions, observationSize, timeoutsStored, environment } = await readFacts(file, flags, context);
  const maze = environment === undefined ? undefined : await mazeTaskOf(environment);
  const placed = maze && Math.max(...maze.positionAt) < observationSize ? maze : undefined;
  const progress = context.startProgress({ label: 'inspect', total: transitions, unit: 'transitions' });
  const inspection = await inspectD4rl(file, {
    maxEpisodeSteps: flags.maxEpisodeSteps ?? (timeoutsStored ? undefined : entry?.maxEpisodeSteps),
    fixes,
    positionAt: placed?.positionAt,
    target: placed?.sparse ? placed.plan.target : undefined,
    onProgress: (rows) => progress.update(rows),
  });
  progress.stop();
  const known = environment === undefined ? undefined : await scoreReferenceOf(environment);
  const reference = entry?.reference ?? known;
  const score = reference && scoresOf(inspection, reference);
  const told = { environment, score, inspection };
  if (flags.html !== undefined) await writePage(file, flags.html, placed, told);
  if (flags.json) context.print(JSON.stringify(figuresOf(told)));
  else for (const line of describe(file, told)) context.print(line);
  if (flags.html !== undefined && !flags.json) context.print(`page: ${flags.html}`);
}

interface Told {
  readonly environment: string | undefined;
  readonly score: { mean: number; min: number; max: number } | undefined;
  readonly inspection: D4rlInspection;
}

/** What has to be known of a file before it is read through. */
async function readFacts(file: string, { env, fix }: InspectFlags, context: CommandContext) {
  const { openD4rl } = await import('@understudy/d4rl');
  await checkFormat(file);
  const opened = await openD4rl(file, { fixes: fix as D4rlFix[] | undefined });
  try {
    const { transitions, observationSize, columns } = opened;
    const named = await publishedEntry(file);
    const entry = named && fits(opened, named) ? named : undefined;
    if (named && !entry) {
      context.note(`${file} is no ${named.name} of D4RL, as its name says: ${differences(opened, named)}.`);
    }
    const environment = await environmentOf(file, opened, entry, env);
    return { entry, transitions, observationSize, timeoutsStored: columns.has('timeouts'), environment };
  } finally {
    opened.close();
  }
}

/** What the flag says, or the file's metadata, or D4RL of a file of that name. */
async function environmentOf(
  file: string,
  opened: DataSizes & { readMetadata(): Promise<Readonly<Record<string, unknown>>> },
  entry: D4rlEntry | undefined,
  flag: string | undefined,
): Promise<string | undefined> {
  const { environmentIds } = await import('@understudy/envs');
  if (flag !== undefined) {
    await checkEnvironment(file, opened, flag);
    return flag;
  }
  const { environment } = await opened.readMetadata();
  return typeof environment === 'string' && environmentIds().includes(environment) ? environment : entry?.environment;
}

function scoresOf({ episodes }: D4rlInspection, reference: ScoreReference) {
  const { mean, min, max } = episodes.returns;
  return {
    mean: normalizedScore(mean, reference),
    min: normalizedScore(min, reference),
    max: normalizedScore(max, reference),
  };
}

async function writePage(file: string, html: string, maze: MazeTask | undefined, { inspection, ...told }: Told) {
  const { writeDatasetPage } = await import('@understudy/report');
  writeDatasetPage({ name: basename(file), inspection, maze: maze?.plan, ...told }, html);
}

/** What `--json` prints. */
function figuresOf({ environment, score, inspection }: Told) {
  const { episodes, metadata, timeouts, ...rest } = inspection;
  return {
    ...rest,
    environment: environment ?? null,
    episodes: episodes.count,
    completeEpisodes: episodes.complete,
    timeouts,
    timeoutsStored: timeouts !== null,
    returns: episodes.returns,
    lengths: episodes.lengths,
    score: score ?? null,
    metadata: Object.keys(metadata),
  };
}

function describe(file: string, { environment, score, inspection }: Told): string[] {
  const { bytes, transitions, episodes, metadata, columns, findings } = inspection;
  const { returns, lengths } = episodes;
  const of = environment === undefined ? '' : ` of ${environment}`;
  const facts = Object.entries(metadata).map(([name, v]) => (typeof v === 'object' ? name : `${name} ${v}`));
  const spread = `${formatFigure(returns.min)} to ${formatFigure(returns.max)}`;
  const lines = [
    `${file}: ${formatCount(transitions)} transitions${of}, ${formatCount(episodes.count)} episodes, ${formatSize(bytes)}`,
    `returns ${formatFigure(returns.mean)} (std ${formatFigure(returns.std)}, ${spread}); ` +
      `lengths ${formatFigure(lengths.mean)} (${formatFigure(lengths.min)} to ${formatFigure(lengths.max)})`,
  ];
  if (score) {
    const range = `${formatFigure(score.min)} to ${formatFigure(score.max)}`;
    lines.push(`normalised score ${formatFigure(score.mean)} (${range})`);
  }
  if (facts.length > 0) lines.push(`metadata: ${facts.join(', ')}`);
  const stored = columns.map(({ name, dtype, shape, filters }) => [
    name,
    dtype,
    `[${shape.join(', ')}]`,
    filters.join(' ') || 'none',
  ]);
  lines.push(formatTable(['column', 'type', 'shape', 'compression'], stored), '', rangesTable(inspection), '');
  if (findings.length === 0) lines.push('nothing looks wrong');
  for (const { text, firstRow } of findings) {
    lines.push(`look at this: ${text}${firstRow === undefined ? '' : ` The first is row ${formatCount(firstRow)}.`}`);
  }
  return lines;
}

/** Dimensions printed of a column; the page and `--json` have more. */
const printedDimensions = 32;

function rangesTable({ columns }: D4rlInspection): string {
  const rows = columns
    .filter(({ name }) => ['observations', 'actions', 'rewards'].includes(name))
    .flatMap(({ name, dimensions }) =>
      dimensions.slice(0, printedDimensions).map((dimension, d) => {
        const label = dimensions.length === 1 ? name : `${name} ${d}`;
        if (!dimension) return [label, 'no finite number', '', '', ''];
        const { min, mean, std, max } = dimension;
        return [label, ...[min, mean, std, max].map(formatFigure)];
      }),
    );
  return formatTable(['dimension', 'min', 'mean', 'std', 'max'], rows);
}

function formatSize(bytes: number): string {
  return bytes >= 1e6 ? `${formatFigure(bytes / 1e6)} MB` : `${formatFigure(bytes / 1e3)} kB`;
}
