import type { Cell, MazeInput, MazeLayout, MazeMap, MazeRewardType, Position } from '@understudy/env-maze2d';
import type { RenderFrame, RenderOptions, ResetOptions, ResetResult } from '@understudy/gym';
import {
  type CameraDefaults,
  type ContactMargin,
  commonDefaults,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  openModel,
  readOptions,
} from '@understudy/mujoco';
import { cellSide, d4rlAntMazeLayout, parseD4rlMaze } from './ant-maze-layout.ts';
import { d4rlAntMazeModel } from './ant-maze-model.ts';
import { d4rlAntMazes } from './d4rl-mazes.ts';
import { checkResetOptions, distance, readPlace, readRewardType } from './goal-options.ts';
import { markTarget, mazeCamera } from './maze-view.ts';

/** Options of D4RL's antmaze environments, D4RL's in camel case. */
export interface D4rlAntMazeOptions extends Pick<MujocoEnvOptions, 'engine' | 'contactMargin'> {
  /** The maze, with one cell `r`; default the one in the id. */
  mazeMap?: MazeInput;
  /** `sparse`: 1 within 0.5 m of the target and 0 elsewhere; `dense`: -distance. Default `sparse`. */
  rewardType?: MazeRewardType;
  /** Starts anywhere in the maze rather than in the cell `r`; default false. */
  nonZeroReset?: boolean;
  /**
   * Default true. Otherwise the target's place relative to the ant is part of the observation and reaching it ends
   * nothing: D4RL made its data so.
   */
  eval?: boolean;
}

/** What an id of D4RL's stands for. */
export interface D4rlAntMazeTask {
  readonly id: string;
  readonly mazeMap: MazeInput;
  /** Whether every reset draws a target, as in v2, or only one with a seed, as in v0 and v1. */
  readonly targetPerEpisode: boolean;
}

const umazeTask: D4rlAntMazeTask = { id: 'antmaze-umaze-v2', mazeMap: d4rlAntMazes.umaze, targetPerEpisode: true };

const defaults = {
  engine: commonDefaults.engine,
  // The data were made by a MuJoCo that had this rule.
  contactMargin: 'max' as ContactMargin,
  mazeMap: d4rlAntMazes.umaze as string,
  rewardType: 'sparse' as string,
  nonZeroReset: false,
  eval: true,
};

export const d4rlAntMazeOptionNames: readonly string[] = Object.keys(defaults);

type Settings = Omit<typeof defaults, 'rewardType'> & { rewardType: MazeRewardType };

/** Within this of the target the sparse reward is 1, m. */
const targetRadius = 0.5;

/** Half width of the uniform noise on positions and standard deviation of the velocities at a start. */
const resetNoise = 0.1;

/** Simulation steps of 0.02 s for one environment step. */
const frameSkip = 5;

/**
 * D4RL's antmaze: walk an ant through a maze to a target that it isn't shown.
 *
 * Observation, float64 `[29]`: positions (x, y, z in m, the torso's quaternion, eight joint angles in rad) and velocities
 * `[14]`. The origin is the middle of the cell that the ant starts in; x goes along the columns of the map and y down its
 * rows. Action, float32 `[8]` in [-1, 1]: torques of hip and ankle of the right back, front left, front right and back
 * leg, in 30 N m. Reaching the target pays 1 and terminates; a fall ends nothing.
 *
 * Fu, Kumar, Nachum, Tucker, Levine, "D4RL: Datasets for Deep Data-Driven Reinforcement Learning", 2020.
 */
export class D4rlAntMazeEnv extends MujocoEnv {
  readonly maze: MazeMap;
  protected override readonly cameraDefaults: CameraDefaults = mazeCamera;
  readonly #settings: Settings;
  readonly #layout: MazeLayout;
  readonly #targetPerEpisode: boolean;
  readonly #goals: readonly Cell[];
  #target: Position;
  /** Whether the reset in progress draws a target. */
  #drawsTarget = true;

  private constructor(
    task: D4rlAntMazeTask,
    maze: MazeMap,
    layout: MazeLayout,
    settings: Settings,
    setup: MujocoEnvSetup,
  ) {
    super(task.id, setup, settings.eval ? 29 : 31);
    this.maze = maze;
    this.#settings = settings;
    this.#layout = layout;
    this.#targetPerEpisode = task.targetPerEpisode;
    const marked = maze.only('g');
    this.#goals = marked.length > 0 ? marked : maze.free;
    this.#target = this.#drawTarget();
  }

  /**
   * @param task - Its id, and what the id says of maze and targets.
   * @throws InputError for an unknown option, a value of the wrong kind or a wrong map.
   */
  static async create(options: D4rlAntMazeOptions = {}, task: D4rlAntMazeTask = umazeTask): Promise<D4rlAntMazeEnv> {
    const { id } = task;
    const { maze, start } = parseD4rlMaze(options.mazeMap ?? task.mazeMap, `mazeMap of ${id}`);
    const read = readOptions(id, { ...options, mazeMap: maze.toString() }, defaults);
    const settings = { ...read, rewardType: readRewardType(id, read.rewardType) };
    const layout = d4rlAntMazeLayout(start);
    const { engine, contactMargin } = settings;
    const setup = await openModel(id, { engine, contactMargin, frameSkip }, d4rlAntMazeModel(maze, layout));
    return new D4rlAntMazeEnv(task, maze, layout, settings, setup);
  }

  /** Where the ant has to go, in the observation's coordinates. */
  get target(): Position {
    return this.#target;
  }

  /**
   * Moves the target: D4RL's `set_target`. In v2 the next reset draws another one.
   *
   * @param target - x and y in m; a random place in a cell `g` unless given.
   * @throws InputError unless it is two finite numbers within a free cell.
   */
  setTarget(target?: readonly [x: number, y: number]): void {
    this.checkOpen();
    this.#target =
      target === undefined
        ? this.#drawTarget()
        : readPlace(`the target of ${this.id}`, target, this.maze, this.#layout);
  }

  override reset(options: ResetOptions = {}): ResetResult<Float64Array> {
    this.#drawsTarget = this.#targetPerEpisode || options.seed !== undefined;
    return super.reset(options);
  }

  /** The maze from above, the target marked by a red ball. */
  override render(options?: RenderOptions): RenderFrame {
    this.checkOpen();
    markTarget(this.model, this.simulation, this.#target);
    return super.render(options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    checkResetOptions(this.id, options, []);
    if (this.#drawsTarget) this.setTarget();
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-resetNoise, resetNoise));
    const qvel = this.initialQvel.map((velocity) => velocity + resetNoise * this.generator.standardNormal());
    if (this.#settings.nonZeroReset) qpos.set(this.#drawStart());
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { signals } = this;
    this.simulate(action);
    const { qpos } = this.simulation;
    const apart = distance(qpos[0], qpos[1], this.#target.x, this.#target.y);
    const reached = apart <= targetRadius;
    signals.reward = this.#settings.rewardType === 'dense' ? -apart : Number(reached);
    signals.terminated = reached && this.#settings.eval;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    let at = offset;
    for (let i = 0; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = qvel[i];
    if (this.#settings.eval) return;
    out[at++] = this.#target.x - qpos[0];
    out[at++] = this.#target.y - qpos[1];
  }

  protected override saveTask(): unknown {
    return { target: { ...this.#target } };
  }

  protected override restoreTask(state: unknown): void {
    const { x, y } = (state as { target: Position }).target;
    this.#target = { x, y };
  }

  /** A place up to 1.5 m beyond the middle of a goal's cell each way: two uniform draws, of up to 1 and 0.5 m. */
  #drawTarget(): Position {
    const { x, y } = this.#layout.positionOf(this.#pick(this.#goals));
    const nearX = x + this.generator.uniform(0, 0.25 * cellSide);
    const nearY = y + this.generator.uniform(0, 0.25 * cellSide);
    const farX = nearX + this.generator.uniform(0, 0.5) * 0.25 * cellSide;
    return { x: farX, y: nearY + this.generator.uniform(0, 0.5) * 0.25 * cellSide };
  }

  /** A place up to 1 m beyond the middle of a free cell each way, goals aside. */
  #drawStart(): [number, number] {
    const { x, y } = this.#layout.positionOf(this.#pick(this.maze.only(0, 'r')));
    const startX = x + this.generator.uniform(0, 0.5) * 0.5 * cellSide;
    return [startX, y + this.generator.uniform(0, 0.5) * 0.5 * cellSide];
  }

  #pick(cells: readonly Cell[]): Cell {
    return cells[this.generator.integers(cells.length)];
  }
}
