import { InputError } from '@understudy/errors';

/** Returns between which a score is measured. */
export interface ScoreReference {
  /** The return of a random policy: score 0. */
  min: number;
  /** The return of an expert: score 100. */
  max: number;
}

/**
 * D4RL's normalised score, `100 (score - min) / (max - min)` (J. Fu et al., "D4RL: Datasets for Deep Data-Driven
 * Reinforcement Learning", 2020).
 *
 * @throws InputError when `max` does not exceed `min`.
 */
export function normalizedScore(score: number, { min, max }: ScoreReference): number {
  if (!(max > min)) throw new InputError(`The reference returns are min ${min} and max ${max}; max must exceed min.`);
  return (100 * (score - min)) / (max - min);
}
