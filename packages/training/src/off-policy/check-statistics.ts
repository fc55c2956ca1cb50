import { InputError } from '@understudy/errors';
import type { Metrics } from '../metrics-file.ts';
import type { PolicySpec } from '../network-policy.ts';

/**
 * Refuses to go on with what updates have spoilt: a figure of theirs that is NaN or infinite. Called before the next
 * checkpoint is written, so that the last one holds networks that are still sound.
 *
 * @param statistics - Figures of the updates; nulls are none.
 * @param step - Environment steps so far.
 * @throws InputError naming the figure and the step.
 */
export function checkStatistics(
  statistics: Metrics,
  { algorithm, environment }: Pick<PolicySpec, 'algorithm' | 'environment'>,
  step: number,
): void {
  for (const [name, value] of Object.entries(statistics)) {
    if (value === null || Number.isFinite(value)) continue;
    throw new InputError(
      `By step ${step} of ${environment} the ${name} of ${algorithm} is ${value}, from which nothing can be learned; the last checkpoint is sound, so train again with a lower learning rate.`,
    );
  }
}
