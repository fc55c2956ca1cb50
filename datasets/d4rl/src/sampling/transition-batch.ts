/** Transitions drawn from a dataset; `[size]` and `[size, width]`, row by row. */
export interface OfflineBatch {
  readonly size: number;
  /** Which rows of the dataset they are. */
  readonly rows: Uint32Array;
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  /** Of no meaning where `terminals` is 1. */
  readonly nextObservations: Float32Array;
  readonly terminals: Uint8Array;
}

/** An empty batch, to be filled again and again. */
export function createOfflineBatch(size: number, observationSize: number, actionSize: number): OfflineBatch {
  return {
    size,
    rows: new Uint32Array(size),
    observations: new Float32Array(size * observationSize),
    actions: new Float32Array(size * actionSize),
    rewards: new Float32Array(size),
    nextObservations: new Float32Array(size * observationSize),
    terminals: new Uint8Array(size),
  };
}
