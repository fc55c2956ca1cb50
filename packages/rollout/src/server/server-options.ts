import type { Router } from 'zeromq';
import type { Service } from '../protocol/handshake-messages.ts';
import { defaultLimits, type MessageLimits } from '../protocol/limits.ts';
import type { CurveServerKeys } from '../transport/socket-options.ts';
import type { EnvironmentSource, OfferedEnvironment } from './environment-source.ts';
import { defaultFloodLimits, type FloodLimits } from './peer-book.ts';

/** What a server serves, where, and within which limits. */
export interface EnvironmentServerOptions extends EnvironmentSource {
  /** `tcp://127.0.0.1:5555`, `ipc://PATH`, `inproc://NAME`; port `*` lets the system choose. */
  readonly address: string;
  readonly environments: readonly OfferedEnvironment[];
  /** Threads that sessions are spread over, so that a slow one stalls no other; 0, all in this thread, unless told. */
  readonly workers?: number;
  /** Threads over which each session's environments are stepped, the session's own among them; 0 and 1: one after the other in that; 0 unless told. */
  readonly threadsPerSession?: number;
  /** Needed beyond this machine. */
  readonly curve?: CurveServerKeys;
  /** 64 unless told. */
  readonly maxSessions?: number;
  /** Of all sessions together; 4096 unless told. */
  readonly maxEnvironments?: number;
  readonly limits?: MessageLimits;
  readonly flood?: FloodLimits;
  /** A session that is silent for so long is closed; 60 unless told. */
  readonly leaseSeconds?: number;
  /** How often clients should give a sign of life; a fifth of the lease unless told. */
  readonly heartbeatSeconds?: number;
  /** A request that takes longer ends its thread, and the sessions there; 600 unless told. */
  readonly requestSeconds?: number;
  /** Gets every socket as soon as it is bound, to watch its handshakes. */
  readonly onSocket?: (router: Router) => void;
  /** Hears of sessions and refusals, for a log. */
  readonly log?: (line: string) => void;
}

/** Options with nothing left out. */
export type ResolvedServerOptions = Required<Omit<EnvironmentServerOptions, 'curve' | 'module' | 'make' | 'onSocket'>>;

export const service: Service = 'environments';

export function resolveServerOptions(options: EnvironmentServerOptions): ResolvedServerOptions {
  const { leaseSeconds = 60 } = options;
  return {
    address: options.address,
    environments: options.environments,
    workers: options.workers ?? 0,
    threadsPerSession: options.threadsPerSession ?? 0,
    maxSessions: options.maxSessions ?? 64,
    maxEnvironments: options.maxEnvironments ?? 4096,
    limits: options.limits ?? defaultLimits,
    flood: options.flood ?? defaultFloodLimits,
    leaseSeconds,
    heartbeatSeconds: options.heartbeatSeconds ?? leaseSeconds / 5,
    requestSeconds: options.requestSeconds ?? 600,
    log: options.log ?? (() => {}),
  };
}
