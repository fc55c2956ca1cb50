import type { EvaluationRecord } from './input.ts';

/** What a report says of a policy's returns. */
export interface ReturnFigures {
  mean: number;
  /** Standard deviation divided by the count; undefined where only the mean is known. */
  std?: number;
  /** Half the width of the 95 % confidence interval of the mean; undefined below two episodes. */
  margin?: number;
  episodes: number;
}

/** Mean, spread and confidence of an evaluation; undefined when it holds no return. */
export function returnFigures({ returns, mean, std, episodes }: EvaluationRecord): ReturnFigures | undefined {
  if (returns && returns.length > 0) {
    const sum = returns.reduce((total, value) => total + value, 0);
    const average = sum / returns.length;
    const variance = returns.reduce((total, value) => total + (value - average) ** 2, 0) / returns.length;
    return withMargin(average, Math.sqrt(variance), returns.length);
  }
  return mean === undefined ? undefined : withMargin(mean, std, episodes ?? 0);
}

/** Student's interval from the population deviation: `t · std / sqrt(n - 1)`. */
function withMargin(mean: number, std: number | undefined, episodes: number): ReturnFigures {
  if (std === undefined || episodes < 2) return { mean, std, episodes };
  return { mean, std, episodes, margin: (studentQuantile(episodes - 1) * std) / Math.sqrt(episodes - 1) };
}

/** Two-sided 95 % quantile of Student's t: exact for one and two degrees of freedom, else Cornish-Fisher (error < 0.005). */
export function studentQuantile(degrees: number): number {
  if (degrees === 1) return 12.7062;
  if (degrees === 2) return 4.30265;
  const z = 1.959964;
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * degrees ** 4)
  );
}
