import { InputError } from '@understudy/errors';
import type { SessionBounds } from './env-session.ts';
import type { EnvironmentSource } from './environment-source.ts';
import { LocalHost, type SessionHost } from './session-host.ts';
import { ThreadHost } from './thread-host.ts';

/** The places where sessions live; a new session goes where fewest are, and a dead thread is replaced. */
export class HostPool {
  readonly #hosts: SessionHost[];
  readonly #start: () => Promise<SessionHost>;

  private constructor(hosts: SessionHost[], start: () => Promise<SessionHost>) {
    this.#hosts = hosts;
    this.#start = start;
  }

  /** @param workers - Threads; 0 keeps all sessions in this one. */
  static async start(source: EnvironmentSource, bounds: SessionBounds, workers: number): Promise<HostPool> {
    const { module } = source;
    if (workers > 0 && module === undefined) {
      throw new InputError('Worker threads need the module that makes the environments; give module, or no workers.');
    }
    const start = (): Promise<SessionHost> =>
      workers > 0 ? ThreadHost.start({ module, bounds }) : LocalHost.create(source, bounds);
    return new HostPool(await Promise.all(Array.from({ length: Math.max(1, workers) }, start)), start);
  }

  /** The host with the fewest sessions. */
  async pick(): Promise<SessionHost> {
    for (const [i, host] of this.#hosts.entries()) {
      if (host instanceof ThreadHost && !host.alive) this.#hosts[i] = await this.#start();
    }
    return this.#hosts.reduce((least, host) => (host.sessions < least.sessions ? host : least));
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
  }
}
