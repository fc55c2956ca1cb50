import { z } from 'zod';
import { count, type MessageDefinition, name, plainRecord, text } from './definition.ts';
import { errorCodes } from './protocol-error.ts';

/** What names a task and its result: no two tasks of a run share it. */
const key = { run: name, iteration: count, shard: count };

/** Messages of the service `rollout`: the learner binds, workers connect. */
export const rolloutMessages = {
  /** Worker, after the greeting: I take so many tasks at a time. The name stays the same over its connections. */
  ready: {
    body: z.strictObject({ worker: name, credits: z.int().min(1).max(1024) }),
    arrays: {},
    request: 'absent',
    session: 'absent',
  },
  /** Learner, once for each `ready`: what the tasks are about. Another run makes an end of all that a worker held. */
  setup: {
    body: z.strictObject({
      run: name,
      algorithm: name,
      environment: name,
      options: plainRecord,
      config: plainRecord,
      /** The kind of kernels whose last bits the training has. */
      kernels: name,
      /** Where to ask for the network's outputs; without it the worker holds the weights. */
      inference: z.strictObject({ address: name, model: name }).optional(),
    }),
    arrays: {},
    request: 'absent',
    session: 'absent',
  },
  /** Weights of one version, by the names that the algorithm gives them. */
  policy: { body: z.strictObject({ run: name, version: count }), arrays: 'any', request: 'absent', session: 'absent' },
  /**
   * Learner: collect this. `start` says from where: the environments' reset, the state that the worker still holds from
   * the iteration before, or the one in the arrays.
   */
  task: {
    body: z.strictObject({ ...key, policyVersion: count, start: z.enum(['reset', 'held', 'sent']) }),
    arrays: 'any',
    request: 'absent',
    session: 'absent',
  },
  /** Worker: the rollout and the state after it; repeated until it is acknowledged. */
  result: {
    body: z.strictObject({ ...key, policyVersion: count }),
    arrays: 'any',
    request: 'absent',
    session: 'absent',
  },
  ack: { body: z.strictObject(key), arrays: {}, request: 'absent', session: 'absent' },
  /** Worker: I can't do this task. `stale`: I lack the state or the policy; `invalid`: nobody can; `failed`: I could not. */
  refused: {
    body: z.strictObject({ ...key, code: z.enum(errorCodes), message: text(4096) }),
    arrays: {},
    request: 'absent',
    session: 'absent',
  },
  /** Both sides, every heartbeat; a worker's names the tasks that it has, as [iteration, shard]. */
  heartbeat: {
    body: z.strictObject({ tasks: z.array(z.tuple([count, count])).max(1024) }),
    arrays: {},
    request: 'absent',
    session: 'absent',
  },
  /** Learner: there will be no more work. */
  stop: { body: z.strictObject({ reason: text(1024) }), arrays: {}, request: 'absent', session: 'absent' },
} as const satisfies Record<string, MessageDefinition>;
