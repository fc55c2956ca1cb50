import type { BenchHooks } from '@understudy/bench';
import { InputError } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatDuration, formatFigure, formatTable } from '../format.ts';
import { wholeNumber } from '../values.ts';

interface BenchDatasetFlags {
  transitions: number;
  large: number;
  formats?: string;
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
      'transitions of a file to inspect, index, sample and convert, each in a process of its own whose peak memory is told; 2,000,000 make 1 GB',
      wholeNumber('--large', 0),
      0,
    )
    .option('--formats <list>', 'formats it is converted to and back from, as in csv,npz; all by default')
    .option('--peers <python>', 'also do the same in turn with this interpreter (h5py)')
    .option('--json', 'print a JSON array')
    .action(async ({ json, formats: named, ...flags }: BenchDatasetFlags) => {
      if (named !== undefined && flags.large === 0) {
        throw new InputError('--formats is about the large file, so add --large 2000000, or leave it out.');
      }
      const [{ benchDataset }, { parseFormat }] = await Promise.all([
        import('@understudy/bench'),
        import('@understudy/convert'),
      ]);
      const options = { ...flags, formats: named?.split(',').map(parseFormat) };
      const results = await withProgress(context, 'dataset', 'cases', (hooks) => benchDataset(options, hooks));
      if (json) return context.print(JSON.stringify(results));
      const beside = flags.peers !== undefined;
      const figure = (value: number | undefined) => (value === undefined ? '' : formatFigure(value));
      const rows = results.map((result) => [
        result.case,
        figure(result.ours),
        ...(beside ? [figure(result.peer), figure(result.ratio)] : []),
        result.unit,
        ...(flags.large > 0 ? [result.seconds === undefined ? '' : formatDuration(result.seconds)] : []),
      ]);
      const header = [
        'case',
        'ours',
        ...(beside ? ['peer', 'ratio'] : []),
        'unit',
        ...(flags.large > 0 ? ['took'] : []),
      ];
      context.print(formatTable(header, rows));
      for (const line of new Set(results.flatMap(({ peerName = [], machine }) => [peerName, machine].flat()))) {
        context.print(line);
      }
    });
}
