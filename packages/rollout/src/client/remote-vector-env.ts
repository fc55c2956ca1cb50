import { InputError } from '@understudy/errors';
import type {
  AutoresetMode,
  EnvState,
  Info,
  RenderFrame,
  RenderOptions,
  ResetOptions,
  Space,
  VectorEnv,
} from '@understudy/gym';
import type { RemoteVectorOptions, ResolvedConnectOptions } from './client-options.ts';
import { IoChannel } from './io-channel.ts';
import type { IoRequest } from './io-messages.ts';
import { makeBody } from './make-body.ts';
import { type RemoteFacts, RemoteRows, spacesOf } from './rows.ts';

/**
 * A vector environment whose sub-environments live on a server. It gives what one in this thread gives, bit by bit, and
 * steps as it does, synchronously: a thread of its own talks to the server.
 */
export class RemoteVectorEnv implements VectorEnv {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly wasReset: Uint8Array;
  readonly #channel: IoChannel;
  readonly #rows: RemoteRows;
  #closed = false;

  private constructor(facts: RemoteFacts, channel: IoChannel) {
    const { made, rows } = channel.ready;
    const { singleObservationSpace, singleActionSpace } = spacesOf(made);
    this.#channel = channel;
    this.#rows = new RemoteRows(facts, rows);
    this.id = facts.id;
    this.count = facts.count;
    this.autoresetMode = facts.autoresetMode;
    this.singleObservationSpace = singleObservationSpace;
    this.singleActionSpace = singleActionSpace;
    this.observationSize = facts.observationSize;
    this.actionSize = facts.actionSize;
    this.observations = this.#rows.observations;
    this.finalObservations = this.#rows.finalObservations;
    this.rewards = this.#rows.rewards;
    this.terminated = this.#rows.terminated;
    this.truncated = this.#rows.truncated;
    this.wasReset = this.#rows.wasReset;
  }

  /**
   * Connects and makes the environments.
   *
   * @throws InputError when the server isn't there, doesn't offer the environment, or refuses its options.
   */
  static async create(
    connect: ResolvedConnectOptions,
    id: string,
    options: RemoteVectorOptions = {},
  ): Promise<RemoteVectorEnv> {
    if (connect.address.startsWith('inproc:')) {
      throw new InputError('inproc:// stays within one thread; use connectInProcess, or makeAsyncVector.');
    }
    const make = makeBody(id, options);
    const channel = await IoChannel.start({ connect, make, recover: options.recover ?? false });
    try {
      const { count, autoresetMode, stepInfos = false } = make;
      const { observationSize, actionSize } = channel.ready.made;
      const facts = { id, count, autoresetMode, observationSize, actionSize, stepInfos };
      const env = new RemoteVectorEnv(facts, channel);
      if (options.seed !== undefined) env.reset({ seed: options.seed });
      return env;
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  get resetInfos(): readonly Info[] {
    return this.#rows.resetInfos;
  }

  /**
   * What the sub-environments told at the last step, where `stepInfos` was asked for: numbers, flags, and arrays of numbers.
   * Where an episode ended and the next began, it is what the reset told; see {@link finalInfos}. Read anew at each access.
   */
  get stepInfos(): readonly Info[] {
    return this.#rows.stepInfos.infos;
  }

  /** What steps that ended an episode told, by sub-environment (same-step mode). */
  get finalInfos(): readonly (Info | undefined)[] {
    return this.#rows.stepInfos.finalInfos;
  }

  /** What the server says of its pictures: whether there are any, and how many a second are real time. */
  get rendering(): { renders: boolean; renderFps?: number } {
    const { renders, renderFps } = this.#channel.ready.made;
    return { renders, renderFps };
  }

  reset(options: ResetOptions = {}): void {
    this.#rows.resetInfos = this.#request({ kind: 'reset', options }) as Info[];
  }

  resetAt(index: number, options: ResetOptions = {}): void {
    const known = Number.isInteger(index) && index >= 0 && index < this.count;
    if (!known) {
      throw new InputError(
        `There is no sub-environment ${index} of ${this.id}; there are ${this.count}, counted from 0.`,
      );
    }
    const [info] = this.#request({ kind: 'resetAt', index, options }) as Info[];
    this.#rows.resetInfos[index] = info;
  }

  step(actions: Float32Array): void {
    if (this.#closed) this.#refuse();
    if (actions.length !== this.#rows.actions.length) {
      const expected = `${this.count} x ${this.actionSize}`;
      throw new InputError(
        `The actions for ${this.count} ${this.id} are ${actions.length} numbers, expected ${expected}.`,
      );
    }
    this.#rows.actions.set(actions);
    this.#channel.step();
  }

  saveState(): EnvState[] {
    return this.#request({ kind: 'saveState' }) as EnvState[];
  }

  restoreState(states: readonly EnvState[]): void {
    this.#request({ kind: 'restoreState', states });
  }

  /** The picture of one sub-environment. @throws InputError where it has none. */
  render(index = 0, options: RenderOptions = {}): RenderFrame {
    return this.#request({ kind: 'render', body: { index, ...options } }) as RenderFrame;
  }

  /** Closes the environments on the server; if it is gone, its lease does. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
  }

  #request(request: IoRequest): unknown {
    if (this.#closed) this.#refuse();
    return this.#channel.request(request);
  }

  #refuse(): never {
    throw new InputError(`The vector environment of ${this.count} ${this.id} is closed; make a new one.`);
  }
}
