import { InputError } from '@understudy/errors';
import { defaultRng, SeedSequence } from '@understudy/random';
import type { ExpertTask, Mode, ModeSpace } from './task.ts';

/** One episode to record. */
export interface PlannedEpisode {
  /** Number in the dataset, from 0. */
  readonly index: number;
  /** What to ask the environment for; null where it chooses itself. */
  readonly mode: number | null;
  /** Seeds the environment's reset and the policy's samples. */
  readonly seed: number;
}

/**
 * Checks the modes that a caller asked for.
 *
 * @param wanted - Undefined for all.
 * @returns Undefined for all of a task whose modes are not to be counted.
 * @throws InputError when the task has no such mode or lets none be chosen.
 */
export function checkModes(task: ExpertTask, wanted: readonly number[] | undefined): readonly number[] | undefined {
  const { modes, id } = task;
  if (modes.kind === 'discrete') {
    const all = modes.labels.map((_, index) => index);
    if (wanted === undefined) return all;
    return distinct(wanted, all.includes.bind(all), `a whole number from 0 to ${all.length - 1}`, id);
  }
  if (wanted === undefined) return undefined;
  if (modes.kind === 'continuous') {
    const { low, high, unit } = modes;
    return distinct(wanted, (mode) => mode >= low && mode <= high, `a number from ${low} to ${high} ${unit}`, id);
  }
  const reason = modes.kind === 'none' ? 'has no modes' : 'draws its modes itself';
  throw new InputError(`${id} ${reason}, but modes ${wanted.join(', ')} were asked for; leave the modes out.`);
}

function distinct(wanted: readonly number[], fits: (mode: number) => boolean, expected: string, id: string) {
  if (wanted.length === 0)
    throw new InputError(`No mode of ${id} was named; name at least one, or leave the modes out.`);
  const unfit = wanted.find((mode) => !fits(mode));
  if (unfit !== undefined) throw new InputError(`${unfit} is no mode of ${id}; each is ${expected}.`);
  return [...new Set(wanted)].sort((a, b) => a - b);
}

/** A mode in words. */
export function modeLabel(modes: ModeSpace, mode: Mode): string {
  if (typeof mode !== 'number') return 'all';
  if (modes.kind === 'discrete') return modes.labels[mode] ?? String(mode);
  return modes.kind === 'continuous' ? `${mode} ${modes.unit}` : String(mode);
}

/**
 * The episodes of a dataset in their order, without end. Modes that can be counted come in rounds, each all of them in
 * an order drawn anew: any number of episodes is balanced, and more episodes begin with those of fewer. Speeds of a
 * continuous mode are drawn uniformly.
 */
export function* planEpisodes(
  space: ModeSpace,
  modes: readonly number[] | undefined,
  seed: number,
): Generator<PlannedEpisode, never> {
  const generator = defaultRng(new SeedSequence(seed, { spawnKey: [0] }));
  const episodeSeed = (index: number) => new SeedSequence(seed, { spawnKey: [1, index] }).generateState(1)[0];
  for (let index = 0; ; ) {
    const round = modes ? Array.from(generator.permutation(modes.length), (at) => modes[at]) : [drawMode(space)];
    for (const mode of round) yield { index, mode, seed: episodeSeed(index++) };
  }
  function drawMode(space: ModeSpace): number | null {
    return space.kind === 'continuous' ? generator.uniform(space.low, space.high) : null;
  }
}
