import { InputError } from '@understudy/errors';
import type { Info, RenderFrame, RenderOptions } from '@understudy/gym';
import {
  commonDefaults,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  MujocoGoalEnv,
  openModel,
  readOptions,
} from '@understudy/mujoco';
import {
  checkResetOptions,
  clipVelocity,
  distance,
  type MazeRewardType,
  readPair,
  readRewardType,
  rewardAt,
} from './ball.ts';
import { pointMazeModel } from './ball-model.ts';
import { drawMaze } from './draw-maze.ts';
import { type Cell, type MazeInput, type MazeMap, type Position, parseMaze } from './maze-map.ts';
import { gymnasiumMazes } from './standard-mazes.ts';
import { Trail } from './trail.ts';

/** Options of the PointMaze environments, Gymnasium-Robotics' in camel case. */
export interface PointMazeOptions extends Pick<MujocoEnvOptions, 'engine' | 'contactMargin'> {
  /** The maze; default the one in the id. */
  mazeMap?: MazeInput;
  /** `sparse`: 1 within 0.45 m of the goal and 0 elsewhere; `dense`: exp(-distance). Default what the id says. */
  rewardType?: MazeRewardType;
  /** Whether an episode goes on when the goal is reached, rather than to terminate; default true. */
  continuingTask?: boolean;
  /** Whether a continuing task draws another goal when one is reached; default false. */
  resetTarget?: boolean;
  /** Starts and goals lie within this of the middle of their cell, each way, m; default 0.25. */
  positionNoiseRange?: number;
}

/** What an id of Gymnasium-Robotics stands for. */
export interface PointMazeTask {
  readonly id: string;
  readonly mazeMap: MazeInput;
  readonly rewardType: MazeRewardType;
}

const umazeTask: PointMazeTask = { id: 'PointMaze_UMaze-v3', mazeMap: gymnasiumMazes.umaze, rewardType: 'sparse' };

const defaults = {
  engine: commonDefaults.engine,
  contactMargin: commonDefaults.contactMargin,
  mazeMap: gymnasiumMazes.umaze as string,
  rewardType: 'sparse' as string,
  continuingTask: true,
  resetTarget: false,
  positionNoiseRange: 0.25,
};

export const pointMazeOptionNames: readonly string[] = Object.keys(defaults);

type Settings = Omit<typeof defaults, 'rewardType'> & { rewardType: MazeRewardType };

/** Within this the goal is reached, m. The original's documentation says 0.5; its code has 0.45. */
const goalRadius = 0.45;

/** A start is drawn again while it is this near to the goal, m. */
const nearestStart = 0.5;

/** Side of a cell, m. */
const cellSide = 1;

/** Draws before the search for a start or a goal is given up. */
const mostDraws = 10_000;

/**
 * Gymnasium-Robotics' PointMaze: push a ball through a maze to a goal.
 *
 * Observation: `observation` float64 `[4]`, position (m) and velocity (m/s); `achieved_goal` `[2]`, the position;
 * `desired_goal` `[2]`. Action, float32 `[2]` in [-1, 1]: force to the right and up, in 100 N. `info.success` is 1 within
 * 0.45 m of the goal and 0 elsewhere. A continuing task never terminates; another one does when the goal is reached.
 *
 * When a step reaches the goal of a task that draws another one, its observation still shows the old goal, for which it
 * was rewarded; the next one shows the new goal.
 */
export class PointMazeEnv extends MujocoGoalEnv {
  readonly maze: MazeMap;
  readonly #settings: Settings;
  /** Of the step to come. */
  #goal: Position = { x: 0, y: 0 };
  /** Of the observation: the one that the last step was rewarded for. */
  #shownGoal: Position = this.#goal;
  #success = 0;
  readonly #trail = new Trail(100);

  private constructor(id: string, maze: MazeMap, settings: Settings, setup: MujocoEnvSetup) {
    super(id, setup, { observation: 4, goal: 2 });
    this.maze = maze;
    this.#settings = settings;
  }

  /**
   * @param task - Its id, and what the id says of maze and reward.
   * @throws InputError for an unknown option, a value of the wrong kind or a wrong map.
   */
  static async create(options: PointMazeOptions = {}, task: PointMazeTask = umazeTask): Promise<PointMazeEnv> {
    const { id, mazeMap, rewardType } = task;
    const maze = parseMaze(options.mazeMap ?? mazeMap, { input: `mazeMap of ${id}` });
    const read = readOptions(id, { ...options, mazeMap: maze.toString() }, { ...defaults, rewardType });
    const settings = { ...read, rewardType: readRewardType(id, read.rewardType) };
    if (settings.positionNoiseRange < 0) {
      throw new InputError(`option positionNoiseRange of ${id} is ${settings.positionNoiseRange}, expected at least 0`);
    }
    const openOptions = { engine: settings.engine, contactMargin: settings.contactMargin, frameSkip: 1 };
    return new PointMazeEnv(id, maze, settings, await openModel(id, openOptions, pointMazeModel(maze)));
  }

  /** Where the ball has to go, m. */
  get goal(): Position {
    return this.#goal;
  }

  /** The maze from above, with the ball's last 100 places and the area in which the goal counts as reached. */
  override render(options?: RenderOptions): RenderFrame {
    this.checkOpen();
    const { rows, columns } = this.maze;
    const toMap = (x: number, y: number) => [x + (columns - 1) / 2, y - (rows - 1) / 2];
    const [goalX, goalY] = toMap(this.#goal.x, this.#goal.y);
    const path = this.#trail.points(this.simulation.qpos[0], this.simulation.qpos[1], toMap);
    return drawMaze({ maze: this.maze, goalX, goalY, goalRadius, path }, options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    checkResetOptions(this.id, options, ['goalCell', 'resetCell']);
    const goalCell = this.#readCell('goalCell', options.goalCell);
    const resetCell = this.#readCell('resetCell', options.resetCell);
    this.#goal = this.#drawGoal(goalCell);
    const start = this.#addNoise(this.maze.centreOf(resetCell ?? this.#drawStart(), cellSide));
    this.setState([start.x, start.y], [0, 0]);
    this.#shownGoal = this.#goal;
    this.#success = Number(this.#distanceToGoal() <= goalRadius);
    this.#trail.clear();
    this.#trail.add(start.x, start.y);
  }

  protected override advance(action: Float32Array): void {
    const { simulation, signals } = this;
    const { continuingTask, resetTarget, rewardType } = this.#settings;
    clipVelocity(simulation);
    this.simulate(action);
    this.#trail.add(simulation.qpos[0], simulation.qpos[1]);
    const apart = this.#distanceToGoal();
    const reached = apart <= goalRadius;
    signals.reward = rewardAt(apart, rewardType, goalRadius);
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
    const apart = distance(achieved[at], achieved[at + 1], desired[at], desired[at + 1]);
    return rewardAt(apart, this.#settings.rewardType, goalRadius);
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    out[offset] = qpos[0];
    out[offset + 1] = qpos[1];
    out[offset + 2] = this.#shownGoal.x;
    out[offset + 3] = this.#shownGoal.y;
    out[offset + 4] = qpos[0];
    out[offset + 5] = qpos[1];
    out[offset + 6] = qvel[0];
    out[offset + 7] = qvel[1];
  }

  protected override stepInfo(): Info {
    return { success: this.#success };
  }

  protected override resetInfo(): Info {
    return { success: this.#success };
  }

  protected override saveTask(): unknown {
    return { goal: { ...this.#goal } };
  }

  protected override restoreTask(state: unknown): void {
    const { x, y } = (state as { goal: Position }).goal;
    this.#goal = { x, y };
    this.#shownGoal = this.#goal;
    this.#trail.clear();
  }

  #distanceToGoal(): number {
    const { qpos } = this.simulation;
    return distance(qpos[0], qpos[1], this.#goal.x, this.#goal.y);
  }

  #drawGoal(cell: Cell = this.#pick(this.maze.goals)): Position {
    return this.#addNoise(this.maze.centreOf(cell, cellSide));
  }

  #drawStart(): Cell {
    for (let i = 0; i < mostDraws; i++) {
      const cell = this.#pick(this.maze.starts);
      const { x, y } = this.maze.centreOf(cell, cellSide);
      if (distance(x, y, this.#goal.x, this.#goal.y) > nearestStart) return cell;
    }
    throw new InputError(
      `the maze of ${this.id} has no start that is ${nearestStart} m from the goal; mark another one`,
    );
  }

  #drawOtherGoal(): void {
    for (let i = 0; i < mostDraws; i++) {
      this.#goal = this.#drawGoal();
      if (this.#distanceToGoal() > goalRadius) return;
    }
    throw new InputError(
      `the maze of ${this.id} has no other goal ${goalRadius} m from the one reached; mark another one`,
    );
  }

  #pick(cells: readonly Cell[]): Cell {
    return cells[this.generator.integers(cells.length)];
  }

  #addNoise({ x, y }: Position): Position {
    const range = this.#settings.positionNoiseRange;
    const noisyX = x + this.generator.uniform(-range, range) * cellSide;
    return { x: noisyX, y: y + this.generator.uniform(-range, range) * cellSide };
  }

  #readCell(name: string, value: unknown): Cell | undefined {
    if (value === undefined || value === null) return undefined;
    const [row, column] = readPair(`option ${name} of ${this.id}`, value);
    if (!this.maze.isWall(row, column)) return { row, column };
    throw new InputError(
      `option ${name} of ${this.id} is (${row}, ${column}), which is no free cell; give one that is`,
    );
  }
}
