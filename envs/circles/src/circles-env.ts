import { InputError, nearestNames } from '@understudy/errors';
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
import { Trail } from '@understudy/render';
import { actionBound, circleRadii, circleReward } from './circles.ts';
import { drawCircles } from './draw-circles.ts';

/** Options of Circles. */
export interface CirclesOptions {
  /** The circle of every episode, 0 to 2; null, the default, draws one at each reset. */
  mode?: number | null;
}

/** The names of the options. */
export const circlesOptionNames: readonly string[] = ['mode'];

/** Standard deviation of the noise on each coordinate of a displacement: a tenth of the largest one. */
const noiseScale = 0.15;
/** An episode ends beyond these. */
const xLimit = 30;
const yLimit = 60;
/** Positions in an observation. */
const frames = 5;
/** One turn of the expert is drawn. */
const trailLength = 100;

/**
 * Circles: follow one of three circles through the origin, without being told which.
 *
 * Observation, float64 `[10]`: the positions (x, y) of the last five moments, oldest first; at the start all are the
 * origin. Action, float32 `[2]`: a displacement, clipped to 1.5 in x and in y; the move gets normal noise of 0.15 on
 * each. Reward: `exp(-10 (distance to the circle / radius)^2)` of the new position. Terminates beyond |x| 30 or |y| 60;
 * `make` truncates after 1000 steps. `info.mode` is the circle; `info.mode_rewards` of a step is the reward under each of
 * the three, a Float64Array.
 *
 * Vahabpour et al., "Diverse Imitation Learning via Self-Organizing Generative Models" (2022), section 4.1 and
 * appendix B.
 */
export class CirclesEnv implements Env<Float64Array, Float32Array> {
  readonly id = 'Circles-v0';
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 30 };
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [2 * frames],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -actionBound, high: actionBound, shape: [2] });
  readonly #fixedMode: number | null;
  /** The observation, `[10]`. */
  readonly #positions = new Float64Array(2 * frames);
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  readonly #trail = new Trail(trailLength);
  #generator: Generator = defaultRng(0);
  #mode = 0;
  #started = false;
  #open = true;

  /** @throws InputError for an unknown option or a mode out of range. */
  constructor(options: CirclesOptions = {}) {
    const { mode = null } = options;
    refuseUnknown('option', Object.keys(options));
    this.#fixedMode = readMode('option', mode);
    this.#trail.restart(this.#positions, 0);
  }

  get unwrapped(): this {
    return this;
  }

  /** The circle of the episode, 0 to 2. */
  get mode(): number {
    return this.#mode;
  }

  /**
   * `options` may hold `mode`, the circle of this episode. One is drawn in any case, so that a seed gives the same noise
   * under every mode.
   *
   * @throws InputError if the environment is closed, or for a wrong seed, option or mode.
   */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float64Array> {
    this.#checkOpen();
    const { mode = null } = options;
    refuseUnknown('reset option', Object.keys(options));
    const chosen = readMode('reset option', mode) ?? this.#fixedMode;
    if (seed !== undefined) this.#generator = defaultRng(seed);
    const drawn = this.#generator.integers(circleRadii.length);
    this.#mode = chosen ?? drawn;
    this.#positions.fill(0);
    this.#trail.restart(this.#positions, 0);
    this.#started = true;
    return { observation: this.#positions.slice(), info: { mode: this.#mode } };
  }

  /** @throws InputError if the environment is closed or was never reset, or the action is not two finite numbers. */
  step(action: Float32Array): StepResult<Float64Array> {
    this.#advance(action);
    return { observation: this.#positions.slice(), ...this.#signals, info: this.#info() };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    const positions = this.#positions;
    for (let i = 0; i < 2 * frames; i++) out[offset + i] = positions[i];
    return this.#signals;
  }

  /** The three circles, that of the episode stronger, with the last turn of the path. */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return drawCircles(this.#mode, this.#trail.points(), options);
  }

  /** What the next steps depend on; the path of pictures begins anew where it is restored. */
  saveState(): EnvState {
    this.#checkOpen();
    return {
      positions: Array.from(this.#positions),
      mode: this.#mode,
      started: this.#started,
      generator: this.#generator.getState(),
    };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    this.#positions.set(saved.positions as number[]);
    this.#mode = saved.mode as number;
    this.#started = saved.started as boolean;
    this.#generator.setState(saved.generator as GeneratorState);
    this.#trail.restart(this.#positions, 0);
    for (let i = 2; i < 2 * frames; i += 2) this.#trail.push(this.#positions, i);
  }

  close(): void {
    this.#open = false;
  }

  #advance(action: Float32Array): void {
    if (!this.#open || !this.#started) this.#refuseStep();
    const dx = action[0];
    const dy = action[1];
    if (action.length !== 2 || !Number.isFinite(dx) || !Number.isFinite(dy)) refuseAction(action);
    const positions = this.#positions;
    for (let i = 0; i < 2 * frames - 2; i++) positions[i] = positions[i + 2];
    const generator = this.#generator;
    const x = positions[8] + clip(dx) + noiseScale * generator.standardNormal();
    const y = positions[9] + clip(dy) + noiseScale * generator.standardNormal();
    positions[8] = x;
    positions[9] = y;
    this.#trail.push(positions, 8);
    this.#signals.reward = circleReward(circleRadii[this.#mode], x, y);
    this.#signals.terminated = Math.abs(x) > xLimit || Math.abs(y) > yLimit;
  }

  #info(): Info {
    const [x, y] = this.#positions.subarray(8);
    return { mode: this.#mode, mode_rewards: Float64Array.from(circleRadii, (radius) => circleReward(radius, x, y)) };
  }

  #refuseStep(): never {
    this.#checkOpen();
    throw new InputError('Circles-v0 was stepped before its first reset; call reset() first');
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError('Circles-v0 is closed; make a new one');
  }
}

function clip(displacement: number): number {
  return Math.max(-actionBound, Math.min(actionBound, displacement));
}

function refuseAction(action: Float32Array): never {
  throw new InputError(`an action of Circles-v0 is two finite numbers, got [${Array.from(action).join(', ')}]`);
}

function refuseUnknown(kind: string, names: string[]): void {
  const unknown = names.find((name) => !circlesOptionNames.includes(name));
  if (unknown === undefined) return;
  const near = nearestNames(unknown, circlesOptionNames)[0];
  throw new InputError(
    `Circles-v0 has no ${kind} "${unknown}"; ${near ? `did you mean "${near}"?` : `it takes ${circlesOptionNames.join(', ')}`}`,
  );
}

function readMode(kind: string, mode: unknown): number | null {
  if (mode === null || circleRadii.some((_, i) => i === mode)) return mode as number | null;
  const last = circleRadii.length - 1;
  throw new InputError(
    `${kind} mode of Circles-v0 is ${String(mode)}, expected a whole number from 0 to ${last}, or null to draw one`,
  );
}
