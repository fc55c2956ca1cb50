import type { EpisodeStatistics } from '../episode-statistics.ts';
import type { Rollout } from '../rollout.ts';
import type { Shard, ShardResult } from './shard.ts';

/** Puts the rollouts of shards side by side, as if all environments had been stepped together. */
export class RolloutMerger {
  readonly #shards: readonly Shard[];
  readonly #rollout: { -readonly [K in keyof Rollout]: Rollout[K] };
  readonly #sizes: { observation: number; action: number };

  constructor(
    shards: readonly Shard[],
    { steps, observationSize, actionSize }: { steps: number; observationSize: number; actionSize: number },
  ) {
    const count = shards.reduce((sum, shard) => sum + shard.count, 0);
    const rows = steps * count;
    this.#shards = shards;
    this.#sizes = { observation: observationSize, action: actionSize };
    this.#rollout = {
      steps,
      count,
      observations: new Float32Array(rows * observationSize),
      actions: new Float32Array(rows * actionSize),
      logProbabilities: new Float32Array(rows),
      rewards: new Float32Array(rows),
      terminated: new Uint8Array(rows),
      truncated: new Uint8Array(rows),
      lastObservations: new Float32Array(count * observationSize),
      truncatedRows: new Int32Array(count),
      finalObservations: new Float32Array(count * observationSize),
      truncations: 0,
    };
  }

  /** @returns A rollout that the next call overwrites; with one shard that shard's own. */
  merge(results: readonly ShardResult[]): Rollout {
    if (results.length === 1) return results[0].rollout;
    const rollout = this.#rollout;
    this.#makeRoom(results);
    rollout.truncations = 0;
    for (const shard of this.#shards) this.#place(shard, results[shard.index].rollout);
    return rollout;
  }

  #makeRoom(results: readonly ShardResult[]): void {
    const rollout = this.#rollout;
    const truncations = results.reduce((sum, result) => sum + result.rollout.truncations, 0);
    if (truncations <= rollout.truncatedRows.length) return;
    rollout.truncatedRows = new Int32Array(2 * truncations);
    rollout.finalObservations = new Float32Array(2 * truncations * this.#sizes.observation);
  }

  #place(shard: Shard, from: Rollout): void {
    const to = this.#rollout;
    const { observation, action } = this.#sizes;
    const { count, offset } = shard;
    for (let step = 0; step < to.steps; step++) {
      const source = step * count;
      const target = step * to.count + offset;
      copyRows(from.observations, source, to.observations, target, count, observation);
      copyRows(from.actions, source, to.actions, target, count, action);
      copyRows(from.logProbabilities, source, to.logProbabilities, target, count, 1);
      copyRows(from.rewards, source, to.rewards, target, count, 1);
      copyRows(from.terminated, source, to.terminated, target, count, 1);
      copyRows(from.truncated, source, to.truncated, target, count, 1);
    }
    copyRows(from.lastObservations, 0, to.lastObservations, offset, count, observation);
    copyRows(from.finalObservations, 0, to.finalObservations, to.truncations, from.truncations, observation);
    for (let i = 0; i < from.truncations; i++) {
      to.truncatedRows[to.truncations++] = mergedRow(shard, to.count, from.truncatedRows[i]);
    }
  }
}

/** Where a row of a shard's rollout lies in that of all. @param count - Environments of all shards. */
function mergedRow(shard: Shard, count: number, row: number): number {
  return Math.floor(row / shard.count) * count + shard.offset + (row % shard.count);
}

function copyRows<T extends Float32Array | Uint8Array>(
  from: T,
  source: number,
  to: T,
  target: number,
  rows: number,
  size: number,
): void {
  for (let i = 0, at = target * size, read = source * size; i < rows * size; i++) to[at++] = from[read++];
}

/** Takes in the shards' finished episodes in the order in which one process would have seen them end. */
export function mergeEpisodes(
  shards: readonly Shard[],
  results: readonly ShardResult[],
  statistics: EpisodeStatistics,
): void {
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const ended = shards.flatMap((shard) => {
    const { rows, returns, lengths } = results[shard.index].episodes;
    return Array.from(rows, (row, i) => [mergedRow(shard, count, row), returns[i], lengths[i]] as const);
  });
  ended.sort(([a], [b]) => a - b);
  for (const [, episodeReturn, length] of ended) statistics.add(episodeReturn, length);
}
