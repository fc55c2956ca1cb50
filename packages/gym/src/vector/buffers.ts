/** Sizes of a vector environment's rows. */
export interface RowSizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** A vector environment's rows, one a sub-environment; see `VectorEnv` for each. */
export interface Rows {
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly wasReset: Uint8Array;
}

/** Bytes that the rows of `count` sub-environments take. */
export function rowsByteLength(count: number, { observationSize, actionSize }: RowSizes): number {
  return count * (8 + 4 * (2 * observationSize + actionSize) + 3);
}

/** The rows of `count` sub-environments as views of one buffer, which threads may share. */
export function viewRows(buffer: ArrayBufferLike, count: number, { observationSize, actionSize }: RowSizes): Rows {
  let at = 0;
  const floats = (size: number): Float32Array => {
    const view = new Float32Array(buffer, at, count * size);
    at += view.byteLength;
    return view;
  };
  const flags = (): Uint8Array => {
    const view = new Uint8Array(buffer, at, count);
    at += view.byteLength;
    return view;
  };
  const rewards = new Float64Array(buffer, at, count);
  at += rewards.byteLength;
  return {
    rewards,
    observations: floats(observationSize),
    finalObservations: floats(observationSize),
    actions: floats(actionSize),
    terminated: flags(),
    truncated: flags(),
    wasReset: flags(),
  };
}

/** The rows `first ... first + count - 1` of more rows. */
export function sliceRows(rows: Rows, first: number, count: number, { observationSize, actionSize }: RowSizes): Rows {
  const end = first + count;
  return {
    observations: rows.observations.subarray(first * observationSize, end * observationSize),
    finalObservations: rows.finalObservations.subarray(first * observationSize, end * observationSize),
    actions: rows.actions.subarray(first * actionSize, end * actionSize),
    rewards: rows.rewards.subarray(first, end),
    terminated: rows.terminated.subarray(first, end),
    truncated: rows.truncated.subarray(first, end),
    wasReset: rows.wasReset.subarray(first, end),
  };
}
