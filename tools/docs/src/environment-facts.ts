import { loadEnvironment, make } from '@understudy/envs';
import { type EnvDescription, type Space, spec } from '@understudy/gym';

/** What the code tells of one environment. */
export interface EnvironmentFacts {
  id: string;
  /** The folder of the package that registers it: `half-cheetah`. */
  family: string;
  /** As Gymnasium prints it: `Box(-inf, inf, (17,), float64)`. */
  observationSpace: string;
  /** How many numbers an observation has. */
  observationSize: number;
  actionSpace: string;
  /** `6 numbers`, `2 choices`. */
  actionSize: string;
  /** Steps after which an episode is truncated; null when it never is. */
  maxEpisodeSteps: number | null;
  /** Return at which the task counts as solved; null where nobody says. */
  rewardThreshold: number | null;
  /** The physics engine by default; null where there is none. */
  engine: string | null;
  /** Options beside `maxEpisodeSteps`, which every environment has. */
  options: readonly string[];
  /** The environment in words; null where its package gives none. */
  description: EnvDescription | null;
}

/**
 * Makes an environment and tells what it is.
 *
 * @throws InputError for an unknown id.
 */
export async function environmentFacts(id: string): Promise<EnvironmentFacts> {
  await loadEnvironment(id);
  const env = await make<unknown, unknown>(id);
  const { observationSpace, actionSpace, metadata } = env;
  const { module = '', rewardThreshold = null, optionNames = [], description = null } = spec(id);
  env.close();
  return {
    id,
    family: familyOf(module),
    observationSpace: String(observationSpace),
    observationSize: observationSpace.flatSize,
    actionSpace: String(actionSpace),
    actionSize: sizeOf(actionSpace),
    maxEpisodeSteps: metadata.maxEpisodeSteps ?? null,
    rewardThreshold,
    engine: (env.unwrapped as { engine?: { name: string } }).engine?.name ?? null,
    options: optionNames,
    description,
  };
}

/** The folder of the package that registers an environment: `half-cheetah`. */
export async function environmentFamily(id: string): Promise<string> {
  await loadEnvironment(id);
  return familyOf(spec(id).module ?? '');
}

/** `half-cheetah` of `file:///.../envs/half-cheetah/src/register.ts`. */
function familyOf(module: string): string {
  return /(?<folder>[^/]+)\/(?:src|dist)\/[^/]+$/.exec(module)?.groups?.folder ?? 'other';
}

function sizeOf({ kind, flatSize }: Space): string {
  const unit = kind === 'discrete' ? 'choice' : 'number';
  return `${flatSize} ${unit}${flatSize === 1 ? '' : 's'}`;
}
