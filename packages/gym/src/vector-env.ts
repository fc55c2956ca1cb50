import type { EnvState, Info } from './env.ts';
import type { Space } from './space.ts';

/**
 * When a finished sub-environment starts again.
 *
 * - `next-step` (Gymnasium's default): the step after the end ignores its action and returns the reset's observation
 *   with reward 0.
 * - `same-step`: the ending step returns the reset's observation, and `finalObservations` holds the episode's last one.
 * - `disabled`: the caller resets by `resetAt`; a step after the end is an error.
 */
export type AutoresetMode = 'next-step' | 'same-step' | 'disabled';

/**
 * Many copies of one environment stepped together: the hot path. Every buffer is allocated once and overwritten by the
 * next step; copy what has to outlive it.
 */
export interface VectorEnv {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  /** Numbers in one flattened observation. */
  readonly observationSize: number;
  /** Numbers in one action: the box's size, or 1 for a discrete action. */
  readonly actionSize: number;
  /** `[count, observationSize]`, float32. */
  readonly observations: Float32Array;
  /** `[count, observationSize]`; row i is set in same-step mode when i's episode ended in this step. */
  readonly finalObservations: Float32Array;
  /** `[count]` */
  readonly rewards: Float64Array;
  /** `[count]`, 1 where the task ended. */
  readonly terminated: Uint8Array;
  /** `[count]`, 1 where the episode was cut off. */
  readonly truncated: Uint8Array;
  /** `[count]`, 1 where this step only reset the sub-environment (next-step mode): no transition happened. */
  readonly wasReset: Uint8Array;
  /** Infos of the last reset; steps build none. */
  readonly resetInfos: readonly Info[];
  /** Resets all; with a seed, sub-environment i gets `seed + i`, as in Gymnasium. */
  reset(options?: { seed?: number; options?: Record<string, unknown> }): void;
  /** Resets one sub-environment (disabled mode). */
  resetAt(index: number, options?: { seed?: number; options?: Record<string, unknown> }): void;
  /** Takes one step in every sub-environment. `actions` is `[count, actionSize]`. */
  step(actions: Float32Array): void;
  /** States of all sub-environments, for an exact resume. */
  saveState(): EnvState[];
  restoreState(states: readonly EnvState[]): void;
  close(): void;
}
