import { policyVersionOf, type ShardPlan, type ShardResult, type ShardState } from '@understudy/training';

/** A piece of work as it is given out. */
export interface ShardTask {
  readonly iteration: number;
  readonly shard: number;
  readonly policyVersion: number;
  /** What it starts from; undefined for a reset. */
  readonly state: ShardState | undefined;
}

/** What became of a result. */
export type Reception = 'taken' | 'repeated' | 'early';

interface Entry {
  /** The iteration that is to be collected next. */
  iteration: number;
  /** Before it. */
  state: ShardState | undefined;
  /** Whoever collected the iteration before, and has the state itself. */
  holder: string | undefined;
  /** Whoever collects it now, and since when. */
  worker: string | undefined;
  since: number;
}

/**
 * Which shard is to be collected for which iteration by whom: no sockets, no clocks. Every shard's iterations are
 * collected one after another; a result is taken exactly once, whoever it comes from.
 */
export class ShardSchedule {
  readonly #plan: ShardPlan;
  readonly #entries: Entry[] = [];
  readonly #results = new Map<number, (ShardResult | undefined)[]>();
  #published = -1;

  constructor(plan: ShardPlan) {
    this.#plan = plan;
  }

  start(iteration: number, states: readonly (ShardState | undefined)[]): void {
    for (const state of states) {
      this.#entries.push({ iteration, state, holder: undefined, worker: undefined, since: 0 });
    }
  }

  /** From now on tasks may be of this policy. */
  publish(version: number): void {
    this.#published = Math.max(this.#published, version);
  }

  /** Shards that wait for somebody. */
  waiting(): number[] {
    return this.#indices((entry) => entry.worker === undefined && this.#isOpen(entry));
  }

  /** Shards that this one works on. */
  assigned(worker: string): number[] {
    return this.#indices((entry) => entry.worker === worker);
  }

  /** Whoever has the state of a shard's next task. */
  holder(shard: number): string | undefined {
    return this.#entries[shard].holder;
  }

  /** The task that a shard waits for or is worked on. */
  task(shard: number): ShardTask {
    const { iteration, state } = this.#entries[shard];
    return { iteration, shard, policyVersion: policyVersionOf(this.#plan, iteration), state };
  }

  /** Gives a waiting shard to a worker. @param now - Seconds. */
  assign(shard: number, worker: string, now: number): ShardTask {
    Object.assign(this.#entries[shard], { worker, since: now });
    return this.task(shard);
  }

  /** Tasks that began before a moment and are still worked on. */
  olderThan(moment: number): { shard: number; worker: string }[] {
    return this.#entries.flatMap(({ worker, since }, shard) =>
      worker !== undefined && since < moment ? [{ shard, worker }] : [],
    );
  }

  /** When a task was given out, if it is worked on. */
  assignedAt(shard: number): number {
    return this.#entries[shard].since;
  }

  /** Takes a task back, so that it waits again. */
  release(shard: number): void {
    this.#entries[shard].worker = undefined;
  }

  /** Forgets that anybody has the state of a shard's next task. */
  forgetHolder(shard: number): void {
    this.#entries[shard].holder = undefined;
  }

  /** Takes everything back from a worker that is gone. @returns the shards it worked on. */
  forgetWorker(worker: string): number[] {
    const shards = this.assigned(worker);
    for (const shard of shards) this.release(shard);
    for (const entry of this.#entries) if (entry.holder === worker) entry.holder = undefined;
    return shards;
  }

  /**
   * Takes a result in, once.
   *
   * @param worker - Whoever has the state after it; undefined when nobody keeps it.
   */
  complete(iteration: number, shard: number, result: ShardResult, worker: string | undefined): Reception {
    const entry = this.#entries[shard];
    if (this.has(iteration, shard)) return 'repeated';
    if (entry === undefined || iteration > entry.iteration || !this.#isOpen(entry)) return 'early';
    const results = this.#results.get(iteration) ?? this.#plan.shards.map(() => undefined);
    results[shard] = result;
    this.#results.set(iteration, results);
    Object.assign(entry, { iteration: iteration + 1, state: result.state, holder: worker, worker: undefined });
    return 'taken';
  }

  /** Whether this result was taken already. */
  has(iteration: number, shard: number): boolean {
    return this.#entries[shard] !== undefined && iteration < this.#entries[shard].iteration;
  }

  /** Hands over the results of an iteration when all are there. */
  takeResults(iteration: number): ShardResult[] | undefined {
    const results = this.#results.get(iteration);
    if (!results || results.includes(undefined)) return undefined;
    this.#results.delete(iteration);
    return results as ShardResult[];
  }

  #isOpen({ iteration }: Entry): boolean {
    return iteration < this.#plan.iterations && policyVersionOf(this.#plan, iteration) <= this.#published;
  }

  #indices(matches: (entry: Entry) => boolean): number[] {
    return this.#entries.flatMap((entry, shard) => (matches(entry) ? [shard] : []));
  }
}
