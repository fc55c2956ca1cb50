import type { CreateShardCollector, ShardPlan, ShardPolicy } from '@understudy/training';
import { defaultLimits } from '../protocol/limits.ts';
import type { RolloutEvent } from './rollout-events.ts';
import type { WorkerGateOptions } from './worker-gate.ts';

/** Where workers ask for the network's outputs, and how policies come there. */
export interface PublishedInference {
  /** Of the inference server, as workers reach it. */
  address: string;
  model: string;
  /** Gives a policy to the server; workers are given tasks of it afterwards. */
  publish(policy: ShardPolicy): Promise<void>;
  /** Whether a tensor is the server's and needn't go to workers. */
  serves(name: string): boolean;
}

/** Options of {@link RolloutLearner.bind}. */
export interface RolloutLearnerOptions extends WorkerGateOptions {
  /** How long a worker may take for one task before it is given to another, too; 600 unless told. */
  readonly taskSeconds?: number;
  /** How long to go without any worker before {@link withoutWorkers} takes effect; 60 unless told. */
  readonly patienceSeconds?: number;
  /** What to do then: fail (unless told), wait on, or collect in this process. */
  readonly withoutWorkers?: 'fail' | 'wait' | 'collect';
  /** For `collect`: makes what collects a shard in this process. */
  readonly createCollector?: CreateShardCollector;
  /** Workers ask an inference server instead of holding the policy. */
  readonly inference?: PublishedInference;
  /** When it aborts and there is no worker, waiting ends by its reason. */
  readonly signal?: AbortSignal;
  onEvent?(event: RolloutEvent): void;
}

/** The largest message that a worker may have to send, and some. */
export function messageBytesFor({ shards, steps, observationSize, actionSize }: ShardPlan): number {
  const count = Math.max(...shards.map((shard) => shard.count));
  // Every observation may be the last of an episode, too.
  const numbers = steps * count * (2 * observationSize + actionSize + 8);
  return Math.max(defaultLimits.messageBytes, 4 * numbers + 2 ** 24);
}
