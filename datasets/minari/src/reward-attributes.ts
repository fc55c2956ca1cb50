import type { Attributes } from '@understudy/d4rl/hdf5';

/** The attributes of an episode with these rewards. */
export function summariseRewards(rewards: Float32Array | Float64Array): Attributes {
  let [sum, max, min] = [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const reward of rewards) {
    sum += reward;
    max = Math.max(max, reward);
    min = Math.min(min, reward);
  }
  const mean = sum / rewards.length;
  let squares = 0;
  for (const reward of rewards) squares += (reward - mean) ** 2;
  return rewardAttributes({ sum, mean, std: Math.sqrt(squares / rewards.length), max, min });
}

/** The attributes that Minari's own callback gives every episode; always float64. */
export function rewardAttributes(rewards: Record<'sum' | 'mean' | 'std' | 'max' | 'min', number>): Attributes {
  const entries = Object.entries(rewards).map(([name, value]) => [`rewards_${name}`, { float: value }]);
  return Object.fromEntries(entries);
}
