import { InputError } from '@understudy/errors';
import {
  Box,
  type Env,
  type EnvMetadata,
  type EnvState,
  type Info,
  type RenderFrame,
  type RenderOptions,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type StepSignals,
} from '@understudy/gym';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import { cubicIncrement, pointCount, pointX } from './curves.ts';
import { drawCurve } from './draw-curve.ts';
import { fitCubic } from './evaluation.ts';

/** The largest step of y. A cubic within (-1, 1) climbs by less than 0.9 in a step (Markov's inequality). */
const actionBound = 1;

/**
 * Cubic curves: draw a cubic from left to right, one point a step.
 *
 * Observation, float64 `[2]`: x and y of the last point; one alone does not tell how to go on, four do
 * ({@link cubicIncrement}). Action, float32 `[1]`: the step of y, clipped to [-1, 1]; x advances by 0.1 from -1 to 1.
 * Reward: minus the square of the curve's fourth difference once there is one, and 1 at the end if the least-squares
 * cubic's third-order coefficient is at least 0.5 in size; 1 is the most. Terminates after 20 steps, with the fit in
 * the info.
 *
 * The planning task of the latent-action non-Markov decision process, chapter 6.5.1 of the thesis (after Qin et al.,
 * "Learning non-Markovian Decision-Making from State-only Sequences", 2023).
 */
export class CubicCurvesEnv implements Env<Float64Array, Float32Array> {
  readonly id = 'CubicCurves-v0';
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 10 };
  readonly observationSpace = new Box<Float64Array>({
    low: [-1, Number.NEGATIVE_INFINITY],
    high: [1, Number.POSITIVE_INFINITY],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -actionBound, high: actionBound, shape: [1] });
  readonly #ys = new Float64Array(pointCount);
  /** Steps taken, and the index of the last point; no steps are left before the first reset. */
  #last = pointCount - 1;
  #started = false;
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  #generator: Generator = defaultRng(0);
  #open = true;

  get unwrapped(): this {
    return this;
  }

  /** y of the points drawn so far, a copy; `[1 ... 21]`. */
  get curve(): Float64Array {
    return this.#ys.slice(0, this.#last + 1);
  }

  /**
   * Starts at x = -1 with y uniform in (-1, 1); `options` may hold `startY`.
   *
   * @throws InputError if the environment is closed, or for a wrong seed or start.
   */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float64Array> {
    this.#checkOpen();
    if (seed !== undefined) this.#generator = defaultRng(seed);
    const drawn = this.#generator.uniform(-1, 1);
    const { startY = drawn } = options;
    if (typeof startY !== 'number' || !(Math.abs(startY) < 1)) {
      throw new InputError(`reset option startY of CubicCurves-v0 is ${String(startY)}, expected a number in (-1, 1)`);
    }
    this.#last = 0;
    this.#ys[0] = startY;
    this.#started = true;
    return { observation: this.#observe(), info: {} };
  }

  /** @throws InputError if the environment is closed or has no step to take, or the action is not a finite number. */
  step(action: Float32Array): StepResult<Float64Array> {
    this.#advance(action);
    return { observation: this.#observe(), ...this.#signals, info: this.#info() };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    out[offset] = pointX(this.#last);
    out[offset + 1] = this.#ys[this.#last];
    return this.#signals;
  }

  /** The points so far, and at the end the fitted cubic behind them. */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return drawCurve(this.curve, this.#last === pointCount - 1 && this.#started, options);
  }

  saveState(): EnvState {
    this.#checkOpen();
    return { curve: Array.from(this.curve), started: this.#started, generator: this.#generator.getState() };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    const curve = saved.curve as number[];
    this.#ys.set(curve);
    this.#last = curve.length - 1;
    this.#started = saved.started as boolean;
    this.#generator.setState(saved.generator as GeneratorState);
  }

  close(): void {
    this.#open = false;
  }

  #observe(): Float64Array {
    return Float64Array.of(pointX(this.#last), this.#ys[this.#last]);
  }

  #info(): Info {
    if (!this.#signals.terminated) return {};
    const { coefficients, squaredResidual, accepted } = fitCubic(this.#ys);
    return { accepted, residual: squaredResidual, cubic_coefficient: coefficients[0] };
  }

  #advance(action: Float32Array): void {
    if (!this.#open || !this.#started || this.#last === pointCount - 1) this.#refuseStep();
    const [increment] = action;
    if (action.length !== 1 || !Number.isFinite(increment)) {
      throw new InputError(`an action of CubicCurves-v0 is one finite number, got [${Array.from(action).join(', ')}]`);
    }
    const ys = this.#ys;
    const t = this.#last;
    const step = Math.max(-actionBound, Math.min(actionBound, increment));
    ys[t + 1] = ys[t] + step;
    this.#last = t + 1;
    const difference = t < 3 ? 0 : step - cubicIncrement(ys[t], ys[t - 1], ys[t - 2], ys[t - 3]);
    const done = this.#last === pointCount - 1;
    this.#signals.reward = (done && fitCubic(ys).accepted ? 1 : 0) - difference * difference;
    this.#signals.terminated = done;
  }

  #refuseStep(): never {
    this.#checkOpen();
    const problem = this.#started ? 'after its last point' : 'before its first reset';
    throw new InputError(`CubicCurves-v0 was stepped ${problem}; call reset() first`);
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError('CubicCurves-v0 is closed; make a new one');
  }
}
