import type { VectorEnv } from '@understudy/gym';
import type { Body } from '../protocol/messages.ts';
import { AsyncRemoteVectorEnv } from './async-remote-vector-env.ts';
import {
  type ConnectOptions,
  type RemoteVectorOptions,
  type ResolvedConnectOptions,
  resolveConnectOptions,
} from './client-options.ts';
import { Connection } from './connection.ts';
import { RemoteEnv, type RemoteEnvOptions } from './remote-env.ts';
import { RemoteVectorEnv } from './remote-vector-env.ts';

/** A server of environments, connected. */
export class EnvironmentClient {
  readonly #options: ResolvedConnectOptions;
  readonly #connection: Connection;

  private constructor(options: ResolvedConnectOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
  }

  /** See {@link connect}. */
  static async connect(address: string, options: ConnectOptions): Promise<EnvironmentClient> {
    const resolved = resolveConnectOptions(address, options);
    return new EnvironmentClient(resolved, await Connection.open(resolved));
  }

  /** What the server calls itself. */
  get serverSoftware(): string {
    return this.#connection.welcome.software;
  }

  /** The environments that the server offers. */
  list(): Promise<Body<'environments'>['environments']> {
    return this.#connection.list();
  }

  /**
   * Makes one environment on the server, over a connection of its own; its steps bring their infos.
   *
   * @throws InputError when the server doesn't offer the environment, or it refuses its options.
   */
  make(id: string, options?: RemoteEnvOptions): Promise<RemoteEnv> {
    return RemoteEnv.create(this.#options, id, options);
  }

  /**
   * Makes copies of an environment on the server that step together, over a connection of their own.
   *
   * @returns A vector environment like any other.
   * @throws InputError when the server doesn't offer the environment, or it refuses its options.
   */
  makeVector(id: string, options?: RemoteVectorOptions): Promise<RemoteVectorEnv & VectorEnv> {
    return RemoteVectorEnv.create(this.#options, id, options);
  }

  /** The same for callers that await every step. */
  makeAsyncVector(id: string, options?: RemoteVectorOptions): Promise<AsyncRemoteVectorEnv> {
    return AsyncRemoteVectorEnv.create(this.#options, id, options);
  }

  /** Closes this connection; vector environments have their own and stay. */
  close(): void {
    this.#connection.close();
  }
}

/**
 * Connects to a server of environments.
 *
 * @param address - `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`.
 * @throws InputError when nobody answers in time, the versions differ, or the address needs keys.
 */
export function connect(address: string, options: ConnectOptions = {}): Promise<EnvironmentClient> {
  return EnvironmentClient.connect(address, options);
}
