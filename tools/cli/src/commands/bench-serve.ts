import type { BenchHooks } from '@understudy/bench';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure } from '../format.ts';
import { wholeNumber } from '../values.ts';

interface BenchServeFlags {
  envs: number;
  clients: number;
  stepsPerMessage: number;
  awaited?: boolean;
  workers: number;
  threads: number;
  peers?: string;
  json?: boolean;
}

interface BenchSoakFlags {
  steps: number;
  envs: number;
  sessions: number;
  workers: number;
  json?: boolean;
}

/** Runs a benchmark with a bar and with Ctrl-C. */
type WithProgress = <Result>(
  context: CommandContext,
  label: string,
  unit: string,
  run: (hooks: BenchHooks) => Promise<Result>,
) => Promise<Result>;

/** `understudy bench serve|soak`: environments on a server, over loopback TCP. */
export function addBenchServeCommands(bench: Command, context: CommandContext, withProgress: WithProgress): void {
  bench
    .command('serve <id>')
    .description('environment steps a second on a server in another process, beside the same in this one')
    .option('--envs <n>', 'environments of each client', wholeNumber('--envs', 1), 16)
    .option('--clients <n>', 'clients that step at the same time', wholeNumber('--clients', 1), 1)
    .option(
      '--steps-per-message <n>',
      'steps that one message asks for, with actions that are known before',
      wholeNumber('--steps-per-message', 1),
      1,
    )
    .option('--awaited', 'one client awaits its steps, as a program with an event loop does; more always do')
    .option('--workers <n>', "the server's threads for clients", wholeNumber('--workers', 0), 0)
    .option('--threads <n>', "the server's threads for each client's environments", wholeNumber('--threads', 0), 0)
    .option('--peers <python>', 'also run AsyncVectorEnv in turn with this interpreter (Gymnasium)')
    .option('--json', 'print one JSON object')
    .action(async (id: string, { json, ...options }: BenchServeFlags) => {
      const { benchServe } = await import('@understudy/bench');
      const result = await withProgress(context, 'serve', 'rounds', (hooks) => benchServe({ id, ...options }, hooks));
      if (json) return context.print(JSON.stringify(result));
      const { stepsPerSecond, messagesPerSecond, inProcess, ofInProcess, peer, ratio } = result;
      const beside =
        ratio === undefined ? '' : `; ${formatFigure(ratio)} times AsyncVectorEnv's ${formatCount(peer ?? 0)}`;
      context.print(
        `${id}: ${formatCount(stepsPerSecond)} steps/s by ${formatCount(messagesPerSecond)} messages/s, ` +
          `${formatFigure(100 * ofInProcess)} % of ${formatCount(inProcess)} in process${beside}`,
      );
    });
  bench
    .command('soak <id>')
    .description('memory of a server and its client over many steps and sessions')
    .option('--steps <n>', 'environment steps', wholeNumber('--steps', 1), 10_000_000)
    .option('--envs <n>', 'environments of a session', wholeNumber('--envs', 1), 256)
    .option('--sessions <n>', 'sessions, one after the other', wholeNumber('--sessions', 1), 50)
    .option('--workers <n>', "the server's threads for clients", wholeNumber('--workers', 0), 0)
    .option('--json', 'print one JSON object')
    .action(async (id: string, { json, ...options }: BenchSoakFlags) => {
      const { benchSoak } = await import('@understudy/bench');
      const result = await withProgress(context, 'soak', 'steps', (hooks) => benchSoak({ id, ...options }, hooks));
      if (json) return context.print(JSON.stringify(result));
      const { steps, sessions, seconds, serverGrowth, clientGrowth, left, samples } = result;
      const last = samples[samples.length - 1];
      const megabytes = (bytes: number) => `${formatCount(Math.round(bytes / 2 ** 20))} MiB`;
      context.print(
        `${id}: ${formatCount(steps)} steps, ${sessions} sessions in ${formatFigure(seconds)} s; ` +
          `server ${megabytes(last.server)} (${formatFigure(serverGrowth)} times a fifth of the way), ` +
          `client ${megabytes(last.client)} (${formatFigure(clientGrowth)} times); ` +
          `left: ${left.sessions} sessions, ${left.environments} environments`,
      );
    });
}
