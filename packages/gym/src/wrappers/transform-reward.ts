import type { Env, StepSignals } from '../env.ts';
import { Wrapper } from './wrapper.ts';

/** Applies a function to every reward. */
export class TransformReward<Observation, Action> extends Wrapper<Observation, Action> {
  readonly #transform: (reward: number) => number;

  /** @param transform - Makes the reward that the caller gets; must not keep state. */
  constructor(env: Env<Observation, Action>, transform: (reward: number) => number) {
    super(env);
    this.#transform = transform;
  }

  protected override onStep(signals: StepSignals): void {
    signals.reward = this.#transform(signals.reward);
  }
}
