import type { Space } from './space.ts';

/** What an environment tells beside its observation. Numbers in it may be logged; nothing in it may be needed to act. */
export type Info = Record<string, unknown>;

/** What {@link Env.reset} returns. */
export interface ResetResult<Observation> {
  observation: Observation;
  info: Info;
}

/** What {@link Env.step} returns. The observation is the caller's to keep. */
export interface StepResult<Observation> {
  observation: Observation;
  reward: number;
  /** The task ended: no value lies beyond this observation. */
  terminated: boolean;
  /** The episode was cut off, by a time limit say: value lies beyond it, and a learner bootstraps. */
  truncated: boolean;
  info: Info;
}

/** Arguments of {@link Env.reset}. */
export interface ResetOptions {
  /** Restarts the environment's generator; without it the generator goes on where it is. */
  seed?: number;
  /** What the environment lets a caller choose for one episode. */
  options?: Record<string, unknown>;
}

/** Everything that the next step depends on, as plain JSON, so that a resumed run goes on bit by bit. */
export type EnvState = Record<string, unknown>;

/** How an environment describes itself; `maxEpisodeSteps` is set by `make`. */
export interface EnvMetadata {
  renderModes: readonly string[];
  /** Frames a second at which a film of the environment runs in real time. */
  renderFps?: number;
  maxEpisodeSteps?: number;
}

/** Signals of a step taken by {@link Env.stepInto}; the same object every time. */
export interface StepSignals {
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

/** Gymnasium's environment contract. Only `make` is asynchronous (an engine may have to load); stepping never is. */
export interface Env<Observation = Float64Array, Action = Float32Array> {
  /** The registered id with its version, `HalfCheetah-v5`. */
  readonly id: string;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  readonly metadata: EnvMetadata;
  /** The environment inside all wrappers; itself when there are none. */
  readonly unwrapped: Env<unknown, unknown>;
  reset(options?: ResetOptions): ResetResult<Observation>;
  step(action: Action): StepResult<Observation>;
  /**
   * The same step without allocation, for environments with flat observations: writes the observation as float32 at
   * `out[offset ...]`, builds no info, and returns signals that are overwritten by the next step.
   */
  stepInto?(action: Action, out: Float32Array, offset: number): StepSignals;
  /**
   * The picture of the current state, the caller's to keep; null where an environment has none. Needs no display and no
   * option of `make`.
   */
  render(options?: RenderOptions): RenderFrame | null;
  /** State for {@link restoreState}; absent where an environment can't be resumed. */
  saveState?(): EnvState;
  /** Puts back what {@link saveState} gave: the steps that follow are those that would have followed there. */
  restoreState?(state: EnvState): void;
  /** Frees what the environment holds. Closing twice is harmless; anything else after it throws. */
  close(): void;
}

/** What a goal environment shows, under Gymnasium-Robotics' names; what has to be reached is part of the observation. */
export interface GoalObservation {
  observation: Float64Array;
  /** What has been reached so far, `[goal]`. */
  achieved_goal: Float64Array;
  /** What is to be reached, `[goal]`. */
  desired_goal: Float64Array;
  [name: string]: Float64Array;
}

/** An environment whose reward follows from goals alone, so that transitions can be relabelled with other goals. */
export interface GoalEnv<Action = Float32Array> extends Env<GoalObservation, Action> {
  /** Numbers in a goal. */
  readonly goalSize: number;
  /**
   * The rewards of having achieved one thing while another was desired.
   *
   * @param achievedGoals - `[n, goalSize]`
   * @param desiredGoals - `[n, goalSize]`
   * @param rewards - Takes the rewards, `[n]`; a new array unless given.
   * @throws InputError if the sizes don't fit.
   */
  computeReward(
    achievedGoals: Float64Array | Float32Array,
    desiredGoals: Float64Array | Float32Array,
    rewards?: Float64Array,
  ): Float64Array;
}

/** How {@link Env.render} draws; what is left out is the environment's own choice. */
export interface RenderOptions {
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** A camera by its name, in environments that have several. */
  camera?: string;
}

/** An RGB picture, 8 bits a channel, rows from the top: `[height, width, 3]`. */
export interface RenderFrame {
  width: number;
  height: number;
  data: Uint8Array;
}
