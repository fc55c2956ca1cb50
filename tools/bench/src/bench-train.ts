import { makeVector } from '@understudy/envs';
import { kernelStatus } from '@understudy/kernels';
import type { EnvironmentHooks, TrainingResult } from '@understudy/training';
import { describeMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { type BenchHooks, untilAborted } from './rounds.ts';

export interface BenchTrainOptions {
  /** Environment id. */
  env: string;
  /** Environment steps of one training. */
  steps: number;
  seed?: number;
  /** A Python interpreter with PyTorch and Gymnasium, to run the single-file peer with the same settings after ours. */
  peers?: string;
}

export interface BenchTrainResult {
  env: string;
  steps: number;
  seed: number;
  stepsPerSecond: number;
  seconds: number;
  /** Processor time of all threads, which a busy machine disturbs less. */
  processorSeconds: number;
  /** Mean return of the last 20 training episodes. */
  return: number;
  /** What computed our networks: `wasm`, or `native` with its instruction set. */
  kernels: string;
  /** The peer's steps a second. */
  peer?: number;
  /** Our speed over the peer's: above 1 is faster. */
  ratio?: number;
  peerProcessorSeconds?: number;
  /** The peer's processor time over ours: above 1 is faster. */
  processorRatio?: number;
  peerReturn?: number;
  peerName?: string;
  machine: string;
}

/** A training and its peer in `peers/`. */
interface TimedAlgorithm {
  script: string;
  load(): Promise<
    (
      options: { environment: string; totalSteps: number; seed: number },
      hooks: EnvironmentHooks,
    ) => Promise<TrainingResult>
  >;
}

const algorithms = {
  ppo: { script: 'torch_ppo.py', load: async () => (await import('@understudy/ppo')).train },
  sac: { script: 'torch_sac.py', load: async () => (await import('@understudy/sac')).train },
} satisfies Record<string, TimedAlgorithm>;

/** Algorithms whose training can be timed. */
export type TimedAlgorithmName = keyof typeof algorithms;

/**
 * Trains with an algorithm's defaults, writing nothing, and then the peer with the same settings. PPO: one environment,
 * 2048 steps, 10 epochs of 32 minibatches, two 64x64 tanh networks, observations and rewards normalised. SAC: one
 * environment, 5000 random steps, then one update a step on 256 transitions, 256x256 ReLU networks, learned temperature.
 *
 * @throws InputError when the environment is unknown or the peer can't run.
 */
export async function benchTrain(
  algorithm: TimedAlgorithmName,
  options: BenchTrainOptions,
  hooks: BenchHooks = {},
): Promise<BenchTrainResult> {
  const { env, steps, seed = 0 } = options;
  const { script, load }: TimedAlgorithm = algorithms[algorithm];
  const train = await load();
  const peer = options.peers ? await startPeer(options.peers, script, [env]) : undefined;
  try {
    const start = process.cpuUsage();
    const ours = await train(
      { environment: env, totalSteps: steps, seed },
      {
        makeVectorEnv: () => makeVector(env, { count: 1, autoresetMode: 'same-step' }),
        onProgress: ({ step, totalSteps }) => hooks.onProgress?.({ done: step, total: totalSteps }),
        signal: hooks.signal,
      },
    );
    hooks.signal?.throwIfAborted();
    const { user, system } = process.cpuUsage(start);
    const processorSeconds = (user + system) / 1e6;
    const { engine, instructionSet } = kernelStatus();
    const figures = {
      ...{ env, steps: ours.steps, seed, stepsPerSecond: ours.stepsPerSecond, seconds: ours.seconds },
      processorSeconds,
      return: ours.results.meanReturn ?? Number.NaN,
      kernels: engine === 'native' ? `native ${instructionSet}` : engine,
    };
    const machine = describeMachine();
    if (!peer) return { ...figures, machine };
    const theirs = await untilAborted(peer.measure({ steps, seed }), hooks.signal);
    const ratio = figures.stepsPerSecond / theirs.stepsPerSecond;
    return {
      ...figures,
      ...{ peer: theirs.stepsPerSecond, ratio, peerProcessorSeconds: theirs.processorSeconds },
      processorRatio: theirs.processorSeconds / processorSeconds,
      ...{ peerReturn: theirs.return, peerName: peer.name, machine },
    };
  } finally {
    peer?.close();
  }
}
