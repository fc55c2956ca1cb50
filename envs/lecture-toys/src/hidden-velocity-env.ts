import { Box, type RenderFrame, type RenderOptions } from '@understudy/gym';
import { drawTrace } from './draw-trace.ts';
import { checkNumbers, ToyEnv } from './toy-env.ts';

/** Seconds of a step. */
const timestep = 0.1;
/** Gains of the expert: a second an inverse second squared, and an inverse second. */
const positionGain = 4;
const velocityGain = 3;
/** What the picture shows as the goal. */
const goalWidth = 0.1;

/**
 * Hidden velocity: bring a mass without friction to rest at 0, seeing only where it is. A policy of the last observation
 * alone pushes like a spring, and the mass swings for ever; two observations tell the velocity and solve it.
 *
 * Observation, float64 `[1]`: the position; at first it and the hidden velocity are uniform in (-1, 1). Action, float32
 * `[1]`: acceleration, clipped to [-1, 1], for 0.1 s. Reward: minus the squared position. Nothing terminates; `make`
 * truncates after 100 steps.
 */
export class HiddenVelocityEnv extends ToyEnv<Float32Array> {
  readonly id = 'HiddenVelocity-v0';
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [1],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });

  /** State: position and velocity. */
  constructor() {
    super(2);
  }

  protected begin(): void {
    this.generator.fillUniform(this.state, -1, 1);
  }

  protected advance(action: Float32Array): void {
    checkNumbers(this.id, action, 1);
    this.state[1] += timestep * Math.max(-1, Math.min(1, action[0]));
    this.state[0] += timestep * this.state[1];
    this.signals.reward = -this.state[0] * this.state[0];
  }

  protected observeInto(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.state[0];
  }

  protected draw(options: RenderOptions): RenderFrame {
    return drawTrace(this.trace(), goalWidth, options);
  }
}

/**
 * The expert: a spring and a damper on the velocity that two observations tell exactly. At the start, where there is only
 * one, give it twice.
 *
 * @param action - Takes the action, `[1]`; a new array unless given.
 */
export function hiddenVelocityExpert(
  previous: ArrayLike<number>,
  current: ArrayLike<number>,
  action: Float32Array = new Float32Array(1),
): Float32Array {
  const velocity = (current[0] - previous[0]) / timestep;
  action[0] = Math.max(-1, Math.min(1, -positionGain * current[0] - velocityGain * velocity));
  return action;
}
