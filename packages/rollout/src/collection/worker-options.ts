import type { ShardCollector } from '@understudy/training';
import type { Body } from '../protocol/messages.ts';
import type { ClientSocketOptions } from '../transport/index.ts';

/** What a learner tells of its training. */
export type WorkerSetup = Body<'setup'>;

/** Asks an inference server for a network's outputs, `[count, outputSize]`. */
export type ForwardElsewhere = (version: number, observations: Float32Array, count: number) => Promise<Float32Array>;

/** What a worker collects with, for one training. */
export interface Collecting {
  /** Makes what collects a shard. @throws InputError when the environment is unknown here, or doesn't fit. */
  createCollector(shard: number): Promise<ShardCollector>;
  /** Frees what the collectors share. */
  close?(): void;
}

/** What happens to a worker. */
export type WorkerEvent =
  | { type: 'connecting'; address: string }
  | { type: 'greeted'; learner: string }
  | { type: 'setup'; setup: WorkerSetup }
  | { type: 'collected'; iteration: number; shard: number; policyVersion: number; rows: number; seconds: number }
  | { type: 'refused'; iteration: number; shard: number; message: string }
  | { type: 'error'; message: string };

/** Options of {@link RolloutWorker}. */
export interface RolloutWorkerOptions extends ClientSocketOptions {
  /** Prepares for a learner's training. @throws InputError when this machine can't take part. */
  prepare(setup: WorkerSetup): Promise<Collecting>;
  /** Tasks that are sent ahead; 2 unless told. With an inference server so many are collected at a time. */
  readonly credits?: number;
  /** How long to wait for a learner at first; 60 unless told. */
  readonly connectSeconds?: number;
  /** How long to wait for a learner that is gone to come back; 600 unless told. */
  readonly reconnectSeconds?: number;
  /** Names the worker to the learner; drawn unless told. */
  readonly name?: string;
  /** When it aborts, the worker says goodbye and ends. */
  readonly signal?: AbortSignal;
  onEvent?(event: WorkerEvent): void;
}
