/**
 * Recorded transitions as columns, in the order they happened, with the episodes' boundaries.
 *
 * Row i of every column belongs to transition i. An episode is a range of rows; its last one is terminated, truncated,
 * or neither when the recording stopped inside it.
 */
export interface Dataset {
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** `[transitions, observationSize]` */
  readonly observations: Float32Array | Float64Array;
  /** `[transitions, actionSize]` */
  readonly actions: Float32Array | Float64Array;
  /** `[transitions]` */
  readonly rewards: Float32Array | Float64Array;
  /** `[transitions]`, 1 where the task ended. */
  readonly terminals: Uint8Array;
  /** `[transitions]`, 1 where the episode was cut off. */
  readonly timeouts: Uint8Array;
  /** `[transitions, observationSize]` where the source has them. */
  readonly nextObservations?: Float32Array | Float64Array;
  readonly episodes: readonly EpisodeRange[];
}

/** Rows `start <= row < end` of a {@link Dataset}. */
export interface EpisodeRange {
  start: number;
  end: number;
  /** False for a last episode that the recording cut off in the middle. */
  complete: boolean;
}
