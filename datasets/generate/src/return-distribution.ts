import { z } from 'zod';

/** How the returns of a dataset's whole episodes are spread. */
export const returnDistributionSchema = z.object({
  /** Whole episodes; one that the end of the dataset cut is not counted. */
  episodes: z.number().int(),
  mean: z.number(),
  /** Over the population. */
  std: z.number(),
  min: z.number(),
  max: z.number(),
  meanLength: z.number(),
  /** Every return with how many episodes have it, where there are few: sixteen at most, of two episodes each on average. */
  values: z.array(z.object({ value: z.number(), episodes: z.number().int() })).optional(),
});
export type ReturnDistribution = z.infer<typeof returnDistributionSchema>;

/** More different returns than this are not listed one by one. */
const listedValues = 16;

/** Takes in rewards row by row. */
export class ReturnCounter {
  readonly #values = new Map<number, number>();
  #episodes = 0;
  #rows = 0;
  #mean = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #return = 0;
  #length = 0;

  /** @param ends - Whether an episode ended with this row. */
  add(reward: number, ends: boolean): void {
    this.#return += reward;
    this.#length++;
    if (!ends) return;
    const value = this.#return;
    this.#episodes++;
    this.#rows += this.#length;
    const before = value - this.#mean;
    this.#mean += before / this.#episodes;
    this.#squares += before * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (this.#values.size <= listedValues) this.#values.set(value, (this.#values.get(value) ?? 0) + 1);
    this.#return = 0;
    this.#length = 0;
  }

  /** Undefined when no episode ended. */
  distribution(): ReturnDistribution | undefined {
    const episodes = this.#episodes;
    if (episodes === 0) return undefined;
    const listed = [...this.#values].sort(([a], [b]) => a - b);
    return {
      episodes,
      mean: this.#mean,
      std: Math.sqrt(this.#squares / episodes),
      min: this.#min,
      max: this.#max,
      meanLength: this.#rows / episodes,
      ...(listed.length <= Math.min(listedValues, episodes / 2) && {
        values: listed.map(([value, count]) => ({ value, episodes: count })),
      }),
    };
  }
}

/** The distribution of returns that are known, with the length of each episode. */
export function summarizeReturns(
  returns: readonly number[],
  lengths: ArrayLike<number>,
): ReturnDistribution | undefined {
  const counter = new ReturnCounter();
  returns.forEach((value, i) => {
    for (let step = 1; step < lengths[i]; step++) counter.add(0, false);
    counter.add(value, true);
  });
  return counter.distribution();
}
