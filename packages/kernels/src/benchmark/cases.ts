import { inference } from './inference.ts';
import { ppoUpdate } from './ppo-update.ts';
import { sacUpdate } from './sac-update.ts';

/** One measurable piece of work. */
export interface BenchmarkCase {
  /** As in the peer's script. */
  name: string;
  /** Prepares networks and data; what it returns does the work once. */
  setup(): () => void;
}

/**
 * The work that is timed beside PyTorch:
 *
 * - `a64`, `a2048`: a PPO update (observations 17, two 64x64 tanh networks, batch 64 or 2048): forward, loss, backward,
 *   Adam;
 * - `b`: a whole SAC update (256x256 ReLU, batch 256, twin critics, actor, temperature, target networks);
 * - `e1`, `e16`, `e256`: actions of a 17-256-256-6 ReLU policy with tanh at the end for 1, 16 and 256 observations.
 */
export const benchmarkCases: readonly BenchmarkCase[] = [
  { name: 'a64', setup: () => ppoUpdate(64) },
  { name: 'a2048', setup: () => ppoUpdate(2048) },
  { name: 'b', setup: () => sacUpdate(256) },
  { name: 'e1', setup: () => inference(1) },
  { name: 'e16', setup: () => inference(16) },
  { name: 'e256', setup: () => inference(256) },
];
