import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage, Message } from '../protocol/messages.ts';
import { errorBody, ProtocolError } from '../protocol/protocol-error.ts';
import { RefusalLog } from '../security/refusal-log.ts';
import { software } from '../software.ts';
import { type Arrival, ServerSocket } from '../transport/index.ts';
import { type OfferedEnvironment, offeredById } from './environment-source.ts';
import { HostPool } from './host-pool.ts';
import { PeerBook } from './peer-book.ts';
import {
  type EnvironmentServerOptions,
  type ResolvedServerOptions,
  resolveServerOptions,
  service,
} from './server-options.ts';
import { SessionService } from './session-service.ts';

const requestTypes = [
  'hello',
  'ping',
  'bye',
  'list',
  'make',
  'attach',
  'reset',
  'resetAt',
  'step',
  'save',
  'restore',
  'render',
  'close',
] as const;
type RequestType = (typeof requestTypes)[number];
const accept: ReadonlySet<RequestType> = new Set(requestTypes);

/** What a server has done and holds. */
export interface ServerFigures {
  sessions: number;
  environments: number;
  peers: number;
  /** Messages that were read. */
  messages: number;
  /** Environment steps, over all sub-environments. */
  steps: number;
  /** Messages that were refused or dropped. */
  refused: number;
}

const now = (): number => performance.now() / 1000;

/** Serves vector environments to many clients; see PROTOCOL.md, service `environments`. */
export class EnvironmentServer {
  readonly #given: EnvironmentServerOptions;
  readonly #options: ResolvedServerOptions;
  readonly #offered: ReadonlyMap<string, OfferedEnvironment>;
  readonly #sessions: SessionService;
  readonly #peers: PeerBook;
  readonly #refusals: RefusalLog;
  readonly #sweeper: NodeJS.Timeout;
  #socket: ServerSocket;
  #serving: Promise<void>;
  #messages = 0;
  #refused = 0;
  #closed: Promise<void> | undefined;

  private constructor(
    given: EnvironmentServerOptions,
    socket: ServerSocket,
    hosts: HostPool,
    offered: ReadonlyMap<string, OfferedEnvironment>,
  ) {
    this.#given = given;
    this.#options = resolveServerOptions(given);
    this.#offered = offered;
    this.#socket = socket;
    this.#refusals = new RefusalLog(this.#options.log);
    this.#peers = new PeerBook(this.#options.flood, now());
    const send = (peer: string, frames: Uint8Array[]) => this.#socket.send(peer, frames);
    this.#sessions = new SessionService(this.#options, hosts, offered, send, now);
    this.#sweeper = setInterval(() => this.#sweep(), (1000 * this.#options.leaseSeconds) / 4);
    this.#serving = this.#serve();
  }

  /**
   * Binds the address and serves.
   *
   * @throws InputError for an address that is in use or not allowed, and options that make no sense.
   */
  static async start(given: EnvironmentServerOptions): Promise<EnvironmentServer> {
    const { environments, workers, limits, threadsPerSession } = resolveServerOptions(given);
    const offered = offeredById(environments);
    const socket = await bind(given, given.address, 0);
    try {
      const bounds = { threads: threadsPerSession, messageBytes: limits.messageBytes };
      return new EnvironmentServer(given, socket, await HostPool.start(given, bounds, workers), offered);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** The address that was bound. */
  get address(): string {
    return this.#socket.endpoint;
  }

  get figures(): ServerFigures {
    const { sessions, environments, steps } = this.#sessions;
    return { sessions, environments, peers: this.#peers.size, messages: this.#messages, steps, refused: this.#refused };
  }

  /**
   * Cuts all connections and binds the same address again. Sessions stay, clients come back by themselves; those whose
   * key has been revoked meanwhile do not.
   */
  async rebind(): Promise<void> {
    const { endpoint } = this.#socket;
    this.#socket.close();
    await this.#serving;
    this.#socket = await bind(this.#given, endpoint, REBIND_TRIES);
    this.#serving = this.#serve();
  }

  /**
   * Ends service gracefully: requests under way are finished and answered, new ones refused, clients told, sessions
   * closed.
   *
   * @param options - `seconds`: how long requests under way are waited for; 10 unless told.
   */
  async drain({ seconds = 10 }: { seconds?: number } = {}): Promise<void> {
    this.#sessions.draining = true;
    const until = now() + seconds;
    while (this.#sessions.busy && now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    const bye = encodeMessage({ type: 'bye', body: { reason: 'It shuts down.' } });
    for (const peer of this.#peers.greeted()) await this.#socket.send(peer, bye);
    await this.close();
  }

  /** Ends service at once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#socket.close();
    await this.#serving;
    await this.#sessions.close();
  }

  async #serve(): Promise<void> {
    try {
      for await (const arrival of this.#socket) await this.#receiveSafely(arrival);
    } catch (error) {
      this.#options.log(`The socket failed: ${(error as Error).message}`);
    }
  }

  /** Nothing that a peer sends may end the server. */
  async #receiveSafely(arrival: Arrival): Promise<void> {
    try {
      await this.#receive(arrival);
    } catch (error) {
      this.#options.log(`A message was not served: ${(error as Error).message}`);
    }
  }

  async #receive({ peer, frames }: Arrival): Promise<void> {
    const at = now();
    if (!this.#peers.admits(peer, at)) {
      this.#refused += 1;
      return;
    }
    this.#messages += 1;
    try {
      const message = decodeMessage(frames, { limits: this.#options.limits, accept });
      if (message.type !== 'hello' && !this.#peers.hasGreeted(peer)) {
        throw new ProtocolError('unknown-session', 'This connection has not greeted: say hello, then attach.', message);
      }
      await this.#handle(peer, message, at);
    } catch (error) {
      await this.#refuse(peer, error);
    }
  }

  async #refuse(peer: string, error: unknown): Promise<void> {
    this.#refused += 1;
    const { request, session, code } = error instanceof ProtocolError ? error : ({} as ProtocolError);
    this.#refusals.add({ reason: (error as Error).message.replace(/\.$/, '') });
    await this.#socket.send(peer, encodeMessage({ type: 'error', request, session, body: errorBody(error) }));
    const broken = code === 'malformed' || code === 'unknown-type' || code === 'version';
    if (broken || !this.#peers.hasGreeted(peer)) this.#peers.strike(peer);
  }

  async #handle(peer: string, message: AnyMessage<RequestType>, at: number): Promise<void> {
    const { request } = message;
    switch (message.type) {
      case 'hello':
        return this.#welcome(peer, message, at);
      case 'bye':
        return this.#peers.forget(peer);
      case 'list': {
        const environments = [...this.#offered.values()].map(({ id, description }) => ({ id, description }));
        await this.#socket.send(peer, encodeMessage({ type: 'environments', request, body: { environments } }));
        return;
      }
      case 'ping':
        if (message.session !== undefined) this.#sessions.touch(message, at);
        await this.#socket.send(peer, encodeMessage({ type: 'pong', request, session: message.session, body: {} }));
        return;
      default:
        return this.#sessions.handle(peer, message, at);
    }
  }

  async #welcome(peer: string, { request, body }: Message<'hello'>, at: number): Promise<void> {
    const version = supportedVersions.find((ours) => body.versions.includes(ours));
    if (version === undefined) {
      const theirs = `${body.software} speaks version ${body.versions.join(', ')} of the rollout protocol`;
      const sentence = `${theirs}, the server (${software}) version ${supportedVersions.join(', ')}.`;
      throw new ProtocolError('version', sentence, { request, versions: supportedVersions });
    }
    if (body.service !== service) {
      const sentence = `This server has environments, not the service ${body.service}; connect to the one that has.`;
      throw new ProtocolError('invalid', sentence, { request });
    }
    if (this.#sessions.draining) throw new ProtocolError('draining', 'The server shuts down.', { request });
    this.#peers.greet(peer, at);
    const { limits, heartbeatSeconds, leaseSeconds } = this.#options;
    const welcome = { version, service, software, limits: { ...limits }, heartbeatSeconds, leaseSeconds };
    await this.#socket.send(peer, encodeMessage({ type: 'welcome', request, body: welcome }));
  }

  #sweep(): void {
    const at = now();
    this.#sessions.sweep(at);
    this.#peers.forgetSilentFor(3 * this.#options.leaseSeconds, at);
  }
}

/** Messages that may wait for one client. */
const HIGH_WATER_MARK = 256;

/** A closed socket lets go of its address a moment later: tries to bind it again, and milliseconds between two. */
const REBIND_TRIES = 100;
const REBIND_PAUSE = 20;

async function bind(given: EnvironmentServerOptions, address: string, tries: number): Promise<ServerSocket> {
  const { curve, limits, onSocket } = given;
  for (let left = tries; ; left--) {
    try {
      const socket = await ServerSocket.bind({ address, curve, limits, highWaterMark: HIGH_WATER_MARK });
      if (socket.router) onSocket?.(socket.router);
      return socket;
    } catch (error) {
      if (left <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, REBIND_PAUSE));
    }
  }
}
