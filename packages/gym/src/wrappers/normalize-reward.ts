import type { Env, EnvState, StepSignals } from '../env.ts';
import { RunningMoments } from './running-moments.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Divides rewards by the standard deviation of the discounted return: `reward / sqrt(variance + epsilon)`, the variance
 * that of `return = gamma * return + reward` over all steps. As in Gymnasium, the return starts anew on termination only,
 * and the mean is not subtracted.
 */
export class NormalizeReward<Observation, Action> extends Wrapper<Observation, Action> {
  /** Whether rewards still update the statistics; turn off to evaluate. */
  updateRunningMean = true;
  readonly moments = new RunningMoments(1);
  readonly #gamma: number;
  readonly #epsilon: number;
  readonly #discountedReturn = new Float64Array(1);

  /** @param options - `gamma`: the discount, 0.99 unless told; `epsilon`: added to the variance, 1e-8 unless told. */
  constructor(env: Env<Observation, Action>, options: { gamma?: number; epsilon?: number } = {}) {
    super(env);
    this.#gamma = options.gamma ?? 0.99;
    this.#epsilon = options.epsilon ?? 1e-8;
  }

  protected override onStep(signals: StepSignals): void {
    const kept = signals.terminated ? 0 : this.#discountedReturn[0] * this.#gamma;
    this.#discountedReturn[0] = kept + signals.reward;
    if (this.updateRunningMean) this.moments.update(this.#discountedReturn);
    signals.reward /= Math.sqrt(this.moments.variance[0] + this.#epsilon);
  }

  protected override ownState(): EnvState {
    return { moments: this.moments.getState(), discountedReturn: this.#discountedReturn[0] };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.moments.setState(state.moments as EnvState);
    this.#discountedReturn[0] = state.discountedReturn as number;
  }
}
