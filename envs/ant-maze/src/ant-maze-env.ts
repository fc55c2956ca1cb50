import {
  gymnasiumMazes,
  type MazeInput,
  type MazeMap,
  type MazeRewardType,
  type Position,
  parseMaze,
} from '@understudy/env-maze2d';
import { InputError } from '@understudy/errors';
import type { Info, RenderFrame, RenderOptions } from '@understudy/gym';
import {
  type CameraDefaults,
  commonDefaults,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  MujocoGoalEnv,
  openModel,
  type Range,
  readOptions,
} from '@understudy/mujoco';
import { AntInfo } from './ant-info.ts';
import { antMazeLayout } from './ant-maze-layout.ts';
import { antMazeModel } from './ant-maze-model.ts';
import { GoalDraws } from './goal-draws.ts';
import { checkResetOptions, distance, readCell, readRewardType } from './goal-options.ts';
import { markTarget, mazeCamera } from './maze-view.ts';

/** Options of the AntMaze environments, Gymnasium-Robotics' and those of Ant-v5 in camel case. */
export interface AntMazeOptions extends Pick<MujocoEnvOptions, 'engine' | 'contactMargin' | 'frameSkip'> {
  /** The maze; default the one in the id. */
  mazeMap?: MazeInput;
  /** `sparse`: 1 within 0.45 m of the goal and 0 elsewhere; `dense`: exp(-distance). Default what the id says. */
  rewardType?: MazeRewardType;
  /** Whether an episode goes on when the goal is reached, rather than to terminate; default true. */
  continuingTask?: boolean;
  /** Whether a continuing task draws another goal when one is reached; default false. */
  resetTarget?: boolean;
  /** Starts and goals lie within this of the middle of their cell, each way, in cells of 4 m; default 0.25. */
  positionNoiseRange?: number;
  /** Shows the contact forces on all bodies but the world; default true. */
  includeCfrcExtInObservation?: boolean;
  /** Contact forces count within this range, in the observation and in the info; default [-1, 1]. */
  contactForceRange?: Range;
  /** Of `info.reward_forward`, per m/s; default 1. */
  forwardRewardWeight?: number;
  /** Of `info.reward_ctrl`; default 0.5. */
  ctrlCostWeight?: number;
  /** Of `info.reward_contact`; default 0.0005. */
  contactCostWeight?: number;
  /** `info.reward_survive` of a healthy state; default 1. */
  healthyReward?: number;
  /** Closed range of the torso's height in which it counts as healthy, m; default [0.2, 1]. Nothing ends outside it. */
  healthyZRange?: Range;
}

/** What an id of Gymnasium-Robotics stands for. */
export interface AntMazeTask {
  readonly id: string;
  readonly mazeMap: MazeInput;
  readonly rewardType: MazeRewardType;
}

const umazeTask: AntMazeTask = { id: 'AntMaze_UMaze-v5', mazeMap: gymnasiumMazes.umaze, rewardType: 'sparse' };

const defaults = {
  engine: commonDefaults.engine,
  contactMargin: commonDefaults.contactMargin,
  frameSkip: 5,
  mazeMap: gymnasiumMazes.umaze as string,
  rewardType: 'sparse' as string,
  continuingTask: true,
  resetTarget: false,
  positionNoiseRange: 0.25,
  includeCfrcExtInObservation: true,
  contactForceRange: [-1, 1] as Range,
  forwardRewardWeight: 1,
  ctrlCostWeight: 0.5,
  contactCostWeight: 5e-4,
  healthyReward: 1,
  healthyZRange: [0.2, 1] as Range,
};

export const antMazeOptionNames: readonly string[] = Object.keys(defaults);

type Settings = Omit<typeof defaults, 'rewardType'> & { rewardType: MazeRewardType };

/** Within this the goal is reached, m. The original's documentation says 0.5; its code has 0.45. */
const goalRadius = 0.45;

/** Numbers in a goal and in the observation's parts: x and y, the other positions, velocities, contact forces. */
const sizes = { goal: 2, positions: 13, velocities: 14, forces: 78 };

/**
 * Gymnasium-Robotics' AntMaze: walk an ant through a maze to a goal.
 *
 * Observation, a dictionary of float64: `observation` `[105]`, that of Ant-v5 (height and quaternion of the torso, eight
 * joint angles, velocities, contact torques and forces); `achieved_goal` `[2]`, the torso's x and y in m; `desired_goal`
 * `[2]`. Action, float32 `[8]` in [-1, 1]: torques of hip and ankle of the right back, front left, front right and back
 * leg. The reward is that of the goal alone; Ant-v5's own is in the info. `info.success` is 1 within 0.45 m of the goal
 * and 0 elsewhere. A continuing task never terminates, another one does when the goal is reached; no state is too
 * unhealthy.
 *
 * When a step reaches the goal of a task that draws another one, its observation still shows the old goal, for which it
 * was rewarded; the next one shows the new goal.
 */
export class AntMazeEnv extends MujocoGoalEnv {
  readonly maze: MazeMap;
  protected override readonly cameraDefaults: CameraDefaults = mazeCamera;
  readonly #settings: Settings;
  readonly #draws: GoalDraws;
  readonly #antInfo: AntInfo;
  /** Of the step to come. */
  #goal: Position = { x: 0, y: 0 };
  /** Of the observation: the one that the last step was rewarded for. */
  #shownGoal: Position = this.#goal;
  #success = 0;

  private constructor(id: string, maze: MazeMap, settings: Settings, setup: MujocoEnvSetup) {
    const { goal, positions, velocities, forces } = sizes;
    const observation = positions + velocities + (settings.includeCfrcExtInObservation ? forces : 0);
    super(id, setup, { observation, goal });
    this.maze = maze;
    this.#settings = settings;
    this.#draws = new GoalDraws(id, maze, settings.positionNoiseRange);
    this.#antInfo = new AntInfo(this.simulation, this.dt, settings);
  }

  /**
   * @param task - Its id, and what the id says of maze and reward.
   * @throws InputError for an unknown option, a value of the wrong kind or a wrong map.
   */
  static async create(options: AntMazeOptions = {}, task: AntMazeTask = umazeTask): Promise<AntMazeEnv> {
    const { id, mazeMap, rewardType } = task;
    const maze = parseMaze(options.mazeMap ?? mazeMap, { input: `mazeMap of ${id}` });
    const read = readOptions(id, { ...options, mazeMap: maze.toString() }, { ...defaults, rewardType });
    const settings = { ...read, rewardType: readRewardType(id, read.rewardType) };
    if (settings.positionNoiseRange < 0) {
      throw new InputError(`option positionNoiseRange of ${id} is ${settings.positionNoiseRange}, expected at least 0`);
    }
    const { engine, contactMargin, frameSkip } = settings;
    const xml = antMazeModel(maze, antMazeLayout(maze));
    return new AntMazeEnv(id, maze, settings, await openModel(id, { engine, contactMargin, frameSkip }, xml));
  }

  /** Where the ant has to go, m. */
  get goal(): Position {
    return this.#goal;
  }

  /** The maze from above, the goal marked by a red ball. */
  override render(options?: RenderOptions): RenderFrame {
    this.checkOpen();
    markTarget(this.model, this.simulation, this.#goal);
    return super.render(options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    checkResetOptions(this.id, options, ['goalCell', 'resetCell']);
    const goalCell = readCell(`option goalCell of ${this.id}`, options.goalCell, this.maze);
    const resetCell = readCell(`option resetCell of ${this.id}`, options.resetCell, this.maze);
    this.#goal = this.#draws.goal(this.generator, goalCell);
    const start = this.#draws.start(this.generator, this.#goal, resetCell);
    this.setState([start.x, start.y, ...this.initialQpos.subarray(2)], this.initialQvel);
    this.#shownGoal = this.#goal;
    this.#success = Number(this.#distanceToGoal() <= goalRadius);
  }

  protected override advance(action: Float32Array): void {
    const { signals } = this;
    const { continuingTask, includeCfrcExtInObservation, resetTarget } = this.#settings;
    this.#antInfo.beginStep(action);
    this.simulate(action);
    if (includeCfrcExtInObservation) this.simulation.rnePostConstraint();
    const apart = this.#distanceToGoal();
    const reached = apart <= goalRadius;
    signals.reward = this.#rewardAt(apart);
    signals.terminated = reached && !continuingTask;
    this.#success = Number(reached);
    this.#shownGoal = this.#goal;
    if (reached && continuingTask && resetTarget && this.maze.goals.length > 1) this.#drawOtherGoal();
  }

  protected override goalReward(
    achieved: Float64Array | Float32Array,
    desired: Float64Array | Float32Array,
    at: number,
  ): number {
    return this.#rewardAt(distance(achieved[at], achieved[at + 1], desired[at], desired[at + 1]));
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel, cfrc_ext } = this.simulation;
    const { includeCfrcExtInObservation, contactForceRange } = this.#settings;
    let at = offset;
    out[at++] = qpos[0];
    out[at++] = qpos[1];
    out[at++] = this.#shownGoal.x;
    out[at++] = this.#shownGoal.y;
    for (let i = 2; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = qvel[i];
    if (!includeCfrcExtInObservation) return;
    const [low, high] = contactForceRange;
    // The first six are the world's.
    for (let i = 6; i < cfrc_ext.length; i++) out[at++] = Math.max(low, Math.min(high, cfrc_ext[i]));
  }

  protected override stepInfo(): Info {
    if (!this.#settings.includeCfrcExtInObservation) this.simulation.rnePostConstraint();
    return { ...this.#antInfo.step(), success: this.#success };
  }

  protected override resetInfo(): Info {
    return { ...this.#antInfo.place(), success: this.#success };
  }

  protected override saveTask(): unknown {
    return { goal: { ...this.#goal }, torso: this.#antInfo.save() };
  }

  protected override restoreTask(state: unknown): void {
    const { goal, torso } = state as { goal: Position; torso: number[] };
    this.#goal = { x: goal.x, y: goal.y };
    this.#shownGoal = this.#goal;
    this.#antInfo.restore(torso);
  }

  #rewardAt(apart: number): number {
    if (this.#settings.rewardType === 'dense') return Math.exp(-apart);
    return apart <= goalRadius ? 1 : 0;
  }

  #distanceToGoal(): number {
    const { qpos } = this.simulation;
    return distance(qpos[0], qpos[1], this.#goal.x, this.#goal.y);
  }

  #drawOtherGoal(): void {
    const { qpos } = this.simulation;
    this.#goal = this.#draws.otherGoal(this.generator, qpos[0], qpos[1], goalRadius);
  }
}
