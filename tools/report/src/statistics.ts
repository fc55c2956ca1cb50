import { mean as meanOf, standardDeviation, studentQuantile } from '@understudy/metrics';
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
    return withMargin(meanOf(returns), standardDeviation(returns), returns.length);
  }
  return mean === undefined ? undefined : withMargin(mean, std, episodes ?? 0);
}

/** Student's interval from the population deviation: `t · std / sqrt(n - 1)`. */
function withMargin(mean: number, std: number | undefined, episodes: number): ReturnFigures {
  if (std === undefined || episodes < 2) return { mean, std, episodes };
  return { mean, std, episodes, margin: (studentQuantile(0.95, episodes - 1) * std) / Math.sqrt(episodes - 1) };
}
