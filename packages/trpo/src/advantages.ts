import type { Network } from '@understudy/nn';
import { computeAdvantages, type Rollout } from '@understudy/training';
import type { TrainingBatch } from './surrogate.ts';

/** Arguments of {@link AdvantageEstimator}. */
export interface AdvantageOptions {
  gamma: number;
  lambda: number;
  normalizeAdvantages: boolean;
}

/** Turns rollouts into training batches: values, generalised advantages, returns. */
export class AdvantageEstimator {
  readonly #critic: Network;
  readonly #options: AdvantageOptions;
  readonly #batch: TrainingBatch;
  readonly #lastValues: Float32Array;
  /** Values of truncated episodes' last observations at their rows. */
  readonly #finalValues: Float32Array;
  #truncationValues = new Float32Array(1);

  /** @param rows - Transitions in one rollout. @param count - Environments. */
  constructor(critic: Network, options: AdvantageOptions, rows: number, count: number) {
    const none = new Float32Array(0);
    const [values, advantages, returns] = [0, 1, 2].map(() => new Float32Array(rows));
    this.#critic = critic;
    this.#options = options;
    this.#batch = { rows, observations: none, actions: none, values, advantages, returns };
    this.#lastValues = new Float32Array(count);
    this.#finalValues = new Float32Array(rows);
  }

  /** Values every observation in one go, since the critic doesn't change in a rollout. The next call overwrites the batch. */
  estimate(rollout: Rollout): TrainingBatch {
    const batch = this.#batch;
    batch.observations = rollout.observations;
    batch.actions = rollout.actions;
    evaluateValues(this.#critic, rollout.observations, batch.rows, batch.values);
    evaluateValues(this.#critic, rollout.lastObservations, rollout.count, this.#lastValues);
    this.#evaluateTruncations(rollout);
    const inputs = { values: batch.values, lastValues: this.#lastValues, finalValues: this.#finalValues };
    computeAdvantages({ ...inputs, ...rolloutColumns(rollout) }, this.#options, batch);
    if (this.#options.normalizeAdvantages) normalizeAdvantages(batch.advantages);
    return batch;
  }

  #evaluateTruncations({ truncations, truncatedRows, finalObservations }: Rollout): void {
    if (this.#truncationValues.length < truncations) this.#truncationValues = new Float32Array(2 * truncations);
    evaluateValues(this.#critic, finalObservations, truncations, this.#truncationValues);
    for (let i = 0; i < truncations; i++) this.#finalValues[truncatedRows[i]] = this.#truncationValues[i];
  }
}

function rolloutColumns({ steps, count, rewards, terminated, truncated }: Rollout) {
  return { steps, count, rewards, terminated, truncated };
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

/** Shifts and scales to mean 0 and standard deviation 1, in place. Where all are alike, they become 0. */
export function normalizeAdvantages(advantages: Float32Array): void {
  const rows = advantages.length;
  let mean = 0;
  for (let i = 0; i < rows; i++) mean += advantages[i] / rows;
  let variance = 0;
  for (let i = 0; i < rows; i++) variance += (advantages[i] - mean) ** 2 / rows;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  for (let i = 0; i < rows; i++) advantages[i] = (advantages[i] - mean) * scale;
}

/** Share of the returns' variance that the critic explained before the update; null where they don't vary. */
export function explainedVariance({ rows, values, returns }: TrainingBatch): number | null {
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
