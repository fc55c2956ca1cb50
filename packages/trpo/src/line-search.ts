/** What became of a step that was tried. */
export interface Trial {
  /** By how much the surrogate grew. */
  improvement: number;
  /** Mean KL divergence from the old policy. */
  kl: number;
}

/** Arguments of {@link searchLine}. */
export interface LineSearchOptions {
  /** Delta. */
  maxKl: number;
  /** Each trial is so much shorter than the one before. */
  backtrackFactor: number;
  /** Trials at most. */
  backtrackAttempts: number;
}

/** The fractions of a step to try, one after the other. */
export function* trialFractions({ backtrackFactor, backtrackAttempts }: LineSearchOptions): Generator<number> {
  let fraction = 1;
  for (let i = 0; i < backtrackAttempts; i++, fraction *= backtrackFactor) yield fraction;
}

/** Whether the surrogate improves and the KL divergence is within delta; NaN is neither. */
export function isAccepted({ improvement, kl }: Trial, { maxKl }: Pick<LineSearchOptions, 'maxKl'>): boolean {
  return improvement > 0 && kl <= maxKl;
}

/**
 * Shortens a step until the surrogate improves and the KL divergence is within delta (Schulman et al. 2015, appendix C).
 * A trial with NaN is not accepted.
 *
 * @param attempt - Takes the given fraction of the step, from the old policy.
 * @returns The accepted fraction; 0 when there is none, and then the caller has to undo the last trial.
 */
export function searchLine(attempt: (fraction: number) => Trial, options: LineSearchOptions): number {
  for (const fraction of trialFractions(options)) {
    if (isAccepted(attempt(fraction), options)) return fraction;
  }
  return 0;
}
