import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { defaultSettings, type QuickstartFlags, runQuickstart } from '../quickstart/quickstart.ts';
import { wholeNumber } from '../values.ts';

/** `understudy quickstart`. */
export function addQuickstartCommand(program: Command, context: CommandContext): void {
  const { environment, seed, steps, demonstrations, epochs, episodes } = defaultSettings;
  program
    .command('quickstart')
    .description('the main job: train an expert, record demonstrations, clone them, evaluate, write a report')
    .option('--out <directory>', 'where everything goes', 'runs/quickstart')
    .option('--env <id>', 'environment', environment)
    .option('--steps <n>', 'environment steps that the expert trains', wholeNumber('--steps', 1), steps)
    .option('--seed <n>', 'seed of everything random', wholeNumber('--seed', 0), seed)
    .option('--demonstrations <n>', 'episodes to record', wholeNumber('--demonstrations', 1), demonstrations)
    .option('--epochs <n>', 'passes of the clone over them, at most', wholeNumber('--epochs', 1), epochs)
    .option('--episodes <n>', 'episodes that each policy is evaluated on', wholeNumber('--episodes', 1), episodes)
    .option('--fresh', 'start over instead of going on with what --out holds')
    .option('--json', 'print the summary as one JSON object')
    .addHelpText('after', '\nCalled again after an interruption, it goes on where it was.')
    .action((flags: QuickstartFlags) => runQuickstart(flags, context));
}
