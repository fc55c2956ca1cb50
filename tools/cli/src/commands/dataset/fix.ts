import type { D4rlFix } from '@understudy/d4rl';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { formatCount } from '../../format.ts';
import { checkHdf5Name, prepareOutputFile } from '../../output-file.ts';
import type { ProgressReporter } from '../../progress.ts';
import { collectNames } from './collect-names.ts';

/** `understudy dataset fix`. */
export function addFixCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('fix <file> <out>')
    .description(
      'write a D4RL file again with a known fault of published files corrected; dataset list tells which have one',
    )
    .requiredOption('--fix <name>', 'maze2d-rewards or antmaze-timeouts; may be repeated', collectNames)
    .option('--json', 'print one JSON object')
    .action(async (file: string, out: string, flags: { fix: string[]; json?: boolean }) => {
      const { copyD4rl } = await import('@understudy/d4rl');
      checkHdf5Name('OUT', out);
      prepareOutputFile(out);
      const fixes = flags.fix as D4rlFix[];
      let bar: ProgressReporter | undefined;
      const onProgress = (rows: number, total: number) => {
        bar ??= context.startProgress({ label: 'fix', total, unit: 'transitions' });
        bar.update(rows);
      };
      const transitions = await copyD4rl(file, out, { fixes, onProgress }).finally(() => bar?.stop());
      if (flags.json) return context.print(JSON.stringify({ file: out, transitions, fixes }));
      context.print(`${out}: ${formatCount(transitions)} transitions with ${fixes.join(', ')}`);
    });
}
