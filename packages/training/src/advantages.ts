/** What {@link computeAdvantages} reads; every array is `[steps, count]` unless another shape is given. */
export interface AdvantageInputs {
  steps: number;
  /** Environments stepped side by side. */
  count: number;
  rewards: Float32Array | Float64Array;
  /** The value of the observation in which each step was taken. */
  values: Float32Array | Float64Array;
  /** `[count]`: the value of the observation after the last step. */
  lastValues: Float32Array | Float64Array;
  /** 1 where the task ended in this step. */
  terminated: Uint8Array;
  /** 1 where the episode was cut off in this step. */
  truncated: Uint8Array;
  /** Where {@link truncated} is 1: the value of the episode's own last observation. Elsewhere ignored. */
  finalValues: Float32Array | Float64Array;
}

/** Where {@link computeAdvantages} writes; both `[steps, count]`. */
export interface AdvantageOutputs {
  advantages: Float32Array | Float64Array;
  /** Advantage plus value: what the value function learns. */
  returns: Float32Array | Float64Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16):
 * `A_t = sum_l (gamma lambda)^l delta_{t+l}` with `delta_t = r_t + gamma V(s_{t+1}) - V(s_t)`.
 *
 * The sum stops at an episode's end. A terminated episode is worth nothing beyond its end; a truncated one goes on
 * unseen, so its last delta bootstraps with the value of the observation it was cut off in (Pardo et al. 2018), which
 * is not the observation the next step starts from. A step that is both counts as terminated. Allocates nothing.
 */
export function computeAdvantages(
  inputs: AdvantageInputs,
  options: { gamma: number; lambda: number },
  outputs: AdvantageOutputs,
): void {
  const { steps, count, rewards, values, lastValues, terminated, truncated, finalValues } = inputs;
  const { gamma, lambda } = options;
  const { advantages, returns } = outputs;
  for (let env = 0; env < count; env++) {
    let advantage = 0;
    let nextValue = lastValues[env];
    for (let row = (steps - 1) * count + env; row >= 0; row -= count) {
      if (terminated[row] === 1) {
        advantage = 0;
        nextValue = 0;
      } else if (truncated[row] === 1) {
        advantage = 0;
        nextValue = finalValues[row];
      }
      const delta = rewards[row] + gamma * nextValue - values[row];
      advantage = delta + gamma * lambda * advantage;
      advantages[row] = advantage;
      returns[row] = advantage + values[row];
      nextValue = values[row];
    }
  }
}
