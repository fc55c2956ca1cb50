/** A minibatch of transitions for learning by temporal differences; `[size]` and `[size, width]`, float32. */
export interface TransitionBatch {
  readonly size: number;
  readonly observations: Float32Array;
  /** As policies give them, each number in [-1, 1]. */
  readonly actions: Float32Array;
  /** Discounted sum of the rewards over the transition's steps. */
  readonly rewards: Float32Array;
  readonly nextObservations: Float32Array;
  /**
   * What the value of the next observation counts: gamma to the power of the steps, or 0 where the task ended there. A
   * truncated episode's last value counts in full.
   */
  readonly discounts: Float32Array;
}

/** An empty batch that {@link ReplayBuffer.sample} fills. */
export function createTransitionBatch(size: number, observationSize: number, actionSize: number): TransitionBatch {
  return {
    size,
    observations: new Float32Array(size * observationSize),
    actions: new Float32Array(size * actionSize),
    rewards: new Float32Array(size),
    nextObservations: new Float32Array(size * observationSize),
    discounts: new Float32Array(size),
  };
}
