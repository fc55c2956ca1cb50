import { InputError } from '@understudy/errors';
import type { VectorEnv } from '../vector-env.ts';

/**
 * Checks a batch of actions before any sub-environment takes its step, so that a wrong one leaves all as they are.
 *
 * @throws InputError when the length is wrong or a number isn't finite, naming the sub-environment.
 */
export function checkActions(id: string, actions: Float32Array, count: number, actionSize: number): void {
  if (actions.length !== count * actionSize) {
    const expected = `${count} x ${actionSize}`;
    throw new InputError(`The actions for ${count} ${id} are ${actions.length} numbers, expected ${expected}.`);
  }
  for (let i = 0; i < actions.length; i++) {
    if (Number.isFinite(actions[i])) continue;
    const index = Math.floor(i / actionSize);
    throw new InputError(
      `The action for sub-environment ${index} of ${id} has a ${actions[i]}, expected finite numbers.`,
    );
  }
}

/** @throws InputError when there is no sub-environment of that index. */
export function checkIndex(id: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new InputError(`There is no sub-environment ${index} of ${id}; there are ${count}, counted from 0.`);
}

/** @throws InputError when there isn't one state for every sub-environment. */
export function checkStates(id: string, states: readonly unknown[], count: number): void {
  if (states.length === count) return;
  throw new InputError(`${states.length} states were given for ${count} sub-environments of ${id}; give one for each.`);
}

/** @throws InputError when an episode has ended and its sub-environment was not reset (disabled mode). */
export function checkRunning({ id, terminated, truncated }: VectorEnv): void {
  for (let i = 0; i < terminated.length; i++) {
    if (terminated[i] === 0 && truncated[i] === 0) continue;
    throw new InputError(`The episode of sub-environment ${i} of ${id} has ended; call resetAt(${i}) before stepping.`);
  }
}
