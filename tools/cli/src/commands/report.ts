import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';

/** `understudy report`. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report <directory>')
    .description('write one HTML page about a run directory, or about a quickstart with all its runs')
    .option('--out <file>', 'the page to write; report.html in the directory by default')
    .option('--json', 'print the paths as one JSON object')
    .action(async (directory: string, flags: { out?: string; json?: boolean }) => {
      const { collectReportInput, writeReport } = await import('@understudy/report');
      const written = writeReport(collectReportInput(directory), { file: flags.out ?? join(directory, 'report.html') });
      if (flags.json) return context.print(JSON.stringify(written));
      context.print(`${written.html}, with ${written.svgs.length} figures as SVG files beside it`);
    });
}
