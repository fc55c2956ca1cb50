import type { Router } from 'zeromq';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { defaultLimits, supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage, Body, Message } from '../protocol/messages.ts';
import { errorBody, ProtocolError } from '../protocol/protocol-error.ts';
import { defaultFloodLimits, PeerBook } from '../server/peer-book.ts';
import { software } from '../software.ts';
import { type Arrival, ServerSocket, type ServerSocketOptions } from '../transport/index.ts';
import { bindAgain } from './bind-again.ts';
import { Crew, type CrewMember } from './crew.ts';

const workerTypes = ['hello', 'ready', 'result', 'refused', 'heartbeat', 'bye'] as const;
type WorkerMessageType = (typeof workerTypes)[number];
const accept: ReadonlySet<WorkerMessageType> = new Set(workerTypes);

/** What a worker says about its tasks. */
export type WorkMessage = AnyMessage<'result' | 'refused' | 'heartbeat'>;

/** Who hears what comes through a {@link WorkerGate}. */
export interface GateListener {
  /** What a worker is told when it is ready. */
  setup(): Body<'setup'>;
  joined(member: CrewMember, isNew: boolean): void;
  lost(member: CrewMember, reason: string): void;
  /** What it throws is the worker's answer. */
  received(member: CrewMember, message: WorkMessage): void;
  refused(member: CrewMember | undefined, message: string): void;
  /** Four times a heartbeat. */
  tick(): void;
}

/** Options of {@link WorkerGate.bind}. */
export interface WorkerGateOptions extends ServerSocketOptions {
  /** Between two signs of life; after five without one a worker is given up. 1 unless told. */
  readonly heartbeatSeconds?: number;
  /** Told of every socket that is bound, before anybody connects: for watching its handshakes. */
  onSocket?(router: Router): void;
}

/** After so many heartbeats without a word a worker is given up. */
const maxSilentHeartbeats = 5;
/** So many more for a newcomer, which loads environments and can't speak meanwhile. */
const newcomerHeartbeats = 25;
const now = (): number => performance.now() / 1000;

/** The learner's socket: greets workers, knows who is there, and keeps off what is no message of a worker. */
export class WorkerGate {
  readonly crew = new Crew();
  readonly #options: WorkerGateOptions;
  readonly #heartbeatSeconds: number;
  readonly #peers = new PeerBook(defaultFloodLimits, now());
  #socket: ServerSocket;
  #listener: GateListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tickedAt = now();
  #beatAt = 0;
  #closed = false;

  private constructor(socket: ServerSocket, options: WorkerGateOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#heartbeatSeconds = options.heartbeatSeconds ?? 1;
    if (socket.router) options.onSocket?.(socket.router);
  }

  /** @throws InputError when the address is in use or not allowed. */
  static async bind(options: WorkerGateOptions): Promise<WorkerGate> {
    return new WorkerGate(await ServerSocket.bind(options), options);
  }

  get address(): string {
    return this.#socket.endpoint;
  }

  /** Begins to listen. */
  open(listener: GateListener): void {
    this.#listener = listener;
    void this.#serve(this.#socket);
    this.#timer = setInterval(() => this.#tick(), 250 * this.#heartbeatSeconds);
  }

  /** Sends to a worker; one that is gone, or takes nothing more, is given up. */
  send(member: CrewMember, frames: readonly Uint8Array[]): void {
    const { peer } = member;
    void this.#socket.send(peer, frames).then((isSent) => {
      const isThere = this.crew.byPeer(peer) === member;
      if (!isSent && isThere && !this.#closed) this.#dismiss(member, 'Its connection is gone.');
    });
  }

  /** Closes all connections and takes new ones at the same address. */
  async rebind(): Promise<void> {
    const { endpoint } = this.#socket;
    this.#socket.close();
    const socket = await bindAgain({ ...this.#options, address: endpoint });
    if (this.#closed) return socket.close();
    this.#socket = socket;
    if (socket.router) this.#options.onSocket?.(socket.router);
    void this.#serve(socket);
  }

  /** Closes. @param reason - Why there is no more work; without it workers hear nothing. */
  async close(reason?: string): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    if (reason === undefined) return this.#socket.close();
    const frames = encodeMessage({ type: 'stop', body: { reason } });
    await Promise.all(this.crew.members().map(({ peer }) => this.#socket.send(peer, frames)));
    this.#socket.close();
  }

  async #serve(socket: ServerSocket): Promise<void> {
    for await (const arrival of socket) {
      try {
        this.#receive(arrival);
      } catch (error) {
        this.#refuse(arrival.peer, error);
      }
    }
  }

  #receive({ peer, frames }: Arrival): unknown {
    if (this.#closed || !this.#peers.admits(peer, now())) return;
    const message = decodeMessage(frames, { limits: this.#options.limits, accept });
    if (message.type === 'hello') return this.#welcome(peer, message);
    if (!this.#peers.hasGreeted(peer)) {
      throw new ProtocolError('unknown-session', 'The learner does not know this connection; greet first.', message);
    }
    if (message.type === 'ready') return this.#enlist(peer, message.body);
    const member = this.crew.byPeer(peer);
    if (!member) throw new ProtocolError('unknown-session', 'The learner does not know this worker; greet first.');
    this.crew.hear(member, now());
    if (message.type === 'bye') return this.#dismiss(member, message.body.reason);
    this.#listener?.received(member, message);
  }

  #welcome(peer: string, { request, body }: Message<'hello'>): void {
    const version = supportedVersions.find((ours) => body.versions.includes(ours));
    if (version === undefined) {
      const theirs = `${body.software} speaks version ${body.versions.join(', ')} of the rollout protocol`;
      const sentence = `${theirs}, the learner (${software}) version ${supportedVersions.join(', ')}.`;
      throw new ProtocolError('version', sentence, { request, versions: supportedVersions });
    }
    if (body.service !== 'rollout') {
      const sentence = `A learner listens here for workers; it has no service ${body.service}.`;
      throw new ProtocolError('invalid', sentence, { request });
    }
    this.#peers.greet(peer, now());
    const limits = { ...(this.#options.limits ?? defaultLimits) };
    const heartbeatSeconds = this.#heartbeatSeconds;
    const leaseSeconds = maxSilentHeartbeats * heartbeatSeconds;
    const welcome = { version, service: 'rollout', software, limits, heartbeatSeconds, leaseSeconds } as const;
    void this.#socket.send(peer, encodeMessage({ type: 'welcome', request, body: welcome }));
  }

  #enlist(peer: string, { worker, credits }: Body<'ready'>): void {
    const listener = this.#listener;
    if (!listener) return;
    const grace = newcomerHeartbeats * this.#heartbeatSeconds;
    const isNew = this.crew.join(worker, peer, credits, now() + grace);
    const member = this.crew.byName(worker);
    if (!member) return;
    this.send(member, encodeMessage({ type: 'setup', body: listener.setup() }));
    listener.joined(member, isNew);
  }

  #dismiss(member: CrewMember, reason: string): void {
    this.crew.leave(member);
    this.#peers.forget(member.peer);
    this.#listener?.lost(member, reason);
  }

  #refuse(peer: string, error: unknown): void {
    const { request, code } = error instanceof ProtocolError ? error : ({} as ProtocolError);
    this.#listener?.refused(this.crew.byPeer(peer), error instanceof Error ? error.message : String(error));
    void this.#socket.send(peer, encodeMessage({ type: 'error', request, body: errorBody(error) }));
    // A worker of before a restart only has to greet again.
    if (code !== 'unknown-session') this.#peers.strike(peer);
  }

  #tick(): void {
    const interval = 0.25 * this.#heartbeatSeconds;
    const late = now() - this.#tickedAt - interval;
    this.#tickedAt = now();
    // While this process was busy it heard nobody, who may have spoken nonetheless.
    if (late > interval) this.crew.forgive(late);
    for (const member of this.crew.silentSince(now() - maxSilentHeartbeats * this.#heartbeatSeconds)) {
      this.#dismiss(member, `Silent for ${maxSilentHeartbeats * this.#heartbeatSeconds} s.`);
    }
    if (now() - this.#beatAt >= this.#heartbeatSeconds) {
      this.#beatAt = now();
      const frames = encodeMessage({ type: 'heartbeat', body: { tasks: [] } });
      for (const member of this.crew.members()) this.send(member, frames);
    }
    this.#listener?.tick();
  }
}
