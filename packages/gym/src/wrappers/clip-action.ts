import type { Env } from '../env.ts';
import { Box } from '../spaces/box.ts';
import { boxOf } from './box-of.ts';
import { Wrapper } from './wrapper.ts';

/** Takes any action and clips it into the inner environment's box. */
export class ClipAction<Observation> extends Wrapper<Observation, Float32Array> {
  readonly #inner: Box;
  readonly #clipped: Float32Array;

  /** @throws InputError when the action space is no Box. */
  constructor(env: Env<Observation, Float32Array>) {
    const inner = boxOf(env.actionSpace, 'ClipAction');
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    super(env, { actionSpace: new Box({ low, high, shape: inner.shape }) });
    this.#inner = inner;
    this.#clipped = new Float32Array(inner.flatSize);
  }

  protected override innerAction(action: Float32Array): Float32Array {
    if (action.length !== this.#clipped.length) return action;
    const { low, high } = this.#inner;
    for (let i = 0; i < action.length; i++) this.#clipped[i] = Math.min(Math.max(action[i], low[i]), high[i]);
    return this.#clipped;
  }
}
