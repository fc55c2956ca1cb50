/**
 * `weight * sum(action^2)` in float32, as NumPy computes it for a float32 action, so that rewards equal Gymnasium's to
 * the last bit: up to 7 numbers are added in order, more in eight interleaved sums (NumPy's pairwise summation; it
 * splits only beyond 128 numbers).
 *
 * @param action - `[nu]`
 */
export function controlCost(weight: number, action: Float32Array): number {
  const blocks = action.length - (action.length % 8);
  let sum = blocks > 0 ? add(halfSum(action, blocks, 0), halfSum(action, blocks, 4)) : 0;
  for (let i = blocks; i < action.length; i++) sum = add(sum, square(action[i]));
  return Math.fround(Math.fround(weight) * sum);
}

/** Four of the eight interleaved sums of squares, from the given one on, added in pairs. */
function halfSum(action: Float32Array, end: number, first: number): number {
  return add(
    add(strided(action, end, first), strided(action, end, first + 1)),
    add(strided(action, end, first + 2), strided(action, end, first + 3)),
  );
}

/** The sum of every eighth square. */
function strided(action: Float32Array, end: number, first: number): number {
  let sum = square(action[first]);
  for (let i = first + 8; i < end; i += 8) sum = add(sum, square(action[i]));
  return sum;
}

function add(a: number, b: number): number {
  return Math.fround(a + b);
}

function square(value: number): number {
  return Math.fround(value * value);
}
