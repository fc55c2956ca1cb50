import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { Interrupted } from '../error-policy.ts';
import { formatFigure } from '../format.ts';
import { addClientKeyOptions, type ClientKeyFlags, checkKeysAreNeeded } from '../keys/client-keys.ts';
import { openTrainedRun } from '../trained-run.ts';
import { wholeNumber } from '../values.ts';

interface EvalFlags extends ClientKeyFlags {
  episodes: number;
  seed: number;
  env?: string;
  address?: string;
  best?: boolean;
  stochastic?: boolean;
  json?: boolean;
}

/** `understudy eval`. */
export function addEvalCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('eval <run>')
    .description('run a trained policy for whole episodes and print its returns')
    .option('--episodes <n>', 'episodes to run', wholeNumber('--episodes', 1), 10)
    .option('--seed <n>', "seed of the environment's resets and the policy's samples", wholeNumber('--seed', 0), 0)
    .option('--env <id>', 'environment to evaluate in; that of the run by default')
    .option('--address <address>', 'step the environment on a server there, see understudy serve')
    .option('--best', 'take the policy with the best training return instead of the last')
    .option('--stochastic', "sample actions instead of taking the distribution's mode")
    .option('--json', 'print one JSON object')
    .action((run: string, flags: EvalFlags) => evaluateRun(run, flags, context));
  addClientKeyOptions(command, 'the server at --address');
}

async function evaluateRun(run: string, flags: EvalFlags, context: CommandContext): Promise<void> {
  checkKeysAreNeeded(flags);
  const { env: environment, best, address } = flags;
  const { policy, env } = await openTrainedRun(run, { environment, best, address, keys: flags });
  const { evaluatePolicy } = await import('@understudy/training');
  const { episodes, seed } = flags;
  const progress = context.startProgress({ label: 'eval', total: episodes, unit: 'episodes' });
  try {
    const { returns, lengths, mean, std, successRate, stopped } = await evaluatePolicy(policy, env, {
      episodes,
      seed,
      deterministic: !flags.stochastic,
      onEpisode: (episode) => progress.update(episode.finished, { return: episode.return }),
      signal: context.interruption(),
    });
    progress.stop();
    if (stopped) throw new Interrupted(`Stopped after ${returns.length} of ${episodes} episodes; nothing was written.`);
    if (flags.json) {
      const figures = { run, environment: env.id, seed, episodes, mean, std, successRate, returns, lengths };
      return context.print(JSON.stringify(figures));
    }
    const least = formatFigure(Math.min(...returns));
    const most = formatFigure(Math.max(...returns));
    const spread = `std ${formatFigure(std)}, ${least} to ${most}`;
    const success = successRate === undefined ? '' : `, ${formatFigure(100 * successRate)} % successful`;
    context.print(
      `${env.id}: return ${formatFigure(mean)} (${spread}) over ${episodes} episodes, seed ${seed}${success}`,
    );
  } finally {
    env.close();
  }
}
