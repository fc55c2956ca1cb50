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
