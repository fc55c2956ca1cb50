/**
 * `weight * sum(action^2)` in float32, as NumPy computes it for a float32 action, so that rewards equal Gymnasium's to
 * the last bit (NumPy adds up to 7 numbers in order, as here; for more its order, and so the last bit, may differ).
 *
 * @param action - `[nu]`
 */
export function controlCost(weight: number, action: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < action.length; i++) sum = Math.fround(sum + Math.fround(action[i] * action[i]));
  return Math.fround(Math.fround(weight) * sum);
}
