import { InputError } from '@understudy/errors';
import {
  Box,
  type GoalObservation,
  type Info,
  type RenderFrame,
  type RenderOptions,
  type ResetOptions,
  type ResetResult,
} from '@understudy/gym';
import {
  commonDefaults,
  loadEngine,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  MujocoGoalEnv,
  openModel,
  readOptions,
} from '@understudy/mujoco';
import { readGoal } from './goal.ts';
import { alignWeld, findGripper, type Gripper, gripperVelocity } from './gripper.ts';
import { fetchReachModel, fetchReachModelOfTips } from './model.ts';
import { WeldAcceleration } from './weld-acceleration.ts';

/** Options of both environments, Gymnasium-Robotics' in camel case and those of every MuJoCo environment. */
export interface FetchReachOptions extends Omit<MujocoEnvOptions, 'resetNoiseScale'> {
  /** `sparse`: -1 until the goal is reached, then 0; `dense`: minus the distance, m. Default by the id. */
  rewardType?: 'sparse' | 'dense';
  /** Simulation steps of 0.002 s for one environment step; default 20. */
  frameSkip?: number;
}

export type FetchReachId = 'FetchReach-v4' | 'FetchReachDense-v4';

const defaults = { ...commonDefaults, rewardType: 'sparse', frameSkip: 20 };

/** The names of the options of {@link FetchReachEnv.create}. */
export const fetchReachOptionNames: readonly string[] = Object.keys(defaults);

/** Begin of the versions that leave a part of a weld out and halve the depth of boxes in each other. */
const olderMujoco = '3.3.';
/** Distance from the goal at which it counts as reached, m. */
const distanceThreshold = 0.05;
/** Half the edge of the cube of goals, m. */
const targetRange = 0.15;
/** Metres that an action of 1 moves the gripper's target. */
const actionScale = Math.fround(0.05);
/** Steps of `frameSkip` in which the gripper reaches its place above the table. */
const settlingSteps = 10;
/** Where the base stands, m. */
const basePlace = [0.4049, 0.48, 0] as const;
/** From where the model's pose has the gripper to where episodes start, m. */
const gripperOffset = [-0.498, 0.005, -0.231] as const;

/**
 * FetchReach: bring the gripper of a robot arm to a point in the air.
 *
 * Observation, a dictionary of float64: `observation` `[10]` (the gripper's place `[3]`, m; both fingers' openings, m;
 * the gripper's velocity `[3]` and both fingers', m per step), `achieved_goal` `[3]` (the gripper's place),
 * `desired_goal` `[3]`. Action, float32 `[4]`, clipped to [-1, 1]: how far the gripper's target moves in x, y, z, in
 * units of 5 cm; the fourth would open the fingers, which are blocked. Reward: 0 within 5 cm of the goal and -1
 * elsewhere, or minus the distance. Never terminates.
 *
 * Gymnasium-Robotics' FetchReach-v4 (Plappert et al., "Multi-Goal Reinforcement Learning: Challenging Robotics
 * Environments and Request for Research", 2018).
 */
export class FetchReachEnv extends MujocoGoalEnv {
  protected override readonly cameraDefaults = {
    camera: 'overview',
    lookat: [1.3, 0.75, 0.55],
    distance: 2.5,
    azimuth: 132,
    elevation: -14,
  } as const;
  readonly #sparse: boolean;
  readonly #gripper: Gripper;
  /** State that episodes start from. */
  readonly #start: { qpos: Float64Array; qvel: Float64Array };
  /** Centre of the cube of goals. */
  readonly #centre: Float64Array;
  readonly #goal = new Float64Array(3);
  /** Where the gripper is after the last step. */
  readonly #place = new Float64Array(3);
  readonly #velocity = new Float64Array(3);
  /** What the engine leaves out of the weld, if it does. */
  readonly #betweenHalves: (() => void) | undefined;

  private constructor(id: FetchReachId, rewardType: string, setup: MujocoEnvSetup) {
    const gripper = findGripper(id, setup.model);
    const actions = new Box({ low: -1, high: 1, shape: [4], dtype: 'float32' });
    super(id, setup, { observation: 10, goal: 3 }, actions);
    this.#sparse = rewardType === 'sparse';
    this.#gripper = gripper;
    alignWeld(setup.model);
    const acceleration = new WeldAcceleration(setup.model, gripper);
    this.#betweenHalves = setup.engine.version.startsWith(olderMujoco)
      ? () => acceleration.subtract(this.simulation)
      : undefined;
    this.#settle();
    this.#start = { qpos: this.simulation.qpos.slice(), qvel: this.simulation.qvel.slice() };
    this.#readPlace();
    this.#centre = this.#place.slice();
  }

  /** @throws InputError for an unknown option, a value of the wrong kind, or a model without Fetch's gripper. */
  static async create(options: FetchReachOptions = {}, id: FetchReachId = 'FetchReach-v4'): Promise<FetchReachEnv> {
    const rewardType = id === 'FetchReach-v4' ? 'sparse' : 'dense';
    const settings = readOptions(id, options, { ...defaults, rewardType });
    if (settings.rewardType !== 'sparse' && settings.rewardType !== 'dense') {
      throw new InputError(`option rewardType of ${id} is "${settings.rewardType}", expected "sparse" or "dense"`);
    }
    const { version } = await loadEngine(settings.engine);
    const model = version.startsWith(olderMujoco) ? fetchReachModelOfTips : fetchReachModel;
    return new FetchReachEnv(id, settings.rewardType, await openModel(id, settings, model));
  }

  /** What is to be reached in this episode, m. */
  get goal(): Float64Array {
    return this.#goal.slice();
  }

  /** @throws InputError unless the options are none or a goal of three finite numbers; nothing changes then. */
  override reset(options: ResetOptions = {}): ResetResult<GoalObservation> {
    readGoal(this.id, options.options ?? {});
    return super.reset(options);
  }

  /** The robot from the front, with the goal as a red ball. */
  override render(options?: RenderOptions): RenderFrame {
    this.checkOpen();
    // Only the picture reads where this site is, and the next step computes it anew.
    const target = this.model.idOf('site', 'target0');
    if (target >= 0) this.simulation.site_xpos.set(this.#goal, 3 * target);
    return super.render(options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    const given = readGoal(this.id, options);
    this.setState(this.#start.qpos, this.#start.qvel);
    for (let i = 0; i < 3; i++) {
      this.#goal[i] = given ? given[i] + 0 : this.#centre[i] + this.generator.uniform(-targetRange, targetRange);
    }
  }

  protected override advance(action: Float32Array): void {
    this.checkOpen();
    this.#moveTarget(action);
    this.#stepSimulation(this.frameSkip);
    const { simulation } = this;
    const { fingerPositions } = this.#gripper;
    simulation.qpos[fingerPositions[0]] = 0;
    simulation.qpos[fingerPositions[1]] = 0;
    simulation.forward();
    this.#readPlace();
    this.signals.reward = this.goalReward(this.#place, this.#goal, 0);
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel, site_xpos } = this.simulation;
    const { site, fingerPositions, fingerVelocities } = this.#gripper;
    gripperVelocity(this.simulation, this.#gripper, this.#velocity);
    for (let i = 0; i < 3; i++) {
      const place = site_xpos[3 * site + i];
      out[offset + i] = place;
      out[offset + 3 + i] = this.#goal[i];
      out[offset + 6 + i] = place;
      out[offset + 11 + i] = this.#velocity[i] * this.dt;
    }
    for (let i = 0; i < 2; i++) {
      out[offset + 9 + i] = qpos[fingerPositions[i]];
      out[offset + 14 + i] = qvel[fingerVelocities[i]] * this.dt;
    }
  }

  protected override goalReward(
    achieved: Float64Array | Float32Array,
    desired: Float64Array | Float32Array,
    at: number,
  ): number {
    const distance = goalDistance(achieved, desired, at);
    if (!this.#sparse) return -distance;
    return distance > distanceThreshold ? -1 : 0;
  }

  protected override stepInfo(): Info {
    return { is_success: goalDistance(this.#place, this.#goal, 0) < distanceThreshold ? 1 : 0 };
  }

  protected override saveTask(): unknown {
    return { goal: Array.from(this.#goal) };
  }

  protected override restoreTask(state: unknown): void {
    this.#goal.set((state as { goal: number[] }).goal);
  }

  #stepSimulation(count: number): void {
    if (this.#betweenHalves) this.simulation.stepInHalves(count, this.#betweenHalves);
    else this.simulation.step(count);
  }

  /** Puts the robot behind the table and lets the gripper be pulled to its place above it. */
  #settle(): void {
    const { simulation } = this;
    simulation.qpos.set(basePlace);
    simulation.forward();
    this.#readPlace();
    const { mocap } = this.#gripper;
    for (let i = 0; i < 3; i++) simulation.mocap_pos[3 * mocap + i] = gripperOffset[i] + this.#place[i];
    simulation.mocap_quat.set([1, 0, 1, 0], 4 * mocap);
    this.#stepSimulation(settlingSteps * this.frameSkip);
  }

  /** The mocap body starts from where the gripper is, so targets that the arm can't follow don't run away. */
  #moveTarget(action: Float32Array): void {
    this.#checkAction(action);
    const { mocap_pos, mocap_quat, xpos, xquat } = this.simulation;
    const { mocap, body } = this.#gripper;
    for (let i = 0; i < 3; i++) {
      const move = Math.fround(Math.max(-1, Math.min(1, action[i])) * actionScale);
      mocap_pos[3 * mocap + i] = xpos[3 * body + i] + move;
    }
    // The sum leans the target's orientation towards pointing down; MuJoCo normalises it.
    for (let i = 0; i < 4; i++) mocap_quat[4 * mocap + i] = xquat[4 * body + i] + (i % 2 === 0 ? 1 : 0);
  }

  #checkAction(action: Float32Array): void {
    if (action.length !== 4) throw new InputError(`an action of ${this.id} has shape (4,), got (${action.length},)`);
    if (!Number.isFinite(action[0] + action[1] + action[2] + action[3])) {
      throw new InputError(`an action of ${this.id} must be finite, got [${Array.from(action).join(', ')}]`);
    }
  }

  #readPlace(): void {
    const { site_xpos } = this.simulation;
    const at = 3 * this.#gripper.site;
    for (let i = 0; i < 3; i++) this.#place[i] = site_xpos[at + i];
  }
}

/** Distance of two points, each three numbers from `at` on. */
function goalDistance(a: Float64Array | Float32Array, b: Float64Array | Float32Array, at: number): number {
  const x = a[at] - b[at];
  const y = a[at + 1] - b[at + 1];
  const z = a[at + 2] - b[at + 2];
  return Math.sqrt(x * x + y * y + z * z);
}
