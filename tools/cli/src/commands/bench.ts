import type { BenchHooks, BenchUpdateOptions, TimedAlgorithmName } from '@understudy/bench';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure, formatTable } from '../format.ts';
import type { ProgressReporter } from '../progress.ts';
import { wholeNumber } from '../values.ts';
import { addBenchDatasetCommand } from './bench-dataset.ts';
import { addRolloutBenchCommands } from './bench-rollout.ts';
import { addBenchServeCommands } from './bench-serve.ts';

interface BenchEnvFlags {
  envs: number;
  workers: number;
  engine?: string;
  peers?: string;
  json?: boolean;
}

interface BenchUpdateFlags {
  kernels?: BenchUpdateOptions['kernels'];
  cases?: string;
  peers?: string;
  json?: boolean;
}

interface BenchTrainFlags {
  env: string;
  steps: number;
  seed: number;
  peers?: string;
  json?: boolean;
}

interface BenchMemoryFlags {
  env: string;
  transitions: number;
  seed: number;
  json?: boolean;
}

const timedAlgorithms: Readonly<Record<TimedAlgorithmName, string>> = {
  ppo: 'PPO: one environment, 2048 steps, 10 epochs of 32 minibatches, two 64x64 tanh nets',
  sac: 'SAC: one environment, 5000 random steps, one update a step on 256 transitions, 256x256 ReLU nets',
};

const peersHelp = 'also run the Python peer in turn with this interpreter';

/** `understudy bench env|update|serve|soak|train|memory`: speed, beside the Python peer when an interpreter is given, and memory. */
export function addBenchCommands(program: Command, context: CommandContext): void {
  const bench = program.command('bench').description('measure speed, beside the Python peers if wished, and memory');
  bench
    .command('env <id>')
    .description('environment steps a second under random actions')
    .option('--envs <n>', 'copies stepped together', wholeNumber('--envs', 1), 1)
    .option('--workers <n>', 'worker threads; 0 steps in this thread', wholeNumber('--workers', 0), 0)
    .option('--engine <name>', 'physics engine: mujoco-js or @mujoco/mujoco')
    .option('--peers <python>', `${peersHelp} (Gymnasium)`)
    .option('--json', 'print one JSON object')
    .action(async (id: string, flags: BenchEnvFlags) => {
      const { benchEnv } = await import('@understudy/bench');
      const { json, ...options } = flags;
      const result = await withProgress(context, 'bench', 'rounds', (hooks) => benchEnv({ id, ...options }, hooks));
      if (json) return context.print(JSON.stringify(result));
      const beside = result.peerAbsent === undefined ? besidePeer(result) : `, alone: ${result.peerAbsent}`;
      context.print(`${result.id}: ${formatCount(result.stepsPerSecond)} steps/s${beside}`);
    });
  bench
    .command('update')
    .description('milliseconds of one gradient step of the networks that training uses')
    .option('--kernels <engine>', 'wasm, wasm-fused, native or auto; unless told, all that can be used here in turn')
    .option('--cases <names>', 'a64, a2048, b, e1, e16, e256 or d, commas between; all but d unless told')
    .option('--peers <python>', `${peersHelp} (PyTorch)`)
    .option('--json', 'print a JSON array')
    .action(async ({ json, peers, kernels, cases }: BenchUpdateFlags) => {
      const { benchUpdate } = await import('@understudy/bench');
      const options = { peers, kernels, cases: cases?.split(',') };
      const results = await withProgress(context, 'bench', 'cases', (hooks) => benchUpdate(options, hooks));
      if (json) return context.print(JSON.stringify(results));
      const rows = results.map((r) => [
        r.case,
        r.kernels,
        r.milliseconds,
        ...(peers ? [r.peer ?? '', r.ratio ?? ''] : []),
      ]);
      context.print(formatTable(['case', 'kernels', 'ms', ...(peers ? ['peer ms', 'ratio'] : [])], rows));
    });
  addBenchServeCommands(bench, context, withProgress);
  addBenchDatasetCommand(bench, context, withProgress);
  addRolloutBenchCommands(bench, context, withProgress);
  const train = bench.command('train').description('speed of a whole training');
  for (const [algorithm, settings] of Object.entries(timedAlgorithms)) {
    train
      .command(algorithm)
      .description(`steps a second of ${settings}`)
      .requiredOption('--env <id>', 'environment to train on')
      .requiredOption('--steps <n>', 'environment steps', wholeNumber('--steps', 1))
      .option('--seed <n>', 'seed of the training', wholeNumber('--seed', 0), 0)
      .option('--peers <python>', `${peersHelp} (PyTorch on Gymnasium)`)
      .option('--json', 'print one JSON object')
      .action((flags: BenchTrainFlags) => timeTraining(algorithm as TimedAlgorithmName, flags, context));
  }
  bench
    .command('memory')
    .description('memory of a replay buffer, filled with an environment under random actions')
    .requiredOption('--env <id>', 'environment to step')
    .option('--transitions <n>', 'transitions to keep', wholeNumber('--transitions', 1), 1_000_000)
    .option('--seed <n>', 'seed of environment and actions', wholeNumber('--seed', 0), 0)
    .option('--json', 'print one JSON object')
    .action((flags: BenchMemoryFlags) => measureMemory(flags, context));
}

async function timeTraining(
  algorithm: TimedAlgorithmName,
  { json, ...options }: BenchTrainFlags,
  context: CommandContext,
): Promise<void> {
  const { benchTrain } = await import('@understudy/bench');
  if (options.peers) context.note('The bar shows our training; the peer trains after it and shows none.');
  const result = await withProgress(context, algorithm, 'steps', (hooks) => benchTrain(algorithm, options, hooks));
  if (json) return context.print(JSON.stringify(result));
  const speed = `${formatCount(result.stepsPerSecond)} steps/s${besidePeer(result)}`;
  context.print(`${options.env}: ${speed}, ${formatFigure(result.seconds)} s, return ${formatFigure(result.return)}`);
}

async function measureMemory({ json, ...options }: BenchMemoryFlags, context: CommandContext): Promise<void> {
  const { benchMemory } = await import('@understudy/bench');
  const result = await withProgress(context, 'memory', 'steps', (hooks) => benchMemory(options, hooks));
  if (json) return context.print(JSON.stringify(result));
  const megabytes = (bytes: number) => `${formatFigure(bytes / 1e6)} MB`;
  context.print(
    `${result.env}: ${formatCount(result.transitions)} transitions in ${megabytes(result.arrayBytes)} of arrays; ` +
      `the process grew by ${megabytes(result.residentBytes)} to ${megabytes(result.processBytes)}`,
  );
}

/** `, 1.31 times the peer's 27,000`, when a peer was measured. */
function besidePeer({ peer, ratio }: { peer?: number; ratio?: number }): string {
  if (peer === undefined || ratio === undefined) return '';
  return `, ${formatFigure(ratio)} times the peer's ${formatCount(peer)}`;
}

/** Runs a benchmark with a bar, which starts when the benchmark first tells how much there is, and with Ctrl-C. */
async function withProgress<Result>(
  context: CommandContext,
  label: string,
  unit: string,
  run: (hooks: BenchHooks) => Promise<Result>,
): Promise<Result> {
  let progress: ProgressReporter | undefined;
  try {
    return await run({
      signal: context.interruption(),
      onProgress({ done, total }) {
        progress ??= context.startProgress({ label, total, unit });
        progress.update(done);
      },
    });
  } finally {
    progress?.stop();
  }
}
