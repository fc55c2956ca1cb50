import { InputError } from '@understudy/errors';
import {
  Box,
  type GoalObservation,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type StepSignals,
  Wrapper,
} from '@understudy/gym';
import { FetchReachEnv, type FetchReachId, type FetchReachOptions } from './fetch-reach-env.ts';

/** Options by which the ids are made: those of {@link FetchReachEnv.create}, and what a policy gets to see. */
export interface MakeFetchReachOptions extends FetchReachOptions {
  /**
   * Observes the 10 numbers of `observation` alone; the goal becomes a mode that nobody sees, and infos tell it. Default
   * false.
   */
  hideGoal?: boolean;
}

/**
 * FetchReach without a sight of the goal, for imitation in which the goal is a hidden mode: a policy's input holds
 * nothing of it. Observation, float64 `[10]`: {@link FetchReachEnv}'s `observation`. The goal stands in every info as
 * `desired_goal`, so that a run can be judged and an expert act.
 */
export class HiddenGoal extends Wrapper<Float64Array, Float32Array, GoalObservation> {
  /** Both goals and the observation, flat. */
  readonly #all: Float32Array;
  readonly #observationAt: number;

  constructor(env: FetchReachEnv) {
    const size = env.observationSpace.flatSize - 2 * env.goalSize;
    super(env, {
      observationSpace: new Box<Float64Array>({
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        shape: [size],
        dtype: 'float64',
      }),
    });
    this.#all = new Float32Array(env.observationSpace.flatSize);
    this.#observationAt = 2 * env.goalSize;
  }

  override reset(options?: ResetOptions): ResetResult<Float64Array> {
    const { observation, info } = this.env.reset(options);
    return { observation: observation.observation, info: { ...info, desired_goal: observation.desired_goal } };
  }

  override step(action: Float32Array): StepResult<Float64Array> {
    const { observation, info, ...signals } = this.env.step(action);
    return {
      ...signals,
      observation: observation.observation,
      info: { ...info, desired_goal: observation.desired_goal },
    };
  }

  override stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    const all = this.#all;
    const signals = this.env.stepInto!(action, all, 0);
    for (let i = this.#observationAt; i < all.length; i++) out[offset + i - this.#observationAt] = all[i];
    return signals;
  }
}

/**
 * Makes the bare environment that an id stands for.
 *
 * @throws InputError for an unknown option or a value of the wrong kind.
 */
export async function makeFetchReach(
  options: MakeFetchReachOptions = {},
  id: FetchReachId = 'FetchReach-v4',
): Promise<FetchReachEnv | HiddenGoal> {
  const { hideGoal = false, ...others } = options;
  if (typeof hideGoal !== 'boolean') {
    throw new InputError(`option hideGoal of ${id} is ${JSON.stringify(hideGoal)}, expected true or false`);
  }
  const env = await FetchReachEnv.create(others, id);
  return hideGoal ? new HiddenGoal(env) : env;
}
