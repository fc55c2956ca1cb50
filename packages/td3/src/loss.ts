import type { Generator } from '@understudy/random';

/**
 * What the critics regress onto (Fujimoto et al. 2018, equation 10): r + discount min(Q1', Q2').
 *
 * @param discounts - gamma to the power of the steps, 0 where the task ended, `[batch]`.
 * @param targets - `[batch]`, overwritten.
 */
export function clippedDoubleTargets(
  rewards: Float32Array,
  discounts: Float32Array,
  firstValues: Float32Array,
  secondValues: Float32Array,
  targets: Float32Array,
): void {
  for (let i = 0; i < targets.length; i++) {
    targets[i] = rewards[i] + discounts[i] * Math.min(firstValues[i], secondValues[i]);
  }
}

/**
 * Target policy smoothing (equation 14): adds clipped normal noise to actions, which stay within [-1, 1].
 *
 * @param actions - `[batch, actionSize]`
 * @param out - `[batch, actionSize]`, overwritten.
 */
export function smoothActions(
  actions: Float32Array,
  deviation: number,
  clip: number,
  generator: Generator,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const noise = Math.min(Math.max(deviation * generator.standardNormal(), -clip), clip);
    out[i] = Math.min(Math.max(actions[i] + noise, -1), 1);
  }
}
