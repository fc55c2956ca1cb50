import { InputError } from '@understudy/errors';
import type { Space } from '@understudy/gym';
import type { ActionBounds } from '../flat-env.ts';
import { actionBounds } from '../flat-env.ts';

/**
 * The finite bounds of a box of actions, between which policies that act in [-1, 1] are stretched.
 *
 * @throws InputError when the space is no box or has no finite bounds.
 */
export function finiteActionBounds(space: Space, algorithm: string): ActionBounds {
  if (space.kind !== 'box') {
    throw new InputError(
      `${algorithm} learns continuous actions, and ${space} has none; choose PPO for this environment.`,
    );
  }
  const { low, high } = actionBounds(space);
  if (low.every(Number.isFinite) && high.every(Number.isFinite)) return { low, high };
  throw new InputError(`${algorithm} needs actions with finite bounds, and ${space} has none; rescale its actions.`);
}

/** Stretches actions from [-1, 1] to the bounds. @param actions - `[count, actionSize]` @param out - the same size. */
export function stretchActions(actions: Float32Array, { low, high }: ActionBounds, out: Float32Array): void {
  const size = low.length;
  for (let at = 0; at < actions.length; at++) {
    const k = at % size;
    const value = low[k] + 0.5 * (actions[at] + 1) * (high[k] - low[k]);
    // Rounding may carry the ends past the bounds.
    out[at] = Math.min(Math.max(value, low[k]), high[k]);
  }
}
