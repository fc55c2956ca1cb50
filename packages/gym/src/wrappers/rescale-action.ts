import { InputError } from '@understudy/errors';
import type { Env } from '../env.ts';
import { Box } from '../spaces/box.ts';
import { boxOf } from './box-of.ts';
import { Wrapper } from './wrapper.ts';

/** Maps actions in [minAction, maxAction] linearly onto the inner environment's box, in float32 as Gymnasium does. */
export class RescaleAction<Observation> extends Wrapper<Observation, Float32Array> {
  readonly #gradient: Float32Array;
  readonly #intercept: Float32Array;
  readonly #rescaled: Float32Array;

  /**
   * @param minAction - What becomes the inner box's low; -1 unless told.
   * @param maxAction - What becomes its high; 1 unless told.
   * @throws InputError when the action space is no bounded Box or the new bounds are not finite and increasing.
   */
  constructor(env: Env<Observation, Float32Array>, minAction = -1, maxAction = 1) {
    const inner = boxOf(env.actionSpace, 'RescaleAction');
    if (!inner.isBounded()) throw new InputError(`RescaleAction needs finite bounds, got the action space ${inner}.`);
    if (!Number.isFinite(minAction) || !Number.isFinite(maxAction) || minAction >= maxAction) {
      throw new InputError(`RescaleAction got bounds ${minAction} and ${maxAction}, expected finite increasing ones.`);
    }
    super(env, { actionSpace: new Box({ low: minAction, high: maxAction, shape: inner.shape }) });
    this.#gradient = inner.low.map((low, i) => (maxAction - minAction) / (inner.high[i] - low));
    this.#intercept = inner.low.map((low, i) => Math.fround(this.#gradient[i] * -low) + minAction);
    this.#rescaled = new Float32Array(inner.flatSize);
  }

  protected override innerAction(action: Float32Array): Float32Array {
    if (action.length !== this.#rescaled.length) return action;
    for (let i = 0; i < action.length; i++) {
      this.#rescaled[i] = Math.fround(action[i] - this.#intercept[i]) / this.#gradient[i];
    }
    return this.#rescaled;
  }
}
