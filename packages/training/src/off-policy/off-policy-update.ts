import type { Generator } from '@understudy/random';
import type { DeviceSide } from './off-policy-learner.ts';
import type { TransitionBatch } from './transition-batch.ts';

/** What an off-policy algorithm does with minibatches, on one engine. `Draws` is the generator of those that draw. */
export interface OffPolicyUpdate<Statistics, Optimizers, Draws extends [] | [generator: Generator] = [Generator]> {
  /** The optimisers' part of a checkpoint; the same for every engine. */
  readonly optimizers: Optimizers;
  /** Where networks and optimisers lie on a device: how they come back. */
  readonly device?: DeviceSide;
  /** One update of everything that is learned. */
  run(batch: TransitionBatch, ...draws: Draws): void;
  /** Means over the updates since the last call. */
  takeStatistics(): Statistics;
  /** Takes networks and optimisers as they are here now, after a checkpoint has been put back. */
  reload(): void;
  /** Gives back what the engine holds outside this process's memory. */
  dispose(): void;
}
