import { DiagonalGaussian } from '@understudy/nn';

/** A loss between a network's outputs and demonstrated actions, with its derivative. */
export interface CloningLoss {
  /** Mean over the batch. @param outputs - `[batch, actionSize]` @param actions - `[batch, actionSize]` */
  value(outputs: Float32Array, actions: Float32Array, batch: number): number;
  /**
   * The same, overwriting `outputGradients`, `[batch, actionSize]`, with the derivative by the outputs, and adding the
   * derivatives by parameters of the loss's own.
   */
  backward(outputs: Float32Array, actions: Float32Array, batch: number, outputGradients: Float32Array): number;
}

/** Mean over batch and components of `(mu - a)^2`: a Gaussian's likelihood with a fixed standard deviation. */
export function meanSquaredError(actionSize: number): CloningLoss {
  const value = (outputs: Float32Array, actions: Float32Array, batch: number) => {
    let sum = 0;
    for (let i = 0; i < batch * actionSize; i++) sum += (outputs[i] - actions[i]) ** 2;
    return sum / (batch * actionSize);
  };
  return {
    value,
    backward(outputs, actions, batch, outputGradients) {
      const scale = 2 / (batch * actionSize);
      for (let i = 0; i < batch * actionSize; i++) outputGradients[i] = scale * (outputs[i] - actions[i]);
      return value(outputs, actions, batch);
    },
  };
}

/**
 * Mean over the batch of `-log N(a; mu, sigma)`, with one trained standard deviation a component for all observations.
 *
 * @param logStandardDeviation - `[actionSize]`
 * @param logStandardDeviationGradients - `[actionSize]`, added to.
 * @param maxBatch - The largest batch it will get.
 */
export function gaussianNegativeLogLikelihood(
  logStandardDeviation: Float32Array,
  logStandardDeviationGradients: Float32Array,
  maxBatch: number,
): CloningLoss {
  const gaussian = new DiagonalGaussian(logStandardDeviation.length);
  const logProbabilities = new Float32Array(maxBatch);
  const upstream = new Float32Array(maxBatch);
  const parameters = { mean: new Float32Array(0) as Float32Array, logStandardDeviation };
  const gradients = { mean: parameters.mean, logStandardDeviation: logStandardDeviationGradients };
  const value = (outputs: Float32Array, actions: Float32Array, batch: number) => {
    parameters.mean = outputs;
    gaussian.logProbability(parameters, actions, batch, logProbabilities);
    let sum = 0;
    for (let i = 0; i < batch; i++) sum += logProbabilities[i];
    return -sum / batch;
  };
  return {
    value,
    backward(outputs, actions, batch, outputGradients) {
      const loss = value(outputs, actions, batch);
      gradients.mean = outputGradients.fill(0);
      gaussian.addLogProbabilityGradients(parameters, actions, upstream.fill(-1 / batch), batch, gradients);
      return loss;
    },
  };
}
