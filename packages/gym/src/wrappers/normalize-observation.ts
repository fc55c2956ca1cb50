import type { Env, EnvState } from '../env.ts';
import { Box } from '../spaces/box.ts';
import { boxOf } from './box-of.ts';
import { RunningMoments } from './running-moments.ts';
import { ObservationWrapper } from './wrapper.ts';

/**
 * Shifts and scales observations to mean 0 and variance 1, by running statistics that every observation updates first:
 * `(observation - mean) / sqrt(variance + epsilon)`, as float32.
 */
export class NormalizeObservation<Action> extends ObservationWrapper<
  Float32Array,
  Action,
  Float64Array | Float32Array
> {
  /** Whether observations still update the statistics; turn off to evaluate. */
  updateRunningMean = true;
  readonly moments: RunningMoments;
  readonly #epsilon: number;

  /**
   * @param options - `epsilon`: added to the variance, 1e-8 unless told.
   * @throws InputError when the observation space is no Box.
   */
  constructor(env: Env<Float64Array | Float32Array, Action>, options: { epsilon?: number } = {}) {
    const { shape, flatSize } = boxOf(env.observationSpace, 'NormalizeObservation');
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    super(env, { observationSpace: new Box({ low, high, shape }) });
    this.moments = new RunningMoments(flatSize);
    this.#epsilon = options.epsilon ?? 1e-8;
  }

  protected override outerObservation(observation: Float64Array | Float32Array): Float32Array {
    if (this.updateRunningMean) this.moments.update(observation);
    const { mean, variance } = this.moments;
    const normalized = new Float32Array(observation.length);
    for (let i = 0; i < normalized.length; i++) {
      normalized[i] = (observation[i] - mean[i]) / Math.sqrt(variance[i] + this.#epsilon);
    }
    return normalized;
  }

  protected override ownState(): EnvState {
    return { moments: this.moments.getState() };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.moments.setState(state.moments as EnvState);
  }
}
