/**
 * The t that a Student-distributed variable exceeds neither way with probability `level`.
 *
 * @param level - In (0, 1).
 * @param freedom - Degrees of freedom, a positive integer.
 */
export function studentQuantile(level: number, freedom: number): number {
  // Bisection over the angle, in which the probability grows from 0 to 1; halving ends when doubles do.
  let low = 0;
  let high = Math.PI / 2;
  for (let middle = high / 2; middle !== low && middle !== high; middle = (low + high) / 2) {
    if (probabilityWithin(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** P(|T| < sqrt(freedom) tan(angle)); Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4. */
function probabilityWithin(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
