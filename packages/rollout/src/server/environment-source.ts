import { InputError, nearestNames } from '@understudy/errors';
import { type Env, type MakeOptions, make } from '@understudy/gym';
import { ProtocolError } from '../protocol/protocol-error.ts';

/** Makes an environment, as `make` of the gym package does. */
export type MakeEnvironment = (id: string, options: MakeOptions) => Promise<Env<unknown, unknown>>;

/** Where a server's environments come from. */
export interface EnvironmentSource {
  /**
   * The URL of a JavaScript module that every thread imports. It exports `make(id, options)`, or registers its
   * environments with the gym package.
   */
  readonly module?: string;
  /** Makes them in the server's own thread; needs no module there. */
  readonly make?: MakeEnvironment;
}

/** What makes the environments of a source in this thread. */
export async function openSource({ module, make: given }: EnvironmentSource): Promise<MakeEnvironment> {
  if (given) return given;
  if (module === undefined) return make;
  const imported: { make?: unknown } = await import(module);
  return typeof imported.make === 'function' ? (imported.make as MakeEnvironment) : make;
}

/** An environment that a server offers. */
export interface OfferedEnvironment {
  readonly id: string;
  /** What it is, in a phrase. */
  readonly description?: string;
}

/** @throws ProtocolError `unknown-environment`, with the nearest ids. */
export function checkOffered(id: string, offered: ReadonlyMap<string, OfferedEnvironment>): void {
  if (offered.has(id)) return;
  const near = nearestNames(id, offered.keys());
  const hint =
    near.length > 0 ? `did you mean ${near.join(' or ')}` : `it offers ${[...offered.keys()].slice(0, 8).join(', ')}`;
  throw new ProtocolError('unknown-environment', `The server does not offer the environment ${id}; ${hint}.`);
}

/** @throws InputError when a server would offer nothing, or one environment twice. */
export function offeredById(environments: readonly OfferedEnvironment[]): Map<string, OfferedEnvironment> {
  if (environments.length === 0) throw new InputError('A server needs at least one environment to offer.');
  return new Map(environments.map((environment) => [environment.id, environment]));
}
