import type { D4rlDataset } from '@understudy/d4rl';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure, formatTable } from '../format.ts';

/** `understudy dataset inspect`. */
export function addDatasetCommands(program: Command, context: CommandContext): void {
  const dataset = program.command('dataset').description('look into recorded data');
  dataset
    .command('inspect <file>')
    .description('print what a D4RL HDF5 file holds: columns, episodes, returns')
    .option('--json', 'print one JSON object')
    .action((file: string, flags: { json?: boolean }) => inspectDataset(file, flags, context));
}

async function inspectDataset(file: string, flags: { json?: boolean }, context: CommandContext): Promise<void> {
  const { openD4rl, readD4rl } = await import('@understudy/d4rl');
  const opened = await openD4rl(file);
  const { bytes, columns: described } = opened;
  const columns = [...described.values()].map(({ name, dtype, shape, filters }) => ({ name, dtype, shape, filters }));
  opened.close();
  const dataset = await readD4rl(file);
  const { transitions, episodes, timeoutsStored, metadata } = dataset;
  const returns = summarize(episodeReturns(dataset));
  const lengths = summarize(episodes.map(({ start, end }) => end - start));
  if (flags.json) {
    return context.print(
      JSON.stringify({
        file,
        bytes,
        transitions,
        episodes: episodes.length,
        completeEpisodes: episodes.filter(({ complete }) => complete).length,
        observationSize: dataset.observationSize,
        actionSize: dataset.actionSize,
        timeoutsStored,
        returns,
        lengths,
        columns,
        metadata: Object.keys(metadata),
      }),
    );
  }
  context.print(`${file}: ${formatCount(transitions)} transitions, ${episodes.length} episodes, ${formatSize(bytes)}`);
  context.print(`returns ${describe(returns)}; lengths ${describe(lengths)}`);
  const facts = Object.entries(metadata).map(([name, v]) => (typeof v === 'object' ? name : `${name} ${v}`));
  if (facts.length > 0) context.print(`metadata: ${facts.join(', ')}`);
  const rows = columns.map(({ name, dtype, shape, filters }) => [
    name,
    dtype,
    `[${shape.join(', ')}]`,
    filters.join(' ') || 'none',
  ]);
  context.print(formatTable(['column', 'type', 'shape', 'compression'], rows));
}

interface Summary {
  mean: number;
  std: number;
  min: number;
  max: number;
}

/** Undiscounted returns of all episodes, the unfinished last one included. */
function episodeReturns({ episodes, rewards }: D4rlDataset): number[] {
  return episodes.map(({ start, end }) => {
    let sum = 0;
    for (let row = start; row < end; row++) sum += rewards[row];
    return sum;
  });
}

function summarize(values: readonly number[]): Summary {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const [min, max] = values.reduce(
    ([least, most], v) => [Math.min(least, v), Math.max(most, v)],
    [Infinity, -Infinity],
  );
  return { mean, std: Math.sqrt(variance), min, max };
}

function describe({ mean, std, min, max }: Summary): string {
  return `${formatFigure(mean)} (std ${formatFigure(std)}, ${formatFigure(min)} to ${formatFigure(max)})`;
}

function formatSize(bytes: number): string {
  return bytes >= 1e6 ? `${formatFigure(bytes / 1e6)} MB` : `${formatFigure(bytes / 1e3)} kB`;
}
