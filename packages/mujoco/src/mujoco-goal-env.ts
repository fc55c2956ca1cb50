import { InputError } from '@understudy/errors';
import { type Box, Dict, type GoalEnv, type GoalObservation } from '@understudy/gym';
import { BaseMujocoEnv, type MujocoEnvSetup } from './base-mujoco-env.ts';
import { unboundedBox } from './mujoco-env.ts';

/** Numbers in the parts of a goal environment's observation. */
export interface GoalObservationSizes {
  readonly observation: number;
  readonly goal: number;
}

/**
 * A task on a MuJoCo model that shows goals: Gymnasium-Robotics' `GoalEnv`.
 *
 * Flat observations hold `achieved_goal`, `desired_goal`, `observation` in this order, the sorted one of Gymnasium's
 * `flatten`.
 */
export abstract class MujocoGoalEnv extends BaseMujocoEnv<GoalObservation> implements GoalEnv {
  declare readonly observationSpace: Dict<GoalObservation>;
  readonly goalSize: number;

  /** @param actionSpace - Where actions aren't the actuators' controls. */
  constructor(id: string, setup: MujocoEnvSetup, sizes: GoalObservationSizes, actionSpace?: Box<Float32Array>) {
    super(id, setup, goalSpace(sizes), actionSpace);
    this.goalSize = sizes.goal;
  }

  /** The reward for a goal achieved at `achieved[at ...]` with another desired at `desired[at ...]`. */
  protected abstract goalReward(
    achieved: Float64Array | Float32Array,
    desired: Float64Array | Float32Array,
    at: number,
  ): number;

  computeReward(
    achievedGoals: Float64Array | Float32Array,
    desiredGoals: Float64Array | Float32Array,
    rewards = new Float64Array(achievedGoals.length / this.goalSize),
  ): Float64Array {
    const { goalSize } = this;
    const count = rewards.length;
    if (achievedGoals.length !== count * goalSize || desiredGoals.length !== count * goalSize) {
      throw new InputError(
        `computeReward of ${this.id} got ${achievedGoals.length} and ${desiredGoals.length} numbers of goals for ` +
          `${count} rewards, expected ${count * goalSize} of each, ${goalSize} a goal`,
      );
    }
    for (let i = 0; i < count; i++) rewards[i] = this.goalReward(achievedGoals, desiredGoals, i * goalSize);
    return rewards;
  }

  protected override readObservation(flat: Float64Array): GoalObservation {
    const { goalSize } = this;
    return {
      observation: flat.slice(2 * goalSize),
      achieved_goal: flat.slice(0, goalSize),
      desired_goal: flat.slice(goalSize, 2 * goalSize),
    };
  }
}

function goalSpace({ observation, goal }: GoalObservationSizes): Dict<GoalObservation> {
  return new Dict<GoalObservation>({
    observation: unboundedBox(observation),
    achieved_goal: unboundedBox(goal),
    desired_goal: unboundedBox(goal),
  });
}
