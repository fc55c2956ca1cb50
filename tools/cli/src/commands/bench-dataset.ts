import type { BenchHooks } from '@understudy/bench';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatFigure, formatTable } from '../format.ts';
import { wholeNumber } from '../values.ts';

interface BenchDatasetFlags {
  transitions: number;
  large: number;
  peers?: string;
  json?: boolean;
}

/** Runs a benchmark with a bar and with Ctrl-C. */
type WithProgress = <Result>(
  context: CommandContext,
  label: string,
  unit: string,
  run: (hooks: BenchHooks) => Promise<Result>,
) => Promise<Result>;

/** `understudy bench dataset`. */
export function addBenchDatasetCommand(bench: Command, context: CommandContext, withProgress: WithProgress): void {
  bench
    .command('dataset')
    .description('reading, sampling and indexing of D4RL files, and the memory that a large one takes')
    .option('--transitions <n>', 'of the file that is read and sampled', wholeNumber('--transitions', 2000), 200_000)
    .option(
      '--large <n>',
      'transitions of a file to inspect, sample and convert; 2,000,000 make 1 GB',
      wholeNumber('--large', 0),
      0,
    )
    .option('--peers <python>', 'also do the same in turn with this interpreter (h5py)')
    .option('--json', 'print a JSON array')
    .action(async ({ json, ...options }: BenchDatasetFlags) => {
      const { benchDataset } = await import('@understudy/bench');
      const results = await withProgress(context, 'dataset', 'cases', (hooks) => benchDataset(options, hooks));
      if (json) return context.print(JSON.stringify(results));
      const beside = options.peers !== undefined;
      const figure = (value: number | undefined) => (value === undefined ? '' : formatFigure(value));
      const rows = results.map((result) => [
        result.case,
        figure(result.ours),
        ...(beside ? [figure(result.peer), figure(result.ratio)] : []),
        result.unit,
      ]);
      context.print(formatTable(['case', 'ours', ...(beside ? ['peer', 'ratio'] : []), 'unit'], rows));
      for (const line of new Set(results.flatMap(({ peerName = [], machine }) => [peerName, machine].flat()))) {
        context.print(line);
      }
    });
}
