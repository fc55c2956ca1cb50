import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { writeRunReport } from '../run-report.ts';
import { wholeNumber } from '../values.ts';

interface ReportFlags {
  out?: string;
  episodes: number;
  seed: number;
  json?: boolean;
}

/** `understudy report`. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report <directory>')
    .description('write one HTML page about a run directory, or about a quickstart with all its runs')
    .option('--out <file>', 'the page to write; report.html in the directory by default')
    .option(
      '--episodes <n>',
      "episodes of a run's policy to show returns of; 0 for none",
      wholeNumber('--episodes', 0),
      10,
    )
    .option('--seed <n>', 'seed of these episodes and of the one in the pictures', wholeNumber('--seed', 0), 2000)
    .option('--json', 'print the paths as one JSON object')
    .action((directory: string, flags: ReportFlags) => report(directory, flags, context));
}

async function report(directory: string, flags: ReportFlags, context: CommandContext): Promise<void> {
  const { out: file = join(directory, 'report.html'), episodes, seed } = flags;
  const written = await writeRunReport(directory, { file, episodes, seed }, context);
  if (flags.json) return context.print(JSON.stringify(written));
  context.print(`${written.html}, with ${written.svgs.length} figures as SVG files beside it`);
}
