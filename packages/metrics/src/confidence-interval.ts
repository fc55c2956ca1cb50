import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { checkValues, mean, standardDeviation } from './moments.ts';
import { studentQuantile } from './student-t.ts';

/** How {@link confidenceInterval} is made. */
export type ConfidenceIntervalOptions = { /** 0.95 unless told. */ level?: number } & (
  | {
      /** From Student's t: exact where the values are normal. */
      method?: 'student';
    }
  | {
      /** From the percentiles of resampled means: no assumption, but narrow below some ten values. */
      method: 'bootstrap';
      /** Decides the resamples. */
      seed: number;
      /** 10,000 unless told. */
      resamples?: number;
    }
);

/** The bounds of a confidence interval. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * A confidence interval for the mean of the distribution that the values were drawn from.
 *
 * Student: `mean -+ t * s / sqrt(n)`. Bootstrap: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993),
 * 13.3, percentiles interpolated linearly.
 *
 * @param values - At least two, one an independent run.
 * @throws InputError when there are fewer, one is not finite, or the level is not between 0 and 1.
 */
export function confidenceInterval(values: ArrayLike<number>, options: ConfidenceIntervalOptions = {}): Interval {
  checkValues(values, 2);
  const { level = 0.95 } = options;
  if (!(level > 0 && level < 1)) throw new InputError(`level is ${level}, expected a number between 0 and 1.`);
  if (options.method === 'bootstrap')
    return bootstrapInterval(values, level, options.seed, options.resamples ?? 10_000);
  const center = mean(values);
  const spread = standardDeviation(values, { ddof: 1 }) / Math.sqrt(values.length);
  const reach = studentQuantile(level, values.length - 1) * spread;
  return { low: center - reach, high: center + reach };
}

function bootstrapInterval(values: ArrayLike<number>, level: number, seed: number, resamples: number): Interval {
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new InputError(`resamples is ${resamples}, expected a positive integer.`);
  }
  const random = defaultRng(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integers(0, values.length)];
    means[r] = sum / values.length;
  }
  means.sort();
  return { low: percentile(means, (1 - level) / 2), high: percentile(means, (1 + level) / 2) };
}

/** Between the two nearest of the sorted values, linearly; NumPy's `quantile`. */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
