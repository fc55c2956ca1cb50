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
import { Trail } from '@understudy/render';
import { drawMaze } from './draw-maze.ts';
import { type MazeLayout, type MazeName, mazeLayout } from './layout.ts';
import { frameSkip, Particle, timestep } from './particle.ts';

/** Which of the four mazes. */
export interface WalledMazeOptions {
  /** One inner wall or two; `C` unless told. */
  maze?: MazeName;
  /** Whether left and right are exchanged; default false. */
  mirrored?: boolean;
}

/** Each coordinate of the start is uniform within this of its mean, metres; each velocity too, metres a second. */
const startWidth = 0.02;
const startSpeed = 0.01;
/** Price of an action's square. */
const actionCost = 1e-3;
/** A whole episode is drawn. */
const trailLength = 101;

/**
 * C-maze and S-maze: drive a ball round walls to the other end.
 *
 * Observation, float64 `[2]`: its position (x, y) in metres; the velocity is hidden. Action, float32 `[2]`: force on each
 * axis as a share of the maze's largest, clipped to [-1, 1], held for 0.05 s. Reward of the C-maze: minus the distance
 * to the goal; of the S-maze: the number of gaps passed; either at the position that the action is taken at, and less
 * 0.001 of the action's square. Nothing terminates; `make` truncates after 100 steps.
 *
 * The C-maze is that of Fu, Luo and Levine, "Learning Robust Rewards with Adversarial Inverse Reinforcement Learning"
 * (2017), the S-maze of Peng et al., "Variational Discriminator Bottleneck" (2019), appendix D.
 */
export class WalledMazeEnv implements Env<Float64Array, Float32Array> {
  readonly id: string;
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 1 / (frameSkip * timestep) };
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [2],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [2] });
  readonly layout: MazeLayout;
  readonly #rewardsGaps: boolean;
  readonly #particle: Particle;
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  readonly #trail = new Trail(trailLength);
  #generator: Generator = defaultRng(0);
  #started = false;
  #open = true;

  /** @throws InputError for a maze that there is not. */
  constructor({ maze = 'C', mirrored = false }: WalledMazeOptions = {}) {
    if (maze !== 'C' && maze !== 'S') throw new InputError(`there is no maze ${String(maze)}; take C or S`);
    this.id = `${maze}Maze${mirrored ? 'Mirrored' : ''}-v0`;
    this.layout = mazeLayout(maze, mirrored);
    this.#rewardsGaps = maze === 'S';
    this.#particle = new Particle(this.layout);
    this.#particle.state.set(this.layout.start);
    this.#trail.restart(this.#particle.state, 0);
  }

  get unwrapped(): this {
    return this;
  }

  /** Position and velocity, `[4]`, metres and metres a second; the array that steps overwrite. */
  get state(): Float64Array {
    return this.#particle.state;
  }

  /** @throws InputError if the environment is closed, or for a wrong seed. */
  reset({ seed }: ResetOptions = {}): ResetResult<Float64Array> {
    this.#checkOpen();
    if (seed !== undefined) this.#generator = defaultRng(seed);
    const { state } = this.#particle;
    for (let i = 0; i < 2; i++) state[i] = this.layout.start[i] + this.#generator.uniform(-startWidth, startWidth);
    for (let i = 2; i < 4; i++) state[i] = this.#generator.uniform(-startSpeed, startSpeed);
    this.#trail.restart(state, 0);
    this.#started = true;
    return { observation: state.slice(0, 2), info: this.#info() };
  }

  /** @throws InputError if the environment is closed or was never reset, or the action is not two finite numbers. */
  step(action: Float32Array): StepResult<Float64Array> {
    this.#advance(action);
    return { observation: this.#particle.state.slice(0, 2), ...this.#signals, info: this.#info() };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    const { state } = this.#particle;
    out[offset] = state[0];
    out[offset + 1] = state[1];
    return this.#signals;
  }

  /** The maze from above with the path of the episode. */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return drawMaze(this.layout, this.#trail.points(), options);
  }

  /** What the next steps depend on; the path of pictures begins anew where it is restored. */
  saveState(): EnvState {
    this.#checkOpen();
    return {
      state: Array.from(this.#particle.state),
      started: this.#started,
      generator: this.#generator.getState(),
    };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    this.#particle.state.set(saved.state as number[]);
    this.#started = saved.started as boolean;
    this.#generator.setState(saved.generator as GeneratorState);
    this.#trail.restart(this.#particle.state, 0);
  }

  close(): void {
    this.#open = false;
  }

  #advance(action: Float32Array): void {
    if (!this.#open || !this.#started) this.#refuseStep();
    const ax = action[0];
    const ay = action[1];
    if (action.length !== 2 || !Number.isFinite(ax) || !Number.isFinite(ay)) this.#refuseAction(action);
    const { state } = this.#particle;
    const merit = this.#rewardsGaps ? this.#gapsPassed() : -this.#goalDistance();
    this.#signals.reward = merit - actionCost * (ax * ax + ay * ay);
    this.#particle.advance(action);
    this.#trail.push(state, 0);
  }

  #goalDistance(): number {
    const { state } = this.#particle;
    const dx = state[0] - this.layout.goal[0];
    const dy = state[1] - this.layout.goal[1];
    return Math.sqrt(dx * dx + dy * dy);
  }

  #gapsPassed(): number {
    const { state } = this.#particle;
    const { walls } = this.layout;
    let passed = 0;
    for (let i = 0; i < walls.length; i++) if (state[1] > walls[i].y) passed += 1;
    return passed;
  }

  #info(): Info {
    return { goal_distance: this.#goalDistance(), gaps_passed: this.#gapsPassed() };
  }

  #refuseAction(action: Float32Array): never {
    throw new InputError(`an action of ${this.id} is two finite numbers, got [${Array.from(action).join(', ')}]`);
  }

  #refuseStep(): never {
    this.#checkOpen();
    throw new InputError(`${this.id} was stepped before its first reset; call reset() first`);
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError(`${this.id} is closed; make a new one`);
  }
}
