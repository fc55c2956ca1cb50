import type { KernelEngine } from '../kernel-engine.ts';
import { inference } from './inference.ts';
import { langevinSteps } from './langevin.ts';
import { ppoUpdate } from './ppo-update.ts';
import { sacUpdate } from './sac-update.ts';

/** One measurable piece of work. */
export interface BenchmarkCase {
  /** As in the peer's script. */
  name: string;
  /** Takes long, so timed only when it is asked for. */
  long?: boolean;
  /** Prepares networks and data; what it returns does the work once. */
  setup(engine?: KernelEngine): () => void;
}

/**
 * The work that is timed beside PyTorch:
 *
 * - `a64`, `a2048`: a PPO update (observations 17, two 64x64 tanh networks, batch 64 or 2048): forward, loss, backward,
 *   Adam;
 * - `b`: a whole SAC update (256x256 ReLU, batch 256, twin critics, actor, temperature, target networks);
 * - `e1`, `e16`, `e256`: actions of a 17-256-256-6 ReLU policy with tanh at the end for 1, 16 and 256 observations;
 * - `d`: 5 Langevin steps of 2048 actions through a 512x512x512 ReLU energy: forward passes and input gradients.
 */
export const benchmarkCases: readonly BenchmarkCase[] = [
  { name: 'a64', setup: (engine) => ppoUpdate(64, engine) },
  { name: 'a2048', setup: (engine) => ppoUpdate(2048, engine) },
  { name: 'b', setup: (engine) => sacUpdate(256, engine) },
  { name: 'e1', setup: (engine) => inference(1, engine) },
  { name: 'e16', setup: (engine) => inference(16, engine) },
  { name: 'e256', setup: (engine) => inference(256, engine) },
  { name: 'd', long: true, setup: (engine) => langevinSteps(5, engine) },
];
