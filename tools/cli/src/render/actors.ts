import { InputError } from '@understudy/errors';
import { type AnyEnv, actionSizeOf, type Policy } from '@understudy/training';

/** Chooses actions for pictures. */
export interface Actor {
  /** `random`, `zero`, or the algorithm that made the policy. */
  readonly name: string;
  act(observation: unknown): unknown;
}

/** Draws from the action space. */
export function randomActor(env: AnyEnv, seed: number): Actor {
  env.actionSpace.seed(seed);
  return { name: 'random', act: () => env.actionSpace.sample() };
}

/** Does nothing. @throws InputError where no action is nothing. */
export function zeroActor(env: AnyEnv): Actor {
  const zero =
    env.actionSpace.kind === 'discrete' ? 0 : env.actionSpace.unflatten(new Float32Array(env.actionSpace.flatSize));
  if (!env.actionSpace.contains(zero)) {
    throw new InputError(`${env.id} has no action of zeros, its actions are ${env.actionSpace}; use --policy random`);
  }
  return { name: 'zero', act: () => zero };
}

/** The mode of a trained policy's actions. @throws InputError if the policy doesn't fit the environment. */
export function runActor(policy: Policy, env: AnyEnv): Actor {
  const { observationSpace, actionSpace } = env;
  const { algorithm, environment, observationSize, actionSize } = policy.metadata;
  if (observationSize !== observationSpace.flatSize || actionSize !== actionSizeOf(actionSpace)) {
    throw new InputError(`the policy was made for ${environment} and can't act in ${env.id}`);
  }
  const flat = new Float64Array(observationSpace.flatSize);
  return {
    name: algorithm,
    act(observation) {
      observationSpace.flattenInto(observation, flat, 0);
      const action = policy.act(flat, { deterministic: true });
      return actionSpace.kind === 'discrete' ? action[0] : action.slice();
    },
  };
}
