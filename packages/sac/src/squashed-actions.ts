import { type MlpNetwork, SquashedGaussian } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { clampLogDeviations, squashedLogDeviationRange } from '@understudy/training';

/** A batch of actions drawn from the policy, with what it takes to differentiate through the draw. */
export class SquashedActions {
  /** `[batch, actionSize]`, each in (-1, 1). */
  readonly actions: Float32Array;
  /** `[batch]` */
  readonly logProbabilities: Float32Array;
  /** Derivative of the loss by the actions, other than through the log-probability; the caller's to fill. */
  readonly actionGradients: Float32Array;
  readonly #latents: Float32Array;
  readonly #upstream: { logProbability: Float32Array; actions: Float32Array };
  readonly #distribution: SquashedGaussian;
  readonly #size: number;
  /** The actor's outputs and their gradients as the distribution takes them: views made once, not at each draw. */
  #outputs: JointOutputs;
  #gradients: JointOutputs;

  constructor(batch: number, actionSize: number) {
    this.#size = actionSize;
    this.#distribution = new SquashedGaussian(actionSize, { form: 'joint' });
    this.actions = new Float32Array(batch * actionSize);
    this.actionGradients = new Float32Array(batch * actionSize);
    this.logProbabilities = new Float32Array(batch);
    this.#latents = new Float32Array(batch * actionSize);
    this.#upstream = { logProbability: new Float32Array(batch), actions: this.actionGradients };
    this.#outputs = jointOutputs(new Float32Array(0), 0);
    this.#gradients = this.#outputs;
  }

  /** Draws an action for each row. @param outputs - The actor's, `[batch, 2 * actionSize]`; clamped in place. */
  draw(outputs: Float32Array, batch: number, generator: Generator): void {
    clampLogDeviations(outputs, batch, this.#size);
    if (this.#outputs.mean !== outputs) this.#outputs = jointOutputs(outputs, this.#size);
    this.#distribution.sample(this.#outputs, batch, generator, this.actions, this.#latents);
    this.#distribution.logProbabilityOfLatents(this.#outputs, this.#latents, batch, this.logProbabilities);
  }

  /** Mean of the log-probabilities, minus the policy's entropy. */
  meanLogProbability(batch: number): number {
    let sum = 0;
    for (let i = 0; i < batch; i++) sum += this.logProbabilities[i];
    return sum / batch;
  }

  /**
   * Backpropagates {@link actionGradients} and a weight on every log-probability into the actor's parameters.
   *
   * @param weight - Derivative of the loss by each log-probability.
   */
  backward(actor: MlpNetwork, batch: number, weight: number): void {
    const gradients = actor.outputGradientBuffer;
    if (this.#gradients.mean !== gradients) this.#gradients = jointOutputs(gradients, this.#size);
    gradients.fill(0, 0, batch * 2 * this.#size);
    this.#upstream.logProbability.fill(weight);
    this.#distribution.addPathwiseGradients(this.#outputs, this.#latents, this.#upstream, batch, this.#gradients);
    this.#stopAtClamp(gradients, batch);
    actor.backward(gradients, batch);
  }

  /** A clamped log standard deviation doesn't move with the network's. */
  #stopAtClamp(gradients: Float32Array, batch: number): void {
    const { low, high } = squashedLogDeviationRange;
    const { mean } = this.#outputs;
    for (let row = 0; row < batch; row++) {
      for (let k = this.#size; k < 2 * this.#size; k++) {
        const at = row * 2 * this.#size + k;
        if (mean[at] <= low || mean[at] >= high) gradients[at] = 0;
      }
    }
  }
}

/** Means and log standard deviations side by side in each row: `[batch, 2 * actionSize]`. */
interface JointOutputs {
  mean: Float32Array;
  /** The same array from the first row's deviations on. */
  logStandardDeviation: Float32Array;
}

function jointOutputs(outputs: Float32Array, actionSize: number): JointOutputs {
  return { mean: outputs, logStandardDeviation: outputs.subarray(actionSize) };
}
