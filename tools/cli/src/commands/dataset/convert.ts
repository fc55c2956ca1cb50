import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { Interrupted } from '../../error-policy.ts';
import { formatCount, formatFigure } from '../../format.ts';

interface ConvertFlags {
  from?: string;
  to?: string;
  id?: string;
  lossy?: boolean;
  json?: boolean;
}

/** `understudy dataset convert`. */
export function addConvertCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('convert <in> <out>')
    .description('convert between D4RL, Minari, Parquet, Arrow, safetensors, NPZ, CSV and JSON Lines')
    .option('--from <format>', 'format of IN; by its content by default')
    .option('--to <format>', 'format of OUT; by its ending by default')
    .option('--id <id>', 'id of a Minari dataset to write; by its place by default')
    .option('--lossy', 'leave out what the format of OUT cannot hold')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nFormats: d4rl (.hdf5), minari (a directory name-v0, or minari:ID), parquet, arrow, safetensors, npz, csv, jsonl.',
    )
    .action((input: string, output: string, flags: ConvertFlags) => convertDataset(input, output, flags, context));
}

async function convertDataset(
  input: string,
  output: string,
  { from, to, id, lossy, json }: ConvertFlags,
  context: CommandContext,
): Promise<void> {
  const { convert, parseFormat } = await import('@understudy/convert');
  const signal = context.interruption();
  let progress: ReturnType<CommandContext['startProgress']> | undefined;
  try {
    const report = await convert(input, output, {
      from: from === undefined ? undefined : parseFormat(from),
      to: to === undefined ? undefined : parseFormat(to),
      id,
      lossy,
      signal,
      onProgress: (rows, total) => {
        progress ??= context.startProgress({ label: 'convert', total, unit: 'rows' });
        progress.update(rows);
      },
    });
    progress?.stop();
    if (json) return context.print(JSON.stringify(report));
    const size = `${formatFigure(report.bytes / 1e6)} MB`;
    context.print(
      `${report.output}: ${formatCount(report.rows)} rows of ${report.columns.length} columns, ` +
        `${report.from} to ${report.to}, ${size}`,
    );
    for (const loss of report.losses) context.print(`without ${loss}`);
  } catch (error) {
    if (signal.aborted) throw new Interrupted('Stopped; nothing was written.');
    throw error;
  } finally {
    progress?.stop();
  }
}
