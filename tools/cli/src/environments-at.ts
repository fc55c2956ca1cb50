import { InputError, isInputError } from '@understudy/errors';
import type { VectorEnv } from '@understudy/gym';
import type { EnvironmentClient } from '@understudy/rollout';
import type { AnyEnv, EnvironmentHooks } from '@understudy/training';
import { type ClientKeyFlags, clientKeys } from './keys/client-keys.ts';

/** What of a learner's configuration says which environments it steps. */
interface SteppedEnvironments {
  environment: string;
  environmentOptions: Record<string, unknown>;
  envs: number;
}

/** A training's environments on a server. */
export interface RemoteEnvironments {
  makeVectorEnv: NonNullable<EnvironmentHooks['makeVectorEnv']>;
  /** What computes them, for the record of a run. */
  versions: Record<string, string>;
  /** Whether the server can save their states: then one that is killed and started again loses no step. */
  saves: boolean;
}

/**
 * Makes a training's environments on a server.
 *
 * @throws InputError when no server answers at the address, or it doesn't offer the environment.
 */
export async function environmentsAt(
  address: string,
  { environment, environmentOptions, envs }: SteppedEnvironments,
  keys: ClientKeyFlags,
): Promise<RemoteEnvironments> {
  const { connect } = await import('@understudy/rollout');
  const client = await connect(address, { curve: await clientKeys(keys) });
  // Vector environments have connections of their own; this one has shown that the server is there.
  client.close();
  const options = { options: environmentOptions, autoresetMode: 'same-step' } as const;
  const saves = await canSave(client, environment, environmentOptions);
  const makeVectorEnv = async ({ count } = { count: envs }): Promise<VectorEnv> => {
    const env = await client.makeVector(environment, { ...options, count, recover: saves });
    return saves ? env : withoutStates(env, address);
  };
  return { makeVectorEnv, versions: { environmentServer: client.serverSoftware }, saves };
}

/** Whether a server saves the states of an environment; Gymnasium has no way to. */
async function canSave(client: EnvironmentClient, id: string, options: Record<string, unknown>): Promise<boolean> {
  const env = await client.makeVector(id, { options, seed: 0 });
  try {
    env.saveState();
    return true;
  } catch (error) {
    if (!isInputError(error)) throw error;
    return false;
  } finally {
    env.close();
  }
}

/** A checkpoint keeps nothing of environments whose states can't be saved, and so can't be gone on from. */
function withoutStates(env: VectorEnv, address: string): VectorEnv {
  env.saveState = () => Array.from({ length: env.count }, () => ({ unsaved: true }));
  env.restoreState = () => {
    throw new InputError(
      `The environments of this training were on a server that saves no states (${address}): it can't be resumed, start it anew.`,
    );
  };
  return env;
}

/** A single environment on a server. */
export interface RemoteEnvironment {
  address: string;
  id: string;
  options: Record<string, unknown>;
  keys: ClientKeyFlags;
}

/**
 * Makes one environment on a server, with the infos of its steps.
 *
 * @throws InputError when no server answers at the address, or it doesn't offer the environment.
 */
export async function makeAt({ address, id, options, keys }: RemoteEnvironment): Promise<AnyEnv> {
  const { connect } = await import('@understudy/rollout');
  const client = await connect(address, { curve: await clientKeys(keys) });
  client.close();
  return client.make(id, { options });
}
