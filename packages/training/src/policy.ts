import type { Generator } from '@understudy/random';

/** What a policy file says of the policy in it. */
export interface PolicyMetadata {
  /** The algorithm that made it: `ppo`, `bc`. */
  algorithm: string;
  /** The environment's id with its version, `HalfCheetah-v5`. */
  environment: string;
  observationSize: number;
  /** Numbers in one action: the box's size, or 1 for a discrete action, whose number is the choice. */
  actionSize: number;
}

/** How to choose an action. */
export interface ActOptions {
  /** Take the distribution's mode instead of a sample. False by default. */
  deterministic?: boolean;
  /** Where samples come from; needed unless the action is deterministic. */
  generator?: Generator;
}

/** A rule that gives actions for observations, whatever made it. */
export interface Policy {
  readonly metadata: PolicyMetadata;
  /**
   * The action for one observation.
   *
   * @param observation - `[observationSize]`, as the environment gives it: the policy normalises it by itself.
   * @returns `[actionSize]` within the action space's bounds; a buffer that the next call overwrites.
   */
  act(observation: ArrayLike<number>, options?: ActOptions): Float32Array;
  /**
   * Actions for a batch of observations.
   *
   * @param observations - `[count, observationSize]`
   * @param actions - `[count, actionSize]`, overwritten.
   */
  actBatch(observations: Float32Array, count: number, actions: Float32Array, options?: ActOptions): void;
}
