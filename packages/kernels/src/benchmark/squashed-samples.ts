import type { Draws } from './draws.ts';

const LOW_LOG_STD = -5;
const HIGH_LOG_STD = 2;
const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Actions of a tanh-squashed Gaussian with its log-probabilities, and the gradient back to its means and deviations. */
export class SquashedSamples {
  /** `[batch, actions]` */
  readonly actions: Float32Array;
  /** `[batch]` */
  readonly logProbabilities: Float32Array;
  /** Derivative of the loss by the actions other than through the log-probability, `[batch, actions]`. */
  readonly actionGradients: Float32Array;
  readonly #noise: Float32Array;
  /** Standard deviations, 0 standing for one outside the clamp. */
  readonly #deviations: Float32Array;
  readonly #inside: Uint8Array;
  readonly #batch: number;
  readonly #size: number;

  constructor(batch: number, size: number) {
    this.#batch = batch;
    this.#size = size;
    this.actions = new Float32Array(batch * size);
    this.actionGradients = new Float32Array(batch * size);
    this.logProbabilities = new Float32Array(batch);
    this.#noise = new Float32Array(batch * size);
    this.#deviations = new Float32Array(batch * size);
    this.#inside = new Uint8Array(batch * size);
  }

  /** @param heads - Means and then log deviations in each row, `[batch, 2 actions]`. */
  draw(heads: Float32Array, draws: Draws): void {
    const size = this.#size;
    const noise = draws.fillNormal(this.#noise);
    for (let row = 0; row < this.#batch; row++) {
      let logProbability = -size * LOG_ROOT_TWO_PI;
      for (let j = 0; j < size; j++) {
        const at = row * size + j;
        const raw = heads[2 * row * size + size + j];
        const logStd = Math.min(Math.max(raw, LOW_LOG_STD), HIGH_LOG_STD);
        const deviation = Math.exp(logStd);
        const action = Math.tanh(heads[2 * row * size + j] + deviation * noise[at]);
        this.actions[at] = action;
        this.#deviations[at] = deviation;
        this.#inside[at] = raw === logStd ? 1 : 0;
        logProbability -= 0.5 * noise[at] * noise[at] + logStd + Math.log(1 - action * action + 1e-6);
      }
      this.logProbabilities[row] = logProbability;
    }
  }

  /**
   * @param target - Derivatives by the heads, `[batch, 2 actions]`.
   * @param weight - Derivative of the loss by each log-probability.
   */
  backward(target: Float32Array, weight: number): void {
    const size = this.#size;
    for (let row = 0; row < this.#batch; row++) {
      for (let j = 0; j < size; j++) {
        const at = row * size + j;
        const action = this.actions[at];
        const slope = 1 - action * action;
        const bySquash = (weight * 2 * action * slope) / (slope + 1e-6);
        const byMean = this.actionGradients[at] * slope + bySquash;
        const byLogStd = byMean * this.#deviations[at] * this.#noise[at] - weight;
        target[2 * row * size + j] = byMean;
        target[2 * row * size + size + j] = this.#inside[at] * byLogStd;
      }
    }
  }
}
