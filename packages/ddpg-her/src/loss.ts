/** Between what a target is kept. */
export interface TargetRange {
  low: number;
  high: number;
}

/** Where the returns of rewards from -1 to 0 lie (Andrychowicz et al. 2017, appendix A). */
export function sparseReturnRange(gamma: number): TargetRange {
  return { low: -1 / (1 - gamma), high: 0 };
}

/**
 * What the critic regresses onto (Lillicrap et al. 2016, algorithm 1): r + discount Q', kept within a range.
 *
 * @param rewards - `[batch]`
 * @param discounts - gamma, 0 where the task ended, `[batch]`.
 * @param values - The target critic's of the target actor's next actions, `[batch]`.
 * @param targets - `[batch]`, overwritten.
 */
export function criticTargets(
  rewards: Float32Array,
  discounts: Float32Array,
  values: Float32Array,
  { low, high }: TargetRange,
  targets: Float32Array,
): void {
  for (let i = 0; i < targets.length; i++) {
    targets[i] = Math.min(Math.max(rewards[i] + discounts[i] * values[i], low), high);
  }
}

/**
 * Adds the derivative of the actor's penalty by its actions, and gives the mean of their squares.
 *
 * @param actions - `[batch, actionSize]`
 * @param weight - Of the mean square in the actor's loss.
 * @param gradients - `[batch, actionSize]`, added to.
 */
export function penaliseActions(actions: Float32Array, weight: number, gradients: Float32Array): number {
  const { length } = actions;
  let squares = 0;
  for (let i = 0; i < length; i++) {
    squares += actions[i] * actions[i];
    gradients[i] += (2 * weight * actions[i]) / length;
  }
  return squares / length;
}
