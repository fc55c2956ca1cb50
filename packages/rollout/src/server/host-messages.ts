import type { Body } from '../protocol/messages.ts';
import type { ErrorBody } from '../protocol/protocol-error.ts';
import type { SessionBounds, SessionRequest } from './env-session.ts';
import type { MadeSession } from './session-host.ts';

/** What a host's thread is started with. */
export interface HostSetup {
  /** URL of the module that makes the environments. */
  readonly module?: string;
  readonly bounds: SessionBounds;
}

/** What a host's thread is asked to do; `call` numbers the answers. */
export type HostCall =
  | { kind: 'open'; call: number; session: string; body: Body<'make'> }
  | { kind: 'perform'; call: number; message: SessionRequest }
  | { kind: 'drop'; session: string };

/** What a host's thread answers. */
export type HostAnswer =
  | { call: number; made: MadeSession }
  | { call: number; frames: Uint8Array[] }
  | { call: number; error: ErrorBody };
