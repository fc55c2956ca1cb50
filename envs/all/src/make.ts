import { InputError, nearestNames } from '@understudy/errors';
import * as gym from '@understudy/gym';
import { environmentIds, loadEnvironment } from './environments.ts';

/**
 * Makes an environment, importing only the package that its id names.
 *
 * @param options - Options of the environment, and `maxEpisodeSteps`.
 * @throws InputError for an unknown id, with the nearest ones, or an unknown or wrong option.
 */
export async function make<Observation = Float64Array, Action = Float32Array>(
  id: string,
  options?: gym.MakeOptions,
): Promise<gym.Env<Observation, Action>> {
  await prepare(id);
  return gym.make<Observation, Action>(id, options);
}

/**
 * Makes copies of an environment that step together, importing only the package that its id names.
 *
 * @throws InputError as {@link make} does.
 */
export async function makeVector(id: string, options?: gym.MakeVectorOptions): Promise<gym.VectorEnv> {
  await prepare(id);
  return gym.makeVector(id, options);
}

/** Loads an environment of this collection; one that the caller has registered is ready. */
async function prepare(id: string): Promise<void> {
  await loadEnvironment(id);
  const known = [...new Set([...environmentIds(), ...gym.registeredIds()])].sort();
  if (known.includes(id)) return;
  const near = nearestNames(id, known);
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `understudy env list and environmentIds() name all ${known.length}`;
  throw new InputError(`there is no environment "${id}"; ${hint}`);
}
