import { InputError } from '@understudy/errors';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage, Body } from '../protocol/messages.ts';
import { errorFromBody, type ProtocolError } from '../protocol/protocol-error.ts';
import { software } from '../software.ts';
import { ClientSocket, type ClientSocketOptions, whySilent } from '../transport/index.ts';

const learnerTypes = ['welcome', 'error', 'setup', 'policy', 'task', 'ack', 'heartbeat', 'stop'] as const;
const accept: ReadonlySet<(typeof learnerTypes)[number]> = new Set(learnerTypes);

/** What a learner sends that is the worker's business. */
export type LearnerMessage = AnyMessage<'setup' | 'policy' | 'task' | 'ack' | 'stop'>;

/** Options of {@link LearnerConnection}. */
export interface LearnerConnectionOptions extends ClientSocketOptions {
  readonly connectSeconds: number;
  readonly reconnectSeconds: number;
  /** What to say after each greeting. */
  ready(): Body<'ready'>;
  /** What to say every heartbeat. */
  tasks(): Body<'heartbeat'>['tasks'];
  greeted(learner: string): void;
  connecting(address: string): void;
  /** The learner's complaint about a message of ours. */
  complained(message: string): void;
}

/** Without an answer to a greeting for so long, another connection is tried; doubled each time up to the second. */
const patience = { first: 1, longest: 8 };
const now = (): number => performance.now() / 1000;

/** A worker's line to its learner, which may die and come back. */
export class LearnerConnection {
  readonly #options: LearnerConnectionOptions;
  #socket: ClientSocket;
  #welcome: Body<'welcome'> | undefined;
  /** Whether the learner answered the last greeting. */
  #greeted = false;
  #greetedAt = 0;
  #patience = patience.first;
  #heardAt = now();
  /** When messages were last looked for. */
  #lookedAt = now();
  #beatAt = 0;

  constructor(options: LearnerConnectionOptions) {
    this.#options = options;
    this.#socket = this.#open();
  }

  /** Sends, if the line takes it; what matters is repeated until it is acknowledged. */
  send(frames: readonly Uint8Array[]): void {
    void this.#socket.send(frames);
  }

  /** Seconds between two signs of life. */
  get heartbeatSeconds(): number {
    return this.#welcome?.heartbeatSeconds ?? 1;
  }

  /** Greets once more, for a learner that doesn't know this worker, or that this worker doesn't know. */
  greetAgain(): void {
    if (this.#greeted) this.#greet();
  }

  /**
   * The next message; keeps the line up meanwhile.
   *
   * @returns undefined when there was none for a moment.
   * @throws InputError when there is no learner for too long, or it refuses this worker.
   */
  async receive(): Promise<LearnerMessage | undefined> {
    const patientSeconds = Math.min(0.2, 0.25 * this.heartbeatSeconds);
    const frames = await this.#socket.receive(1000 * patientSeconds);
    this.#forgiveOwnPause(patientSeconds);
    if (frames !== undefined) this.#heardAt = now();
    await this.#checkPresence();
    this.#keepUp();
    if (frames === undefined) return undefined;
    let message: AnyMessage<(typeof learnerTypes)[number]>;
    try {
      message = decodeMessage(frames, { limits: this.#options.limits, accept });
    } catch (error) {
      const { code, message: what } = error as ProtocolError;
      const { address } = this.#options;
      if (code === 'version' && !this.#welcome) {
        throw new InputError(`The learner at ${address} can't be understood: ${what}`);
      }
      // Damaged on its way: what it was will be missed and asked for again.
      this.#options.complained(what);
      return undefined;
    }
    return this.#sort(message);
  }

  /** @param reason - Said as goodbye. */
  async close(reason?: string): Promise<void> {
    if (reason !== undefined && this.#greeted) {
      await this.#socket.send(encodeMessage({ type: 'bye', body: { reason } }));
    }
    this.#socket.close();
  }

  #sort(message: AnyMessage<(typeof learnerTypes)[number]>): LearnerMessage | undefined {
    switch (message.type) {
      case 'welcome':
        this.#welcome = message.body;
        this.#greeted = true;
        this.#patience = patience.first;
        this.#options.greeted(message.body.software);
        this.send(encodeMessage({ type: 'ready', body: this.#options.ready() }));
        return undefined;
      case 'error':
        this.#heedError(message.body);
        return undefined;
      case 'heartbeat':
        return undefined;
      default:
        return message;
    }
  }

  #heedError(body: Body<'error'>): void {
    if (body.code === 'version' || (body.code === 'invalid' && !this.#greeted)) throw errorFromBody(body);
    // Another learner process than the one that was greeted, or it gave us up.
    if (body.code === 'unknown-session') this.greetAgain();
    else this.#options.complained(body.message);
  }

  /** While this process was busy, or stopped, it heard nobody, who may have spoken nonetheless. */
  #forgiveOwnPause(expectedSeconds: number): void {
    const pause = now() - this.#lookedAt - expectedSeconds;
    this.#lookedAt = now();
    if (pause <= this.heartbeatSeconds) return;
    this.#heardAt += pause;
    this.#greetedAt += pause;
  }

  /** @throws InputError when there has been no learner for too long. */
  async #checkPresence(): Promise<void> {
    const silent = now() - this.#heardAt;
    const { connectSeconds, reconnectSeconds, address } = this.#options;
    if (!this.#welcome && silent > connectSeconds) {
      throw new InputError(`No learner answered at ${address} within ${connectSeconds} s; ${await this.#whySilent()}.`);
    }
    if (silent > reconnectSeconds) {
      throw new InputError(
        `The learner at ${address} said nothing for ${reconnectSeconds} s; ${await this.#whySilent()}.`,
      );
    }
  }

  #whySilent(): Promise<string> {
    return whySilent(this.#options, `understudy train ppo --listen ${this.#options.address}`);
  }

  /** A learner may come later, but a refused key is better told at once. */
  async #tellWhySilent(): Promise<void> {
    const { address, connectSeconds } = this.#options;
    const why = await this.#whySilent();
    if (this.#welcome) return;
    this.#options.complained(`No learner answers at ${address} yet, waiting up to ${connectSeconds} s; ${why}.`);
  }

  #keepUp(): void {
    const silent = now() - this.#heardAt;
    const hasGoneQuiet = this.#greeted && silent > 3 * (this.#welcome?.leaseSeconds ?? 5);
    const isUnanswered = !this.#greeted && now() - this.#greetedAt > this.#patience;
    if (hasGoneQuiet || isUnanswered) this.#reopen();
    else if (this.#greeted && now() - this.#beatAt >= this.heartbeatSeconds) this.#beat();
  }

  #beat(): void {
    this.#beatAt = now();
    this.send(encodeMessage({ type: 'heartbeat', body: { tasks: this.#options.tasks() } }));
  }

  #reopen(): void {
    if (!this.#welcome && this.#patience === patience.first) void this.#tellWhySilent();
    this.#socket.close();
    this.#patience = Math.min(2 * this.#patience, patience.longest);
    this.#socket = this.#open();
  }

  #open(): ClientSocket {
    const { address } = this.#options;
    this.#options.connecting(address);
    const socket = ClientSocket.connect({ lingerMilliseconds: 500, ...this.#options });
    this.#socket = socket;
    this.#greet();
    return socket;
  }

  #greet(): void {
    this.#greeted = false;
    this.#greetedAt = now();
    const versions = [...supportedVersions];
    this.send(encodeMessage({ type: 'hello', request: 0, body: { versions, service: 'rollout', software } }));
  }
}
