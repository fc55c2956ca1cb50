import { createHash } from 'node:crypto';
import { InputError } from '@understudy/errors';
import type { Generator } from '@understudy/random';
import type { ActionBounds, Dataset, EpisodeRange } from '@understudy/training';

/** What is cloned: a dataset, or only its observations and actions. */
export interface Demonstrations
  extends Pick<Dataset, 'transitions' | 'observationSize' | 'actionSize' | 'observations' | 'actions'> {
  /** Where known, no episode is divided between the training and the validation split. */
  episodes?: readonly EpisodeRange[];
  /** Bounds that the policy clips its actions to, `[actionSize]` each. */
  actionBounds?: ActionBounds;
}

/** Row numbers of each split. */
export interface Split {
  training: Int32Array;
  validation: Int32Array;
}

/** Throws an {@link InputError} when the demonstrations' columns don't fit together or hold no finite numbers. */
export function checkDemonstrations(demonstrations: Demonstrations): void {
  const { transitions, observationSize, actionSize, observations, actions, episodes = [] } = demonstrations;
  if (transitions === 0) throw new InputError('The demonstrations hold no transition; record some first.');
  checkColumn('observations', observations, transitions, observationSize);
  checkColumn('actions', actions, transitions, actionSize);
  const outside = episodes.find(({ start, end }) => start < 0 || end > transitions || start >= end);
  if (outside) {
    throw new InputError(
      `The demonstrations have an episode of rows ${outside.start} to ${outside.end}, but ${transitions} transitions; ` +
        'give the ranges of the same recording.',
    );
  }
}

/**
 * Divides transitions at random, in whole episodes where there are two or more.
 *
 * @param fraction - Share of the transitions to validate on, reached or just exceeded; training keeps at least one unit.
 */
export function splitDemonstrations(demonstrations: Demonstrations, fraction: number, generator: Generator): Split {
  const { transitions, episodes = [] } = demonstrations;
  const whole = episodes.length >= 2;
  const units = whole ? episodes : Array.from({ length: transitions }, (_, row) => ({ start: row, end: row + 1 }));
  const total = units.reduce((sum, { start, end }) => sum + end - start, 0);
  const order = generator.permutation(units.length);
  const training: number[] = [];
  const validation: number[] = [];
  order.forEach((unit, position) => {
    const isLast = position === units.length - 1;
    const target = !isLast && validation.length < fraction * total ? validation : training;
    for (let row = units[unit].start; row < units[unit].end; row++) target.push(row);
  });
  return { training: Int32Array.from(training), validation: Int32Array.from(validation) };
}

/** A fingerprint of the demonstrations, so that a run is never resumed with others. */
export function digestDemonstrations({ observations, actions, episodes = [] }: Demonstrations): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [observations, actions]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.update(JSON.stringify(episodes)).digest('hex');
}

function checkColumn(name: string, values: ArrayLike<number>, transitions: number, size: number): void {
  if (values.length !== transitions * size) {
    throw new InputError(
      `The demonstrations' ${name} are ${values.length} numbers, but ${transitions} transitions of ${size} need ` +
        `${transitions * size}; correct the sizes.`,
    );
  }
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new InputError(
      `The demonstrations' ${name} hold ${values[at]} in row ${Math.floor(at / size)}; remove that transition.`,
    );
  }
}
