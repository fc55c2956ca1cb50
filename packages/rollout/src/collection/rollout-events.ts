/**
 * What happens to a learner's workers and their work. Every transition that the learner learns from belongs to exactly one
 * `result-taken`, and within it has the number of its row.
 */
export type RolloutEvent =
  | { type: 'worker-joined'; worker: string; workers: number }
  /** Gone for good, or silent too long; what it worked on is given to others. */
  | { type: 'worker-lost'; worker: string; workers: number; reason: string; shards: readonly number[] }
  | { type: 'task-given'; worker: string; iteration: number; shard: number; policyVersion: number }
  /** Given but not heard of again, or too slow; given once more. */
  | { type: 'task-lost'; worker: string; iteration: number; shard: number; reason: string }
  | { type: 'result-taken'; worker: string; iteration: number; shard: number; policyVersion: number; rows: number }
  /** Acknowledged and dropped, as it was taken before. */
  | { type: 'result-repeated'; worker: string; iteration: number; shard: number }
  /** A message or a task that was refused, on either side. */
  | { type: 'refused'; worker: string | undefined; message: string }
  /** No worker for so long. */
  | { type: 'no-workers'; seconds: number }
  /** The learner begins to collect itself, for want of workers. */
  | { type: 'collecting-here'; shards: readonly number[] };
