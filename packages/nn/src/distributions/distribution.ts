import type { Generator } from '@understudy/random';

/** Numbers to compute with: float32 in training, float64 where a check needs the digits. */
export type FloatArray = Float32Array | Float64Array;

/**
 * A family of action distributions, evaluated on batches in flat row-major arrays. Results go to arrays of the caller;
 * nothing is allocated.
 *
 * Gradients are vector-Jacobian products: with `upstream[b]` the derivative of a loss by the result of row `b`, they
 * *add* the derivative by the distribution's parameters to `gradients`, which has the parameters' own form. So several
 * terms of a loss add up in one buffer, which the caller zeroes first.
 *
 * @typeParam P - The arrays that hold a batch of parameters, `{ mean, logStandardDeviation }` or `{ logits }`.
 */
export interface Distribution<P> {
  /** Numbers in one action. */
  readonly actionSize: number;
  /** Draws one action per row. @param actions - `[batch, actionSize]`, overwritten. */
  sample(parameters: P, batch: number, generator: Generator, actions: FloatArray): void;
  /** The deterministic action. @param actions - `[batch, actionSize]`, overwritten. */
  mode(parameters: P, batch: number, actions: FloatArray): void;
  /** @param actions - `[batch, actionSize]` @param out - `[batch]`, overwritten with nats. */
  logProbability(parameters: P, actions: FloatArray, batch: number, out: FloatArray): void;
  /** @param upstream - `[batch]` @param gradients - Added to. */
  addLogProbabilityGradients(
    parameters: P,
    actions: FloatArray,
    upstream: FloatArray,
    batch: number,
    gradients: P,
  ): void;
  /** @param out - `[batch]`, overwritten with nats. */
  entropy(parameters: P, batch: number, out: FloatArray): void;
  /** @param upstream - `[batch]` @param gradients - Added to. */
  addEntropyGradients(parameters: P, upstream: FloatArray, batch: number, gradients: P): void;
  /** KL(p || q) of each row. @param out - `[batch]`, overwritten with nats. */
  klDivergence(p: P, q: P, batch: number, out: FloatArray): void;
  /** @param upstream - `[batch]` @param gradients - Added to: those of p's parameters, of q's, or of both. */
  addKlDivergenceGradients(p: P, q: P, upstream: FloatArray, batch: number, gradients: { p?: P; q?: P }): void;
}
