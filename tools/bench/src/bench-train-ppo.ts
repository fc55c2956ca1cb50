import { makeVector } from '@understudy/envs';
import { train } from '@understudy/ppo';
import { describeMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { type BenchHooks, untilAborted } from './rounds.ts';

export interface BenchTrainOptions {
  /** Environment id. */
  env: string;
  /** Environment steps of one training. */
  steps: number;
  seed?: number;
  /** A Python interpreter with PyTorch and Gymnasium, to run the single-file PPO with the same settings after ours. */
  peers?: string;
}

export interface BenchTrainResult {
  env: string;
  steps: number;
  seed: number;
  stepsPerSecond: number;
  seconds: number;
  /** Mean return of the last 20 training episodes. */
  return: number;
  /** The peer's steps a second. */
  peer?: number;
  /** Our speed over the peer's: above 1 is faster. */
  ratio?: number;
  peerReturn?: number;
  peerName?: string;
  machine: string;
}

/**
 * Trains PPO with its defaults (one environment, 2048 steps, 10 epochs of 32 minibatches, two 64x64 tanh networks,
 * observations and rewards normalised), writing nothing, and then the peer with the same settings.
 *
 * @throws InputError when the environment is unknown or the peer can't run.
 */
export async function benchTrainPpo(options: BenchTrainOptions, hooks: BenchHooks = {}): Promise<BenchTrainResult> {
  const { env, steps, seed = 0 } = options;
  const peer = options.peers ? await startPeer(options.peers, 'torch_ppo.py', [env]) : undefined;
  try {
    const ours = await train(
      { environment: env, totalSteps: steps, seed },
      {
        makeVectorEnv: () => makeVector(env, { count: 1, autoresetMode: 'same-step' }),
        onProgress: ({ step, totalSteps }) => hooks.onProgress?.({ done: step, total: totalSteps }),
        signal: hooks.signal,
      },
    );
    hooks.signal?.throwIfAborted();
    const figures = {
      ...{ env, steps: ours.steps, seed, stepsPerSecond: ours.stepsPerSecond, seconds: ours.seconds },
      return: ours.results.meanReturn ?? Number.NaN,
    };
    const machine = describeMachine();
    if (!peer) return { ...figures, machine };
    const theirs = await untilAborted(peer.measure({ steps, seed }), hooks.signal);
    const ratio = figures.stepsPerSecond / theirs.stepsPerSecond;
    const beside = { peer: theirs.stepsPerSecond, ratio, peerReturn: theirs.return, peerName: peer.name };
    return { ...figures, ...beside, machine };
  } finally {
    peer?.close();
  }
}
