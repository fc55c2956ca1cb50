import {
  type CreateShardCollector,
  pauseEvery,
  type ShardCollector,
  type ShardPolicy,
  type ShardResult,
} from '@understudy/training';
import type { ShardSchedule, ShardTask } from './schedule.ts';

/** The learner's own process as one that shards are given to; no worker is called so. */
export const homeName = '(learner)';

/** What a {@link HomeCollection} works for. */
export interface HomeOptions {
  schedule: ShardSchedule;
  create: CreateShardCollector;
  policy(version: number): ShardPolicy;
  /** Whether to take on another shard. */
  isNeeded(): boolean;
  began(shards: readonly number[]): void;
  /** Told of every result, which it takes in. */
  collected(task: ShardTask, result: ShardResult): void;
  failed(error: unknown): void;
}

/** Collects shards in the learner's process, one at a time, while nobody else does. */
export class HomeCollection {
  readonly #options: HomeOptions;
  readonly #collectors = new Map<number, ShardCollector>();
  #busy = false;

  constructor(options: HomeOptions) {
    this.#options = options;
  }

  /** Collects what waits, unless it does already. */
  async collectWaiting(): Promise<void> {
    const { schedule, isNeeded, began, collected, failed } = this.#options;
    const waiting = schedule.waiting();
    if (this.#busy || waiting.length === 0) return;
    this.#busy = true;
    began(waiting);
    try {
      for (const shard of waiting) {
        if (!isNeeded()) return;
        const isHeld = schedule.holder(shard) === homeName;
        const task = schedule.assign(shard, homeName, performance.now() / 1000);
        collected(task, await this.#collect(task, isHeld));
      }
    } catch (error) {
      failed(error);
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    for (const collector of this.#collectors.values()) collector.close();
    this.#collectors.clear();
  }

  /** @returns A result in arrays of its own. */
  async #collect({ shard, policyVersion, state }: ShardTask, isHeld: boolean): Promise<ShardResult> {
    const { create, policy } = this.#options;
    const collector = this.#collectors.get(shard) ?? (await create(shard));
    this.#collectors.set(shard, collector);
    const start = isHeld ? 'held' : (state ?? 'reset');
    return structuredClone(await collector.collect(policy(policyVersion), start, pauseEvery()));
  }
}
