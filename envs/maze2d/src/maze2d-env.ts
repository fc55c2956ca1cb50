import { InputError } from '@understudy/errors';
import type { RenderFrame, RenderOptions } from '@understudy/gym';
import {
  commonDefaults,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
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
import { maze2dModel } from './ball-model.ts';
import { drawMaze } from './draw-maze.ts';
import { d4rlOffset } from './maze-layout.ts';
import { type Cell, type MazeInput, type MazeMap, type Position, parseMaze } from './maze-map.ts';
import { d4rlMazes } from './standard-mazes.ts';
import { Trail } from './trail.ts';

/** Options of the maze2d environments, D4RL's in camel case. */
export interface Maze2dOptions extends Pick<MujocoEnvOptions, 'engine' | 'contactMargin'> {
  /** The maze, with one goal at most; default the one in the id. */
  mazeSpec?: MazeInput;
  /** `sparse`: 1 within 0.5 m of the target and 0 elsewhere; `dense`: exp(-distance). Default what the id says. */
  rewardType?: MazeRewardType;
  /** Draws a new target at every reset; default false. */
  resetTarget?: boolean;
}

/** What an id of D4RL's stands for. */
export interface Maze2dTask {
  readonly id: string;
  readonly mazeSpec: MazeInput;
  readonly rewardType: MazeRewardType;
}

const umazeTask: Maze2dTask = { id: 'maze2d-umaze-v1', mazeSpec: d4rlMazes.umaze, rewardType: 'sparse' };

const defaults = {
  engine: commonDefaults.engine,
  contactMargin: commonDefaults.contactMargin,
  mazeSpec: d4rlMazes.umaze as string,
  rewardType: 'sparse' as string,
  resetTarget: false,
};

export const maze2dOptionNames: readonly string[] = Object.keys(defaults);

type Settings = Omit<typeof defaults, 'rewardType'> & { rewardType: MazeRewardType };

/** Within this of the target the sparse reward is 1, m. */
const targetRadius = 0.5;

/** Half width of the uniform noise around a cell, and standard deviation of the velocity at a start. */
const noise = 0.1;

/**
 * D4RL's maze2d: push a ball through a maze to a fixed target and stay there.
 *
 * Observation, float64 `[4]`: position (m, in cells: row, column) and velocity (m/s). Action, float32 `[2]` in [-1, 1]:
 * force along rows and along columns, in 100 N; what is beyond counts as the bound. The reward follows from the distance
 * to the target after the step, and nothing ends an episode but the time limit: a policy earns by reaching the target
 * and by staying.
 *
 * Fu, Kumar, Nachum, Tucker, Levine, "D4RL: Datasets for Deep Data-Driven Reinforcement Learning", 2020.
 */
export class Maze2dEnv extends MujocoEnv {
  readonly maze: MazeMap;
  readonly #settings: Settings;
  /** Where a start or a drawn target may lie: the free cells row by row, then the goal. */
  readonly #cells: readonly Cell[];
  #target: Position;
  readonly #trail = new Trail(100);

  private constructor(id: string, maze: MazeMap, settings: Settings, setup: MujocoEnvSetup) {
    super(id, setup, 4);
    this.maze = maze;
    this.#settings = settings;
    const goals = maze.only('g');
    this.#cells = [...maze.only(0, 'r', 'c'), ...goals];
    const { row, column } = goals[0] ?? this.#cells[0];
    this.#target = { x: row, y: column };
  }

  /**
   * @param task - Its id, and what the id says of maze and reward.
   * @throws InputError for an unknown option, a value of the wrong kind or a wrong map.
   */
  static async create(options: Maze2dOptions = {}, task: Maze2dTask = umazeTask): Promise<Maze2dEnv> {
    const { id, mazeSpec, rewardType } = task;
    const maze = parseMaze(options.mazeSpec ?? mazeSpec, { input: `mazeSpec of ${id}`, maxGoals: 1 });
    const read = readOptions(id, { ...options, mazeSpec: maze.toString() }, { ...defaults, rewardType });
    const settings = { ...read, rewardType: readRewardType(id, read.rewardType) };
    const openOptions = { engine: settings.engine, contactMargin: settings.contactMargin, frameSkip: 1 };
    return new Maze2dEnv(id, maze, settings, await openModel(id, openOptions, maze2dModel(maze)));
  }

  /** Where the reward is, in the observation's coordinates: D4RL's `get_target`. */
  get target(): Position {
    return this.#target;
  }

  /**
   * Moves the target for this and all later episodes: D4RL's `set_target`.
   *
   * @param target - Row and column, any two numbers; a random place in a random cell unless given.
   * @throws InputError unless it is two finite numbers.
   */
  setTarget(target?: readonly [row: number, column: number]): void {
    const [x, y] = target === undefined ? this.#drawPlace() : readPair(`the target of ${this.id}`, target);
    this.#target = { x, y };
  }

  /**
   * The maze from above as its map is written, with the ball's last 100 places and the area that the sparse reward pays
   * in. The 0.2 m between positions and cells is drawn as it is: a target at (1, 1) lies off the middle of cell (1, 1).
   */
  override render(options?: RenderOptions): RenderFrame {
    this.checkOpen();
    const toMap = (x: number, y: number) => [y + d4rlOffset, -(x + d4rlOffset)];
    const [goalX, goalY] = toMap(this.#target.x, this.#target.y);
    const path = this.#trail.points(this.simulation.qpos[0], this.simulation.qpos[1], toMap);
    return drawMaze({ maze: this.maze, goalX, goalY, goalRadius: targetRadius, path }, options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    checkResetOptions(this.id, options, ['location']);
    const { location } = options;
    const cell =
      location === undefined ? undefined : this.#freeCell(readPair(`option location of ${this.id}`, location));
    const qpos = this.#drawPlace(cell);
    const qvel = [noise * this.generator.standardNormal(), noise * this.generator.standardNormal()];
    this.setState(qpos, qvel);
    if (this.#settings.resetTarget) this.setTarget();
    this.#trail.clear();
    this.#trail.add(qpos[0], qpos[1]);
  }

  protected override advance(action: Float32Array): void {
    const { simulation, signals } = this;
    clipVelocity(simulation);
    this.simulate(action);
    const x = simulation.qpos[0];
    const y = simulation.qpos[1];
    this.#trail.add(x, y);
    signals.reward = rewardAt(distance(x, y, this.#target.x, this.#target.y), this.#settings.rewardType, targetRadius);
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    out[offset] = qpos[0];
    out[offset + 1] = qpos[1];
    out[offset + 2] = qvel[0];
    out[offset + 3] = qvel[1];
  }

  protected override saveTask(): unknown {
    return { target: [this.#target.x, this.#target.y] };
  }

  protected override restoreTask(state: unknown): void {
    const [x, y] = (state as { target: number[] }).target;
    this.#target = { x, y };
    this.#trail.clear();
  }

  /** A place within 0.1 m each way of a cell, or of a random one. */
  #drawPlace(cell: Cell = this.#cells[this.generator.integers(this.#cells.length)]): [number, number] {
    const x = cell.row + this.generator.uniform(-noise, noise);
    return [x, cell.column + this.generator.uniform(-noise, noise)];
  }

  #freeCell([row, column]: [number, number]): Cell {
    if (!this.maze.isWall(row, column)) return { row, column };
    throw new InputError(
      `option location of ${this.id} is (${row}, ${column}), which is no free cell; give one that is`,
    );
  }
}
