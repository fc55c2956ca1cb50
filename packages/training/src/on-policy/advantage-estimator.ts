import type { Network } from '@understudy/nn';
import { computeAdvantages } from '../advantages.ts';
import type { Rollout } from '../rollout.ts';

/** A rollout ready to learn from; `[rows]` and `[rows, size]`. */
export interface OnPolicyBatch {
  rows: number;
  observations: Float32Array;
  actions: Float32Array;
  /** When the actions were chosen. */
  logProbabilities: Float32Array;
  values: Float32Array;
  advantages: Float32Array;
  returns: Float32Array;
}

/** Turns rollouts into training batches: values, generalised advantages, returns. */
export class AdvantageEstimator {
  readonly #critic: Network;
  readonly #options: { gamma: number; lambda: number };
  readonly #batch: OnPolicyBatch;
  readonly #lastValues: Float32Array;
  /** Values of truncated episodes' last observations at their rows. */
  readonly #finalValues: Float32Array;
  #truncationValues = new Float32Array(1);

  /** @param rows - Transitions in one rollout. @param count - Environments. */
  constructor(critic: Network, options: { gamma: number; lambda: number }, rows: number, count: number) {
    const none = new Float32Array(0);
    const [values, advantages, returns] = [0, 1, 2].map(() => new Float32Array(rows));
    this.#critic = critic;
    this.#options = options;
    this.#batch = { rows, observations: none, actions: none, logProbabilities: none, values, advantages, returns };
    this.#lastValues = new Float32Array(count);
    this.#finalValues = new Float32Array(rows);
  }

  /**
   * Values every observation in one go, since the critic doesn't change while a rollout is collected; then GAE. The
   * batch views the rollout, and the next call overwrites it.
   */
  estimate(rollout: Rollout): OnPolicyBatch {
    const batch = this.#batch;
    batch.observations = rollout.observations;
    batch.actions = rollout.actions;
    batch.logProbabilities = rollout.logProbabilities;
    evaluateValues(this.#critic, rollout.observations, batch.rows, batch.values);
    evaluateValues(this.#critic, rollout.lastObservations, rollout.count, this.#lastValues);
    this.#evaluateTruncations(rollout);
    const { steps, count, rewards, terminated, truncated } = rollout;
    const values = { values: batch.values, lastValues: this.#lastValues, finalValues: this.#finalValues };
    computeAdvantages({ steps, count, rewards, terminated, truncated, ...values }, this.#options, batch);
    return batch;
  }

  #evaluateTruncations({ truncations, truncatedRows, finalObservations }: Rollout): void {
    if (this.#truncationValues.length < truncations) this.#truncationValues = new Float32Array(2 * truncations);
    evaluateValues(this.#critic, finalObservations, truncations, this.#truncationValues);
    for (let i = 0; i < truncations; i++) this.#finalValues[truncatedRows[i]] = this.#truncationValues[i];
  }
}

/** The critic's values of any number of observations, `[rows, inputSize]`, written to `out`, `[rows]`. */
function evaluateValues(critic: Network, observations: Float32Array, rows: number, out: Float32Array): void {
  const { inputBuffer, inputSize, maxBatch } = critic;
  for (let first = 0; first < rows; first += maxBatch) {
    const batch = Math.min(maxBatch, rows - first);
    inputBuffer.set(observations.subarray(first * inputSize, (first + batch) * inputSize));
    const values = critic.forward(inputBuffer, batch);
    for (let i = 0; i < batch; i++) out[first + i] = values[i];
  }
}

/** Share of the returns' variance that the critic explained before the update; null where they don't vary. */
export function explainedVariance({
  rows,
  values,
  returns,
}: Pick<OnPolicyBatch, 'rows' | 'values' | 'returns'>): number | null {
  let mean = 0;
  let errorMean = 0;
  for (let i = 0; i < rows; i++) {
    mean += returns[i] / rows;
    errorMean += (returns[i] - values[i]) / rows;
  }
  let variance = 0;
  let errorVariance = 0;
  for (let i = 0; i < rows; i++) {
    variance += (returns[i] - mean) ** 2;
    errorVariance += (returns[i] - values[i] - errorMean) ** 2;
  }
  return variance === 0 ? null : 1 - errorVariance / variance;
}
