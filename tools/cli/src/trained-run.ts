import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MakeOptions } from '@understudy/gym';
import type { AnyEnv, Policy } from '@understudy/training';
import { makeAt } from './environments-at.ts';
import type { ClientKeyFlags } from './keys/client-keys.ts';

/** A policy with an environment like the one it was trained on. */
export interface TrainedRun {
  policy: Policy;
  /** To be closed by the caller. */
  env: AnyEnv;
}

/** What {@link openTrainedRun} may be told. */
export interface TrainedRunOptions {
  /** Another id than the policy was trained on, of the same shape. */
  environment?: string;
  /** Take the policy with the best training return instead of the last. */
  best?: boolean;
  /** The server that has the environment; this process unless told. */
  address?: string;
  /** The keys for the server. */
  keys?: ClientKeyFlags;
}

/**
 * Loads the policy of a run directory (or policy file) and makes its environment, with the options it was trained on.
 *
 * @throws InputError when there is no whole policy, or the environment is unknown, or no server answers.
 */
export async function openTrainedRun(path: string, options: TrainedRunOptions = {}): Promise<TrainedRun> {
  const [{ loadPolicy, readRunConfig }, { make }] = await Promise.all([
    import('@understudy/training'),
    import('@understudy/envs'),
  ]);
  const policy = await loadPolicy(path, { which: options.best ? 'best' : 'last' });
  const id = options.environment ?? policy.metadata.environment;
  const trainedOn = existsSync(join(path, 'config.json')) ? readRunConfig(path).config.environmentOptions : {};
  const sameEnvironment = id === policy.metadata.environment;
  const made = sameEnvironment ? ((trainedOn as MakeOptions | undefined) ?? {}) : {};
  if (options.address === undefined) return { policy, env: await make(id, made) };
  return { policy, env: await makeAt({ address: options.address, id, options: made, keys: options.keys ?? {} }) };
}
