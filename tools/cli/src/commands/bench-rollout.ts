import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchHooks, InferenceFigure, StartedServer } from '@understudy/bench';
import type { Command } from 'commander';
import { openCollection } from '../collection/open-collection.ts';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure, formatTable } from '../format.ts';
import { wholeNumber } from '../values.ts';

/** The command's file. */
const bin = fileURLToPath(new URL('../../bin/understudy.js', import.meta.url));

type WithProgress = <Result>(
  context: CommandContext,
  label: string,
  unit: string,
  run: (hooks: BenchHooks) => Promise<Result>,
) => Promise<Result>;

/** `understudy bench workers|inference`: what collecting by other processes costs, and what joining requests gains. */
export function addRolloutBenchCommands(bench: Command, context: CommandContext, withProgress: WithProgress): void {
  bench
    .command('workers')
    .description('PPO collected by worker processes beside PPO in one process, at equal work')
    .requiredOption('--env <id>', 'environment to train on')
    .option('--workers <n>', 'worker processes, and environments', wholeNumber('--workers', 1), 2)
    .option('--rollouts <n>', 'rollouts of 2048 steps in a round', wholeNumber('--rollouts', 1), 12)
    .option('--rounds <n>', 'rounds of each', wholeNumber('--rounds', 1), 5)
    .option('--inference', "the workers ask the training's inference server")
    .option('--json', 'print one JSON object')
    .action((flags: WorkersFlags) => timeWorkers(flags, context, withProgress));
  bench
    .command('inference')
    .description('an inference server with a 256x256 policy, asked by many clients at a time and by one')
    .option('--clients <n>', 'clients', wholeNumber('--clients', 1), 8)
    .option('--envs <n>', 'environments of each client', wholeNumber('--envs', 1), 32)
    .option('--rounds <n>', 'rounds of each way to ask', wholeNumber('--rounds', 1), 5)
    .option('--json', 'print one JSON object')
    .action((flags: InferenceFlags) => timeInference(flags, context, withProgress));
}

interface WorkersFlags {
  env: string;
  workers: number;
  rollouts: number;
  rounds: number;
  inference?: true;
  json?: boolean;
}

interface InferenceFlags {
  clients: number;
  envs: number;
  rounds: number;
  json?: boolean;
}

async function timeWorkers(
  { json, inference, ...options }: WorkersFlags,
  context: CommandContext,
  withProgress: WithProgress,
): Promise<void> {
  const { benchWorkers } = await import('@understudy/bench');
  const result = await withProgress(context, 'workers', 'rounds', (hooks) => {
    const collection = { say: () => {}, signal: hooks.signal ?? new AbortController().signal };
    const flags = { workers: options.workers, patience: 60, withoutWorkers: 'fail', keyName: 'server' } as const;
    return benchWorkers({ ...options, openShards: openCollection({ ...flags, inference }, collection) }, hooks);
  });
  if (json) return context.print(JSON.stringify(result));
  const { env, workers, transitions, milliseconds, inProcess, ratio, processorRatio } = result;
  context.print(
    `${env}: ${formatFigure(milliseconds)} ms a rollout of ${formatCount(transitions)} steps and its update with ` +
      `${workers} workers, ${formatFigure(inProcess)} ms in one process, ratio ${formatFigure(ratio)} ` +
      `(${formatFigure(processorRatio)} in processor time)`,
  );
}

async function timeInference(
  { json, ...options }: InferenceFlags,
  context: CommandContext,
  withProgress: WithProgress,
): Promise<void> {
  const { benchInference } = await import('@understudy/bench');
  const directory = mkdtempSync(join(tmpdir(), 'understudy-'));
  let servers = 0;
  const startServer = (joins: boolean) => {
    const local = process.platform === 'win32' ? 'tcp://127.0.0.1:*' : `ipc://${join(directory, String(servers++))}`;
    return startInferenceServer(local, joins ? [] : ['--max-batch', String(options.envs), '--max-wait', '0']);
  };
  try {
    const result = await withProgress(context, 'infer', 'rounds', (hooks) =>
      benchInference({ ...options, startServer }, hooks),
    );
    if (json) return context.print(JSON.stringify(result));
    const { clients, envs, joined, apart, oneClient, oneAtATime } = result;
    const row = (name: string, { rowsPerSecond, p50, p99 }: InferenceFigure, over: number | undefined) => [
      name,
      formatCount(rowsPerSecond),
      formatFigure(p50),
      formatFigure(p99),
      over === undefined ? '' : formatFigure(over),
    ];
    const rows = [
      row(`${clients} clients of ${envs}, joined`, joined, undefined),
      row('the same, each request apart', apart, result.overApart),
      row(`one client of ${envs}`, oneClient, result.overOneClient),
      row('one observation at a time', oneAtATime, result.overOneAtATime),
    ];
    context.print(formatTable(['way', 'rows/s', 'p50 ms', 'p99 ms', 'joined is'], rows));
    context.print(`${formatFigure(result.meanBatch)} rows a batch on average, ${result.largestBatch} at most`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Starts `understudy infer` as its users do. */
async function startInferenceServer(address: string, options: readonly string[]): Promise<StartedServer> {
  const child = spawn(process.execPath, [bin, 'infer', '--bind', address, '--json', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The inference server ended before it said anything.');
    return JSON.parse(value);
  };
  const started: { address: string } = await next();
  let stopped: ReturnType<StartedServer['stop']> | undefined;
  const stop = async () => {
    child.kill('SIGTERM');
    const figures: Awaited<ReturnType<StartedServer['stop']>> = await next();
    if (child.exitCode === null) await once(child, 'exit');
    return figures;
  };
  return {
    address: started.address,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
