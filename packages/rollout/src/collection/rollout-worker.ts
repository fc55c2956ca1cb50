import { randomBytes } from 'node:crypto';
import { isInputError } from '@understudy/errors';
import { pauseEvery, type ShardCollector, type ShardPolicy } from '@understudy/training';
import { encodeMessage } from '../protocol/codec.ts';
import type { Body, Message } from '../protocol/messages.ts';
import { type ErrorCode, ProtocolError } from '../protocol/protocol-error.ts';
import { LearnerConnection, type LearnerMessage } from './learner-connection.ts';
import { resultArrays, stateFromArrays, tensorsFromArrays } from './shard-arrays.ts';
import type { Collecting, RolloutWorkerOptions, WorkerSetup } from './worker-options.ts';

/** A collector and which iteration it could go on with without being told the state. */
interface HeldShard {
  collector: ShardCollector;
  iteration: number | undefined;
}

/** A result on its way. */
interface UnacknowledgedResult {
  iteration: number;
  shard: number;
  frames: readonly Uint8Array[];
  sentAt: number;
}

/** The training that a worker takes part in. */
interface Engagement {
  setup: WorkerSetup;
  collecting: Collecting;
  shards: Map<number, HeldShard>;
  policies: Map<number, ShardPolicy>;
  queue: Message<'task'>[];
  running: Set<Message<'task'>>;
  unacknowledged: Map<string, UnacknowledgedResult>;
  /** Ends what is being collected once the learner is another. */
  over: boolean;
}

/** Thrown inside a collection that nobody wants any more. */
class CollectionEnded extends Error {}

/** Policies that are kept beside the newest, for tasks that come after it. */
const olderPolicies = 17;
const keyOf = ({ iteration, shard }: { iteration: number; shard: number }) => `${iteration}/${shard}`;

/**
 * A worker's side of the service `rollout`: connects to a learner, collects the shards it is given, and repeats each result
 * until it is acknowledged. It outlives its learner: when another process takes over at the address, it greets that one.
 */
export class RolloutWorker {
  readonly name: string;
  readonly #options: RolloutWorkerOptions;
  readonly #credits: number;
  readonly #connection: LearnerConnection;
  #engagement: Engagement | undefined;

  /** @throws InputError when the address is none, or beyond this machine without keys. */
  constructor(options: RolloutWorkerOptions) {
    this.#options = options;
    this.name = options.name ?? randomBytes(8).toString('hex');
    this.#credits = options.credits ?? 2;
    this.#connection = new LearnerConnection({
      connectSeconds: 60,
      reconnectSeconds: 600,
      ...options,
      ready: () => ({ worker: this.name, credits: this.#credits }),
      tasks: () => this.#tasks(),
      greeted: (learner) => options.onEvent?.({ type: 'greeted', learner }),
      connecting: (address) => options.onEvent?.({ type: 'connecting', address }),
      complained: (message) => options.onEvent?.({ type: 'error', message }),
    });
  }

  /**
   * Works until the learner has no more work, or the signal aborts.
   *
   * @returns Why it ended.
   * @throws InputError when no learner is there for too long, or this worker can't take part.
   */
  async run(): Promise<string> {
    const { signal } = this.#options;
    try {
      while (!signal?.aborted) {
        const message = await this.#connection.receive();
        if (message?.type === 'stop') {
          await this.#connection.close();
          return message.body.reason;
        }
        if (message) await this.#heed(message);
        this.#repeatResults();
      }
      return 'The worker was stopped.';
    } finally {
      await this.#connection.close('The worker stops.');
      this.#disengage();
    }
  }

  async #heed(message: Exclude<LearnerMessage, Message<'stop'>>): Promise<void> {
    if (message.type === 'setup') return this.#engage(message.body);
    const engagement = this.#engagement;
    // A learner whose setup got lost on its way is asked for it by another greeting.
    if (!engagement || message.body.run !== engagement.setup.run) return this.#connection.greetAgain();
    switch (message.type) {
      case 'policy': {
        const { version } = message.body;
        engagement.policies.set(version, { version, tensors: tensorsFromArrays(message.arrays) });
        for (const old of engagement.policies.keys()) {
          if (old < version - olderPolicies) engagement.policies.delete(old);
        }
        return;
      }
      case 'ack':
        engagement.unacknowledged.delete(keyOf(message.body));
        return;
      default:
        this.#accept(engagement, message);
    }
  }

  async #engage(setup: WorkerSetup): Promise<void> {
    if (this.#engagement?.setup.run === setup.run) return;
    this.#disengage();
    const collecting = await this.#options.prepare(setup);
    this.#engagement = {
      setup,
      collecting,
      shards: new Map(),
      policies: new Map(),
      queue: [],
      running: new Set(),
      unacknowledged: new Map(),
      over: false,
    };
    this.#options.onEvent?.({ type: 'setup', setup });
  }

  #disengage(): void {
    const engagement = this.#engagement;
    if (!engagement) return;
    engagement.over = true;
    this.#engagement = undefined;
    for (const { collector } of engagement.shards.values()) collector.close();
    engagement.collecting.close?.();
  }

  /** A task may arrive twice: what is under way goes on, what is done is sent again. */
  #accept(engagement: Engagement, task: Message<'task'>): void {
    const key = keyOf(task.body);
    const done = engagement.unacknowledged.get(key);
    if (done) this.#connection.send(done.frames);
    if (done || [...engagement.queue, ...engagement.running].some(({ body }) => keyOf(body) === key)) return;
    engagement.queue.push(task);
    this.#startTasks(engagement);
  }

  #startTasks(engagement: Engagement): void {
    // Own networks compute one after the other; a server's answers are waited for side by side.
    const atATime = engagement.setup.inference ? this.#credits : 1;
    while (!engagement.over && engagement.running.size < atATime) {
      const task = engagement.queue.shift();
      if (!task) return;
      engagement.running.add(task);
      void this.#perform(engagement, task).then(() => {
        engagement.running.delete(task);
        this.#startTasks(engagement);
      });
    }
  }

  async #perform(engagement: Engagement, task: Message<'task'>): Promise<void> {
    const { run, iteration, shard, policyVersion } = task.body;
    try {
      const began = performance.now();
      const result = await this.#collect(engagement, task);
      const body = { run, iteration, shard, policyVersion };
      const frames = encodeMessage({ type: 'result', body, arrays: resultArrays(result) });
      engagement.unacknowledged.set(keyOf(body), { iteration, shard, frames, sentAt: performance.now() });
      this.#connection.send(frames);
      const rows = result.rollout.steps * result.rollout.count;
      const seconds = (performance.now() - began) / 1000;
      this.#options.onEvent?.({ type: 'collected', iteration, shard, policyVersion, rows, seconds });
    } catch (error) {
      if (!engagement.over) this.#refuse(engagement, task.body, error);
    }
  }

  async #collect(engagement: Engagement, { body, arrays }: Message<'task'>) {
    const { iteration, shard, policyVersion, start } = body;
    const policy = engagement.policies.get(policyVersion);
    if (!policy) throw new ProtocolError('stale', `This worker lacks policy ${policyVersion}.`);
    const held = await this.#shard(engagement, shard);
    if (start === 'held' && held.iteration !== iteration) {
      throw new ProtocolError('stale', `This worker lacks the state of shard ${shard} before iteration ${iteration}.`);
    }
    const { collector } = held;
    const from = start === 'sent' ? stateFromArrays(arrays, collector.shard, collector) : start;
    held.iteration = undefined;
    const pause = pauseEvery();
    const result = await collector.collect(policy, from, () => {
      if (engagement.over) throw new CollectionEnded();
      return pause();
    });
    held.iteration = iteration + 1;
    return result;
  }

  async #shard(engagement: Engagement, shard: number): Promise<HeldShard> {
    const known = engagement.shards.get(shard);
    if (known) return known;
    const held = { collector: await engagement.collecting.createCollector(shard), iteration: undefined };
    engagement.shards.set(shard, held);
    return held;
  }

  #refuse(engagement: Engagement, { run, iteration, shard }: Body<'task'>, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const collector = engagement.shards.get(shard)?.collector.shard;
    const where = collector ? `Environments ${collector.offset} to ${collector.offset + collector.count - 1}: ` : '';
    const code: ErrorCode = isInputError(error) ? 'invalid' : error instanceof ProtocolError ? error.code : 'failed';
    const message = code === 'stale' ? text : `${where}${text}`;
    const body = { run, iteration, shard, code, message: message.slice(0, 2000) };
    this.#connection.send(encodeMessage({ type: 'refused', body }));
    this.#options.onEvent?.({ type: 'refused', iteration, shard, message });
  }

  #tasks(): Body<'heartbeat'>['tasks'] {
    const engagement = this.#engagement;
    if (!engagement) return [];
    const tasks = [...engagement.running, ...engagement.queue].map(({ body }) => body);
    return [...tasks, ...engagement.unacknowledged.values()].map(({ iteration, shard }) => [iteration, shard]);
  }

  #repeatResults(): void {
    const dueBefore = performance.now() - 2000 * this.#connection.heartbeatSeconds;
    for (const result of this.#engagement?.unacknowledged.values() ?? []) {
      if (result.sentAt > dueBefore) continue;
      result.sentAt = performance.now();
      this.#connection.send(result.frames);
    }
  }
}
