import { Box, Dict, type EnvState, type GoalEnv, type GoalObservation, type Info } from '@understudy/gym';
import { defaultRng, type GeneratorState } from '@understudy/random';

const point = (size: number) =>
  new Box<Float64Array>({ low: -Infinity, high: Infinity, shape: [size], dtype: 'float64' });

/** How a {@link ReachEnv} behaves. */
export interface ReachOptions {
  /** Steps until an episode is cut off; 10 by default. */
  horizon?: number;
  /** The reward of a reached goal, one more than that of others; 0 by default. */
  successReward?: number;
}

/**
 * A point on a line between -1 and 1 that starts at 0 and moves by a quarter of the action towards a goal, which counts
 * as reached within 0.1. `observation` is the number of steps taken.
 */
export class ReachEnv implements GoalEnv {
  readonly id = 'Reach-v0';
  readonly goalSize = 1;
  readonly observationSpace = new Dict<GoalObservation>({
    observation: point(1),
    achieved_goal: point(1),
    desired_goal: point(1),
  });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly metadata = { renderModes: [] };
  readonly #horizon: number;
  readonly #successReward: number;
  readonly #generator = defaultRng(0);
  #place = 0;
  #goal = 0;
  #steps = 0;

  constructor({ horizon = 10, successReward = 0 }: ReachOptions = {}) {
    this.#horizon = horizon;
    this.#successReward = successReward;
  }

  get unwrapped() {
    return this;
  }

  computeReward(
    achieved: Float64Array | Float32Array,
    desired: Float64Array | Float32Array,
    rewards = new Float64Array(achieved.length),
  ): Float64Array {
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] = this.#successReward - (Math.abs(achieved[i] - desired[i]) > 0.1 ? 1 : 0);
    }
    return rewards;
  }

  reset({ seed }: { seed?: number } = {}) {
    if (seed !== undefined) this.#generator.setState(defaultRng(seed).getState());
    this.#place = 0;
    this.#goal = this.#generator.uniform(-1, 1);
    this.#steps = 0;
    return { observation: this.#observe(), info: {} };
  }

  step(action: Float32Array) {
    this.#place = Math.min(Math.max(this.#place + 0.25 * action[0], -1), 1);
    this.#steps++;
    const [reward] = this.computeReward(Float64Array.of(this.#place), Float64Array.of(this.#goal));
    const info: Info = { is_success: reward === this.#successReward ? 1 : 0 };
    return {
      observation: this.#observe(),
      reward,
      terminated: false,
      truncated: this.#steps === this.#horizon,
      info,
    };
  }

  render() {
    return null;
  }

  saveState(): EnvState {
    return { place: this.#place, goal: this.#goal, steps: this.#steps, generator: this.#generator.getState() };
  }

  restoreState(state: EnvState): void {
    const saved = state as { place: number; goal: number; steps: number; generator: GeneratorState };
    this.#place = saved.place;
    this.#goal = saved.goal;
    this.#steps = saved.steps;
    this.#generator.setState(saved.generator);
  }

  close() {}

  #observe(): GoalObservation {
    return {
      observation: Float64Array.of(this.#steps),
      achieved_goal: Float64Array.of(this.#place),
      desired_goal: Float64Array.of(this.#goal),
    };
  }
}
