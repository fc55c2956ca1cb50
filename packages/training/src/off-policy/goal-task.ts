import { InputError } from '@understudy/errors';
import type { Dict, GoalEnv, GoalObservation } from '@understudy/gym';
import type { AnyEnv } from '../flat-env.ts';

/** What hindsight replay knows of a goal environment: where its flat observations hold goals, and what goals earn. */
export interface GoalTask extends Pick<GoalEnv, 'goalSize' | 'computeReward'> {
  /** Where a flat observation holds what has been achieved. */
  readonly achievedAt: number;
  /** Where a flat observation holds what is to be achieved. */
  readonly desiredAt: number;
}

/**
 * Reads the goals of an environment that follows {@link GoalEnv}, whatever wrappers are around it.
 *
 * @param env - Has to stay open as long as rewards are computed.
 * @param algorithm - For errors: `DDPG+HER`.
 * @throws InputError when the environment has no goals or its observations don't show them.
 */
export function goalTaskOf(env: AnyEnv, algorithm: string): GoalTask {
  const task = env.unwrapped as unknown as Partial<GoalEnv>;
  const { observationSpace } = env;
  const places = observationSpace.kind === 'dict' ? flatPlaces(observationSpace as Dict<GoalObservation>) : undefined;
  const achievedAt = places?.get('achieved_goal');
  const desiredAt = places?.get('desired_goal');
  if (typeof task.computeReward !== 'function' || achievedAt === undefined || desiredAt === undefined) {
    throw new InputError(
      `${algorithm} learns to reach goals, and ${env.id} shows none (its observations are ${observationSpace}); ` +
        'choose an environment with achieved_goal and desired_goal, or TD3 or SAC for this one.',
    );
  }
  const goalSize = task.goalSize as number;
  const computeReward: GoalTask['computeReward'] = (achieved, desired, rewards) =>
    (task as GoalEnv).computeReward(achieved, desired, rewards);
  return { goalSize, achievedAt, desiredAt, computeReward };
}

/** Where each part of a dictionary begins in its flat form, which is in the order of the names. */
function flatPlaces({ spaces }: Dict<GoalObservation>): Map<string, number> {
  const places = new Map<string, number>();
  let at = 0;
  for (const name of Object.keys(spaces).sort()) {
    places.set(name, at);
    at += spaces[name].flatSize;
  }
  return places;
}
