import { InputError, nearestNames } from '@understudy/errors';
import {
  Box,
  Discrete,
  type Env,
  type EnvMetadata,
  type EnvState,
  type RenderFrame,
  type RenderOptions,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type StepSignals,
} from '@understudy/gym';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import { drawCartPole, halfPoleLength, placeLimit } from './draw-cart-pole.ts';

/** Options of CartPole, Gymnasium's in camel case. */
export interface CartPoleOptions {
  /** Rewards 0 for a step and -1 for the fall, as in Sutton and Barto's book, instead of 1 for a step; default false. */
  suttonBartoReward?: boolean;
}

/** The names of the options. */
export const cartPoleOptionNames: readonly string[] = ['suttonBartoReward'];

const gravity = 9.8;
const poleMass = 0.1;
const totalMass = poleMass + 1;
/** Half the pole's length, m. */
const length = halfPoleLength;
const poleMassLength = poleMass * length;
/** Newtons that an action pushes with. */
const push = 10;
/** Seconds of a step. */
const tau = 0.02;
/** Radians (12 degrees) that the pole may be off. */
const angleLimit = (12 * 2 * Math.PI) / 360;
/** Each number of the initial state is uniform within this. */
const startWidth = 0.05;

/**
 * CartPole: keep a pole upright by pushing the cart it stands on left or right.
 *
 * Observation, float32 `[4]`: the cart's place and velocity (m, m/s), the pole's angle from upright and angular velocity
 * (rad, rad/s). Action: 0 pushes to the left, 1 to the right. Reward: 1 a step. Terminates when the cart is farther than
 * 2.4 m or the pole leans more than 12 degrees.
 *
 * Gymnasium's CartPole-v1 (Barto, Sutton, Anderson, "Neuronlike Adaptive Elements That Can Solve Difficult Learning
 * Control Problems", 1983), its equations in float64, integrated by Euler's method.
 */
export class CartPoleEnv implements Env<Float32Array, number> {
  readonly id = 'CartPole-v1';
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 50 };
  readonly observationSpace: Box<Float32Array>;
  readonly actionSpace = new Discrete(2);
  /** Place, velocity, angle, angular velocity; `[4]`. */
  readonly state = new Float64Array(4);
  readonly #suttonBartoReward: boolean;
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  #generator: Generator = defaultRng(0);
  /** Whether an episode is under way or over, and so may be stepped. */
  #started = false;
  /** Whether the episode has ended before the step in progress. */
  #fallen = false;
  #open = true;

  /** @throws InputError for an unknown option or a value of the wrong kind. */
  constructor(options: CartPoleOptions = {}) {
    this.#suttonBartoReward = readOptions(options).suttonBartoReward;
    const high = Float32Array.of(2 * placeLimit, Number.POSITIVE_INFINITY, 2 * angleLimit, Number.POSITIVE_INFINITY);
    this.observationSpace = new Box({ low: high.map((bound) => -bound), high, dtype: 'float32' });
  }

  get unwrapped(): this {
    return this;
  }

  /**
   * `options` may hold `low` and `high`, the bounds of the initial state's numbers.
   *
   * @throws InputError if the environment is closed, or for a wrong seed or wrong bounds.
   */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    this.#checkOpen();
    const [low, high] = readBounds(options);
    if (seed !== undefined) this.#generator = defaultRng(seed);
    for (let i = 0; i < this.state.length; i++) this.state[i] = this.#generator.uniform(low, high);
    this.#started = true;
    this.#fallen = false;
    return { observation: Float32Array.from(this.state), info: {} };
  }

  /** @throws InputError if the environment is closed or was never reset, or the action is neither 0 nor 1. */
  step(action: number): StepResult<Float32Array> {
    this.#advance(action);
    return { observation: Float32Array.from(this.state), ...this.#signals, info: {} };
  }

  stepInto(action: number, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    const { state } = this;
    for (let i = 0; i < state.length; i++) out[offset + i] = state[i];
    return this.#signals;
  }

  /**
   * Cart, pole and track, with the lines that the cart must not cross; 600 by 400 pixels unless told.
   *
   * @throws InputError for an unknown camera, or a side that isn't a whole number of 16 to 4096 pixels.
   */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    if (options.camera !== undefined) {
      throw new InputError(`CartPole-v1 has no cameras, but "${options.camera}" was asked for`);
    }
    return drawCartPole(this.state[0], this.state[2], options);
  }

  saveState(): EnvState {
    this.#checkOpen();
    const { started, fallen } = { started: this.#started, fallen: this.#fallen };
    return { state: Array.from(this.state), started, fallen, generator: this.#generator.getState() };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    this.state.set(saved.state as number[]);
    this.#started = saved.started as boolean;
    this.#fallen = saved.fallen as boolean;
    this.#generator.setState(saved.generator as GeneratorState);
  }

  close(): void {
    this.#open = false;
  }

  #advance(action: number): void {
    if (!this.#open || !this.#started) this.#refuseStep();
    if (action !== 0 && action !== 1) {
      throw new InputError(`an action of CartPole-v1 is 0 (left) or 1 (right), got ${String(action)}`);
    }
    this.#move(action === 1 ? push : -push);
    const { state } = this;
    // Written so that a state that is no number counts as standing, as in Gymnasium.
    const fallen = state[0] < -placeLimit || state[0] > placeLimit || state[2] < -angleLimit || state[2] > angleLimit;
    if (this.#suttonBartoReward) this.#signals.reward = fallen ? -1 : 0;
    else this.#signals.reward = fallen && this.#fallen ? 0 : 1;
    this.#signals.terminated = fallen;
    this.#fallen ||= fallen;
  }

  /** Equations of motion of cart and pole under a force, and one step of Euler's method. */
  #move(force: number): void {
    const { state } = this;
    const angle = state[2];
    const spin = state[3];
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const drive = (force + poleMassLength * (spin * spin) * sine) / totalMass;
    const angularAcceleration =
      (gravity * sine - cosine * drive) / (length * (4 / 3 - (poleMass * (cosine * cosine)) / totalMass));
    const acceleration = drive - (poleMassLength * angularAcceleration * cosine) / totalMass;
    state[0] += tau * state[1];
    state[1] += tau * acceleration;
    state[2] += tau * spin;
    state[3] += tau * angularAcceleration;
  }

  #refuseStep(): never {
    this.#checkOpen();
    throw new InputError('CartPole-v1 was stepped before its first reset; call reset() first');
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError('CartPole-v1 is closed; make a new one');
  }
}

function readOptions({ suttonBartoReward = false, ...unknown }: CartPoleOptions): Required<CartPoleOptions> {
  for (const name of Object.keys(unknown)) {
    const near = nearestNames(name, cartPoleOptionNames)[0];
    const advice = near ? `did you mean "${near}"?` : `it takes ${cartPoleOptionNames.join(', ')}`;
    throw new InputError(`CartPole-v1 has no option "${name}"; ${advice}`);
  }
  if (typeof suttonBartoReward === 'boolean') return { suttonBartoReward };
  throw new InputError(
    `option suttonBartoReward of CartPole-v1 is ${JSON.stringify(suttonBartoReward)}, expected true or false`,
  );
}

function readBounds({ low = -startWidth, high = startWidth }: Record<string, unknown>): [number, number] {
  if (Number.isFinite(low) && Number.isFinite(high) && (low as number) <= (high as number)) {
    return [low as number, high as number];
  }
  throw new InputError(
    `a reset of CartPole-v1 got the bounds low ${String(low)} and high ${String(high)}, expected finite numbers in order`,
  );
}
