import { pauseEvery } from '../event-loop.ts';
import { policyVersionOf, type ShardPlan, type ShardPolicy, type ShardResult, type ShardService } from './shard.ts';
import type { ShardCollector, ShardStart } from './shard-collector.ts';

/** Makes what collects a shard; each call's is another. */
export type CreateShardCollector = (index: number) => Promise<ShardCollector>;

/** Collects every shard in this process, one after another. */
export class LocalShards implements ShardService {
  readonly #plan: ShardPlan;
  readonly #create: CreateShardCollector;
  readonly #policies = new Map<number, ShardPolicy>();
  readonly #pause = pauseEvery();
  #collectors: ShardCollector[] = [];
  #starts: ShardStart[] = [];

  constructor(plan: ShardPlan, create: CreateShardCollector) {
    this.#plan = plan;
    this.#create = create;
  }

  start(_iteration: number, states: Parameters<ShardService['start']>[1]): void {
    this.#starts = states.map((state) => state ?? 'reset');
  }

  publish(policy: ShardPolicy): void {
    this.#policies.set(policy.version, policy);
    this.#policies.delete(policy.version - this.#plan.staleness - 1);
  }

  async collect(iteration: number): Promise<readonly ShardResult[]> {
    const version = policyVersionOf(this.#plan, iteration);
    const policy = this.#policies.get(version);
    if (!policy) throw new Error(`Policy ${version} was not published.`);
    const results: ShardResult[] = [];
    for (const { index } of this.#plan.shards) {
      this.#collectors[index] ??= await this.#create(index);
      results.push(await this.#collectors[index].collect(policy, this.#starts[index], this.#pause));
      this.#starts[index] = 'held';
    }
    return results;
  }

  close(): void {
    for (const collector of this.#collectors) collector.close();
    this.#collectors = [];
  }
}
