/** Means over a minibatch. */
export interface SurrogateStatistics {
  /** The clipped surrogate loss: what is minimised. */
  loss: number;
  /** Estimate of KL(old || new): the mean of (ratio - 1) - log ratio, never negative (Schulman 2020). */
  kl: number;
  /** Share of the transitions whose ratio lies outside the clip range. */
  clipFraction: number;
}

/**
 * The clipped surrogate loss (Schulman et al. 2017, equation 7), negated for minimisation, and its derivative by the
 * new log-probabilities:
 *
 *     L = mean_i max(-A_i r_i, -A_i clip(r_i, 1 - clip, 1 + clip)),  r_i = exp(log p_i - log pOld_i)
 *
 * The derivative of a term is -A_i r_i / batch where the first argument is the greater, and 0 where the clip holds:
 * the ratio has already moved beyond the range in the direction that the advantage asks for.
 *
 * @param logProbabilities - Of the actions under the policy being trained, `[batch]`.
 * @param oldLogProbabilities - Under the policy that chose them, `[batch]`.
 * @param advantages - `[batch]`
 * @param gradients - `[batch]`, overwritten.
 * @param statistics - Overwritten.
 */
export function clippedSurrogate(
  logProbabilities: Float32Array,
  oldLogProbabilities: Float32Array,
  advantages: Float32Array,
  batch: number,
  clip: number,
  gradients: Float32Array,
  statistics: SurrogateStatistics,
): void {
  let loss = 0;
  let kl = 0;
  let clipped = 0;
  for (let i = 0; i < batch; i++) {
    const logRatio = logProbabilities[i] - oldLogProbabilities[i];
    const ratio = Math.exp(logRatio);
    const advantage = advantages[i];
    const outside = ratio < 1 - clip || ratio > 1 + clip;
    const holds = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
    gradients[i] = holds ? 0 : (-advantage * ratio) / batch;
    loss -= advantage * (holds ? (advantage > 0 ? 1 + clip : 1 - clip) : ratio);
    kl += ratio - 1 - logRatio;
    if (outside) clipped++;
  }
  statistics.loss = loss / batch;
  statistics.kl = kl / batch;
  statistics.clipFraction = clipped / batch;
}

/**
 * The value loss, half a mean squared error, and its derivative by the new values. With a clip, a value counts no more
 * than `clip` away from the old one, whenever that makes the error greater:
 *
 *     L = mean_i 1/2 max((V_i - R_i)^2, (clip(V_i, VOld_i - clip, VOld_i + clip) - R_i)^2)
 *
 * @param values - Of the network being trained, `[batch]`.
 * @param oldValues - When the rollout was collected, `[batch]`.
 * @param returns - The targets, `[batch]`.
 * @param clip - Infinity for the plain loss.
 * @param weight - Multiplies the derivative, not the result.
 * @param gradients - `[batch]`, overwritten.
 * @returns The loss.
 */
export function clippedValueLoss(
  values: Float32Array,
  oldValues: Float32Array,
  returns: Float32Array,
  batch: number,
  clip: number,
  weight: number,
  gradients: Float32Array,
): number {
  let loss = 0;
  const scale = weight / batch;
  for (let i = 0; i < batch; i++) {
    const error = values[i] - returns[i];
    const change = values[i] - oldValues[i];
    const clippedError = oldValues[i] + Math.max(-clip, Math.min(clip, change)) - returns[i];
    if (Math.abs(change) > clip && clippedError * clippedError > error * error) {
      // The clipped value doesn't move with the network's.
      gradients[i] = 0;
      loss += clippedError * clippedError;
    } else {
      gradients[i] = scale * error;
      loss += error * error;
    }
  }
  return (0.5 * loss) / batch;
}

/** Shifts and scales to mean 0 and (sample) standard deviation 1, in place. @param advantages - `[batch]` */
export function normalizeAdvantages(advantages: Float32Array, batch: number): void {
  let sum = 0;
  for (let i = 0; i < batch; i++) sum += advantages[i];
  const mean = sum / batch;
  let squares = 0;
  for (let i = 0; i < batch; i++) squares += (advantages[i] - mean) ** 2;
  const scale = 1 / (Math.sqrt(squares / Math.max(1, batch - 1)) + 1e-8);
  for (let i = 0; i < batch; i++) advantages[i] = (advantages[i] - mean) * scale;
}
