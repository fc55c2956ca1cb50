/**
 * What the critics regress onto (Haarnoja et al. 2018, arXiv 1812.05905, equation 3, with the smaller of two targets):
 *
 *     y = r + discount (min(Q1', Q2') - temperature log pi)
 *
 * @param discounts - gamma to the power of the steps, 0 where the task ended, `[batch]`.
 * @param firstValues - The first target critic's values of the next actions, `[batch]`.
 * @param logProbabilities - Of the next actions, `[batch]`.
 * @param targets - `[batch]`, overwritten.
 */
export function softTargets(
  rewards: Float32Array,
  discounts: Float32Array,
  firstValues: Float32Array,
  secondValues: Float32Array,
  logProbabilities: Float32Array,
  temperature: number,
  targets: Float32Array,
): void {
  for (let i = 0; i < targets.length; i++) {
    const value = Math.min(firstValues[i], secondValues[i]) - temperature * logProbabilities[i];
    targets[i] = rewards[i] + discounts[i] * value;
  }
}

/**
 * The part of the actor's loss that the critics make, minus the mean of the smaller value, as derivatives by either
 * critic's values: each sample moves through the critic that gave it the smaller one.
 *
 * @param firstGradients - `[batch]`, overwritten, as `secondGradients` is.
 * @returns The mean of the smaller values.
 */
export function smallerValueLoss(
  firstValues: Float32Array,
  secondValues: Float32Array,
  firstGradients: Float32Array,
  secondGradients: Float32Array,
  batch: number,
): number {
  let sum = 0;
  for (let i = 0; i < batch; i++) {
    const first = firstValues[i] <= secondValues[i];
    firstGradients[i] = first ? -1 / batch : 0;
    secondGradients[i] = first ? 0 : -1 / batch;
    sum += first ? firstValues[i] : secondValues[i];
  }
  return sum / batch;
}

/**
 * Derivative of the temperature's loss (equation 18), -temperature (mean log pi + target entropy), by the logarithm of
 * the temperature: while the entropy is below its target the temperature rises.
 */
export function temperatureGradient(temperature: number, meanLogProbability: number, targetEntropy: number): number {
  return -temperature * (meanLogProbability + targetEntropy);
}
