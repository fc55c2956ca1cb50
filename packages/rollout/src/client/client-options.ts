import type { MessageLimits } from '../protocol/limits.ts';
import type { CurveClientKeys } from '../transport/socket-options.ts';

/** How a client reaches its server. Plain data, as it travels between threads. */
export interface ConnectOptions {
  /** Needed for servers beyond this machine. */
  readonly curve?: CurveClientKeys;
  /** How long a server may take to greet; 5 unless told. */
  readonly connectSeconds?: number;
  /** How long an answer may take, lost connections and restarted servers included; 60 unless told. */
  readonly requestSeconds?: number;
  /** After so long without an answer the client connects anew and asks again; 5 unless told. */
  readonly retrySeconds?: number;
  /** Largest messages. */
  readonly limits?: MessageLimits;
}

/** How sessions outlive their server. */
export interface RecoveryOptions {
  /** Steps between two saved states; what came since is replayed. 256 unless told. */
  readonly everySteps?: number;
}

/** Options of a remote vector environment. */
export interface RemoteVectorOptions {
  /** How many sub-environments; 1 unless told. */
  readonly count?: number;
  readonly autoresetMode?: 'next-step' | 'same-step' | 'disabled';
  /** Passed to every `make` on the server: plain data. */
  readonly options?: Record<string, unknown>;
  /** With a seed, the vector environment comes reset. */
  readonly seed?: number;
  /** Whether resets bring their infos; they do unless told. */
  readonly infos?: boolean;
  /**
   * Whether steps bring what their infos say in numbers, too (`stepInfos`): every step then costs more, and a server steps
   * these environments in one thread. They don't unless told.
   */
  readonly stepInfos?: boolean;
  /**
   * When the server has lost the session (it was killed, or its lease ended), make the environments anew, restore the
   * last saved state and replay the actions since, so that no step is lost; an error unless told.
   */
  readonly recover?: boolean | RecoveryOptions;
}

/** Where to connect, with nothing left out. */
export interface ResolvedConnectOptions extends Required<Omit<ConnectOptions, 'curve' | 'limits'>> {
  readonly address: string;
  readonly curve?: CurveClientKeys;
  readonly limits?: MessageLimits;
}

export function resolveConnectOptions(address: string, options: ConnectOptions): ResolvedConnectOptions {
  const { connectSeconds = 5, requestSeconds = 60, retrySeconds = 5, curve, limits } = options;
  return { address, connectSeconds, requestSeconds, retrySeconds, curve, limits };
}
