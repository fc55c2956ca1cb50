import { InputError } from '@understudy/errors';
import type { Env, Space } from '@understudy/gym';
import type { Policy } from './policy.ts';

/** Any environment with a flat observation and a box or discrete action. */
export type AnyEnv = Env<unknown, unknown>;

/** Numbers in one flat action: the box's size, or 1 for a discrete action. */
export function actionSizeOf(space: Space): number {
  if (space.kind === 'discrete') return 1;
  if (space.kind === 'box') return space.flatSize;
  throw new InputError(`The action space ${space} is neither a Box nor Discrete, which is what policies act in.`);
}

/** Turns a policy's flat action into what {@link Env.step} of the space's environment expects; a copy. */
export function actionFromFlat(space: Space, flat: Float32Array): unknown {
  return space.kind === 'discrete' ? flat[0] : flat.slice();
}

/** Throws an {@link InputError} when `policy` can't act in an environment of these sizes. */
export function checkPolicyFits(policy: Policy, id: string, observationSize: number, actionSize: number): void {
  const { metadata } = policy;
  if (metadata.observationSize === observationSize && metadata.actionSize === actionSize) return;
  throw new InputError(
    `The policy was made for ${metadata.environment} (${metadata.observationSize} observation numbers, ` +
      `${metadata.actionSize} action numbers) and can't act in ${id} (${observationSize}, ${actionSize}); ` +
      `choose a policy trained on ${id}.`,
  );
}

/** Throws an {@link InputError} unless `value` is a positive whole number. */
export function checkPositiveInteger(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new InputError(`${name} is ${value}, but has to be a positive whole number.`);
}

/** Throws an {@link InputError} unless `seed` is a whole number from 0. */
export function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new InputError(`seed is ${seed}, but has to be a whole number from 0.`);
}

/** Bounds of a box of actions, `[actionSize]` each; infinite where there is none. */
export interface ActionBounds {
  low: Float32Array;
  high: Float32Array;
}

/** The bounds of a box of actions as float32, `[actionSize]` each. */
export function actionBounds(space: Space): ActionBounds {
  const { low, high } = space as Space & { low?: ArrayLike<number>; high?: ArrayLike<number> };
  if (!low || !high) throw new InputError(`The action space ${space} has no bounds; use a Box.`);
  return { low: Float32Array.from(low), high: Float32Array.from(high) };
}

/** How many choices a discrete space has. @throws InputError unless they count from 0, as policies do. */
export function choiceCount(space: Space): number {
  const { start = 0 } = space as Space & { start?: number };
  if (start === 0) return space.flatSize;
  throw new InputError(`The action space ${space} doesn't count from 0, as policies do; use one that starts at 0.`);
}
