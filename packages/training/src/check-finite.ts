import { InputError } from '@understudy/errors';
import type { VectorEnv } from '@understudy/gym';

/**
 * Refuses what no learner can learn from: an observation or a reward that is NaN or infinite.
 *
 * @param step - Steps of each environment so far, this one included.
 * @throws InputError naming the number, its environment and the step.
 */
export function checkFinite({ id, count, observations, rewards }: VectorEnv, step: number): void {
  // A sum is finite unless a number in it is not; one that overflows has numbers no learner survives either.
  let sum = 0;
  for (let i = 0; i < observations.length; i++) sum += observations[i];
  for (let i = 0; i < count; i++) sum += rewards[i];
  if (Number.isFinite(sum)) return;
  const reward = rewards.findIndex((value) => !Number.isFinite(value));
  const at = observations.findIndex((value) => !Number.isFinite(value));
  const size = observations.length / count;
  const what =
    reward >= 0
      ? `the reward of environment ${reward} is ${rewards[reward]}`
      : at >= 0
        ? `number ${at % size} of the observation of environment ${Math.floor(at / size)} is ${observations[at]}`
        : 'the observations add up to more than a number holds';
  throw new InputError(
    `In step ${step} of ${id} ${what}, from which nothing can be learned; the last checkpoint is whole, so correct the environment and resume.`,
  );
}
