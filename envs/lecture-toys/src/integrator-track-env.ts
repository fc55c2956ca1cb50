import { InputError } from '@understudy/errors';
import { Box, type RenderFrame, type RenderOptions } from '@understudy/gym';
import { drawTrace } from './draw-trace.ts';
import { checkNumbers, checkOptionNames, ToyEnv } from './toy-env.ts';

/** Options of IntegratorTrack. */
export interface IntegratorTrackOptions {
  /** The chance that a step's action is replaced by a full push to a random side; default 0.01. */
  slip?: number;
}

/** The names of the options. */
export const integratorTrackOptionNames: readonly string[] = ['slip'];

/** The track's half width. */
const halfWidth = 0.5;

/**
 * The integrator track: keep a mass with momentum on a straight track although it slips now and then. Whoever knows the
 * way back pays for each slip once, about `slip * T`; whoever was only shown the track never comes back and pays for all
 * the steps that are left, about `slip * T^2`. These are the lecture's two error bounds.
 *
 * Observation, float64 `[2]`: position across the track and velocity, at first 0. Action, float32 `[1]`: acceleration,
 * clipped to [-1, 1]; it adds to the velocity, which then adds to the position. Reward: -1 where the position is more
 * than 0.5 off, else 0. Nothing terminates; `make` truncates after 100 steps.
 */
export class IntegratorTrackEnv extends ToyEnv<Float32Array> {
  readonly id = 'IntegratorTrack-v0';
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [2],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly #slip: number;

  /** State: position and velocity. @throws InputError for a wrong option. */
  constructor(options: IntegratorTrackOptions = {}) {
    super(2);
    const { slip = 0.01 } = options;
    checkOptionNames('IntegratorTrack-v0', options, integratorTrackOptionNames);
    if (!(slip >= 0 && slip <= 1)) {
      throw new InputError(`option slip of IntegratorTrack-v0 is ${String(slip)}, expected a chance from 0 to 1`);
    }
    this.#slip = slip;
  }

  protected begin(): void {
    this.state.fill(0);
  }

  protected advance(action: Float32Array): void {
    checkNumbers(this.id, action, 1);
    const slips = this.generator.random() < this.#slip;
    const side = this.generator.random() < 0.5 ? -1 : 1;
    this.state[1] += slips ? side : Math.max(-1, Math.min(1, action[0]));
    this.state[0] += this.state[1];
    this.signals.reward = Math.abs(this.state[0]) > halfWidth ? -1 : 0;
  }

  protected observeInto(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.state[0];
    out[offset + 1] = this.state[1];
  }

  protected draw(options: RenderOptions): RenderFrame {
    return drawTrace(this.trace(), halfWidth, options);
  }
}

/**
 * The expert: stops on the track in two steps, or as soon as the bounds allow. Without slips its demonstrations hold
 * nothing but zeros, so that a clone of them learns to do nothing.
 *
 * @param observation - `[2]`
 * @param action - Takes the action, `[1]`; a new array unless given.
 */
export function integratorTrackExpert(
  observation: ArrayLike<number>,
  action: Float32Array = new Float32Array(1),
): Float32Array {
  action[0] = Math.max(-1, Math.min(1, -observation[0] - observation[1]));
  return action;
}
