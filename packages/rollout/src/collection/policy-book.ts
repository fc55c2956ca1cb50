import type { ShardPolicy } from '@understudy/training';
import { encodeMessage } from '../protocol/codec.ts';
import type { PublishedInference } from './learner-options.ts';
import { tensorArrays } from './shard-arrays.ts';

/** A policy, and the message that brings it to workers. */
export interface BoundPolicy {
  policy: ShardPolicy;
  frames: Uint8Array[];
}

/** The policies that tasks may still be of. */
export class PolicyBook {
  readonly #run: string;
  readonly #staleness: number;
  readonly #inference: PublishedInference | undefined;
  readonly #policies = new Map<number, BoundPolicy>();

  constructor(run: string, staleness: number, inference: PublishedInference | undefined) {
    this.#run = run;
    this.#staleness = staleness;
    this.#inference = inference;
  }

  /** Takes a policy in; one that no task is of any more goes. */
  put(policy: ShardPolicy): void {
    const { version, tensors } = policy;
    const own = [...tensors].filter(([name]) => !this.#inference?.serves(name));
    const frames = encodeMessage({ type: 'policy', body: { run: this.#run, version }, arrays: tensorArrays(own) });
    this.#policies.set(version, { policy, frames });
    this.#policies.delete(version - this.#staleness - 1);
  }

  get(version: number): BoundPolicy {
    const policy = this.#policies.get(version);
    if (!policy) throw new Error(`Policy ${version} was not published.`);
    return policy;
  }
}
