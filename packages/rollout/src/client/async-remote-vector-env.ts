import { InputError } from '@understudy/errors';
import type { AutoresetMode, EnvState, Info, ResetOptions, Space } from '@understudy/gym';
import { wireArray } from '../protocol/arrays.ts';
import type { Arrays, Message } from '../protocol/messages.ts';
import type { RemoteVectorOptions, ResolvedConnectOptions } from './client-options.ts';
import { makeBody } from './make-body.ts';
import { RemoteSession } from './remote-session.ts';
import { type RemoteFacts, RemoteRows, spacesOf } from './rows.ts';

/**
 * A vector environment on a server for callers that await: no thread of its own, and several of them overlap. One request
 * at a time; those made meanwhile wait for it.
 */
export class AsyncRemoteVectorEnv {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  readonly observationSize: number;
  readonly actionSize: number;
  /** The rows of the last answer, as in `VectorEnv`. */
  readonly rows: Readonly<RemoteRows>;
  readonly #session: RemoteSession;
  readonly #rows: RemoteRows;
  readonly #heartbeat: NodeJS.Timeout;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(facts: RemoteFacts, session: RemoteSession) {
    const { singleObservationSpace, singleActionSpace } = spacesOf(session.made);
    this.id = facts.id;
    this.count = facts.count;
    this.autoresetMode = facts.autoresetMode;
    this.singleObservationSpace = singleObservationSpace;
    this.singleActionSpace = singleActionSpace;
    this.observationSize = facts.observationSize;
    this.actionSize = facts.actionSize;
    this.#rows = new RemoteRows(facts);
    this.rows = this.#rows;
    this.#session = session;
    // A sign of life that can't be given shows at the next request.
    const ping = () => void this.#inTurn(() => session.ping()).catch(() => {});
    this.#heartbeat = setInterval(ping, 1000 * session.heartbeatSeconds);
    this.#heartbeat.unref();
  }

  /** Connects and makes the environments. @throws InputError as {@link RemoteSession.make} does. */
  static async create(
    connect: ResolvedConnectOptions,
    id: string,
    options: RemoteVectorOptions = {},
  ): Promise<AsyncRemoteVectorEnv> {
    const make = makeBody(id, options);
    const session = await RemoteSession.make(connect, make, options.recover);
    const { observationSize, actionSize } = session.made;
    const { count, autoresetMode, stepInfos = false } = make;
    const facts = { id, count, autoresetMode, observationSize, actionSize, stepInfos };
    const env = new AsyncRemoteVectorEnv(facts, session);
    if (options.seed !== undefined) await env.reset({ seed: options.seed });
    return env;
  }

  get resetInfos(): readonly Info[] {
    return this.#rows.resetInfos;
  }

  /** How often the environments were made anew after the server was lost. */
  get recoveries(): number {
    return this.#session.recoveries;
  }

  reset(options: ResetOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const state = await this.#session.change({ type: 'reset', body: options, arrays: {} });
      this.#rows.takeState(state as Message<'state'>);
    });
  }

  resetAt(index: number, options: ResetOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const state = await this.#session.change({ type: 'resetAt', body: { index, ...options }, arrays: {} });
      this.#rows.takeState(state as Message<'state'>, index);
    });
  }

  /** Takes one step in every sub-environment. `actions` is `[count, actionSize]`. */
  async step(actions: Float32Array): Promise<void> {
    const sent = wireArray(actions.slice(), [this.count, this.#sizeOf(actions, 1)]);
    return this.#inTurn(async () => {
      const answer = await this.#session.change({ type: 'step', body: {}, arrays: { actions: sent } });
      this.#rows.takeStep(answer as Message<'stepped'>);
    });
  }

  /**
   * Takes several steps by one message, for actions that don't depend on what is seen between; {@link rows} stay as they
   * are.
   *
   * @param actions - `[steps, count, actionSize]`
   * @returns What each step gave, with a leading dimension of steps.
   */
  async stepMany(actions: Float32Array, steps: number): Promise<Arrays<'stepped'>> {
    const sent = wireArray(actions.slice(), [steps, this.count, this.#sizeOf(actions, steps)]);
    return this.#inTurn(async () => {
      const answer = await this.#session.change({ type: 'step', body: {}, arrays: { actions: sent } });
      return (answer as Message<'stepped'>).arrays;
    });
  }

  saveState(): Promise<EnvState[]> {
    return this.#inTurn(async () => {
      const { arrays } = await this.#session.save();
      return JSON.parse(new TextDecoder().decode(arrays.state.data));
    });
  }

  restoreState(states: readonly EnvState[]): Promise<void> {
    const state = wireArray(new TextEncoder().encode(JSON.stringify(states)));
    return this.#inTurn(async () => {
      const answer = await this.#session.change({ type: 'restore', body: {}, arrays: { state } });
      this.#rows.takeState(answer as Message<'state'>);
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#inTurn(() => this.#session.close());
  }

  #sizeOf(actions: Float32Array, steps: number): number {
    if (actions.length === steps * this.count * this.actionSize) return this.actionSize;
    const expected =
      steps === 1 ? `${this.count} x ${this.actionSize}` : `${steps} x ${this.count} x ${this.actionSize}`;
    throw new InputError(
      `The actions for ${this.count} ${this.id} are ${actions.length} numbers, expected ${expected}.`,
    );
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
