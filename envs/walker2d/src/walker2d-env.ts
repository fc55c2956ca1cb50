import type { Info } from '@understudy/gym';
import {
  CentreOfMass,
  commonDefaults,
  controlCost,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  openModel,
  type Range,
  readOptions,
} from '@understudy/mujoco';
import { walker2dModel } from './model.ts';

export type Walker2dVersion = 'v4' | 'v5';

/** Options of Walker2d, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface Walker2dOptions extends MujocoEnvOptions {
  /** Reward per m/s forward; default 1. */
  forwardRewardWeight?: number;
  /** Cost of the squared controls; default 0.001. */
  ctrlCostWeight?: number;
  /** Reward for being healthy; default 1. */
  healthyReward?: number;
  /** Whether an unhealthy state ends the episode; default true. */
  terminateWhenUnhealthy?: boolean;
  /** Open range of the torso's height, m; default [0.8, 2]. */
  healthyZRange?: Range;
  /** Open range of the torso's pitch, rad; default [-1, 1]. */
  healthyAngleRange?: Range;
  /** Half width of the uniform noise on positions and velocities; default 0.005. */
  resetNoiseScale?: number;
  /** Leaves x out of the observation, so that a policy acts alike wherever it is; default true. */
  excludeCurrentPositionsFromObservation?: boolean;
  /**
   * Ends the observation with the forward velocity of the body's centre of mass, m/s, for learning from states alone;
   * default false. Not one of Gymnasium's.
   */
  includeComVelocityInObservation?: boolean;
  /** Simulation steps of 0.002 s for one environment step; default 4. */
  frameSkip?: number;
}

const defaultOptions = {
  ...commonDefaults,
  forwardRewardWeight: 1,
  ctrlCostWeight: 1e-3,
  healthyReward: 1,
  terminateWhenUnhealthy: true,
  healthyZRange: [0.8, 2] as Range,
  healthyAngleRange: [-1, 1] as Range,
  resetNoiseScale: 5e-3,
  excludeCurrentPositionsFromObservation: true,
  includeComVelocityInObservation: false,
  frameSkip: 4,
};

/** The names of the options. */
export const walker2dOptionNames: readonly string[] = Object.keys(defaultOptions);

type Settings = typeof defaultOptions;

/** Velocities are observed within this many m/s or rad/s. */
const velocityLimit = 10;

/** Sliding friction of the right foot: Gymnasium's older model has one foot more slippery than the other. */
const rightFootFriction = { v4: 0.9, v5: 1.9 };

/**
 * Walker2d: walk forward on two legs without falling.
 *
 * Observation, float64: positions without x (`[8]`: z, pitch, six joint angles in rad), then velocities clipped to
 * [-10, 10] (`[9]`). Action, float32 `[6]` in [-1, 1]: torques of right thigh, leg, foot and left thigh, leg, foot.
 * Reward: `healthyReward + forwardRewardWeight * x velocity - ctrlCostWeight * |action|^2`. Terminates when unhealthy.
 *
 * Gymnasium's Walker2d-v5 and -v4 (Erez, Tassa, Todorov, "Infinite-Horizon Model Predictive Control for Periodic Tasks
 * with Contacts", 2011). In v4 the right foot has half the friction of the left, the step that ends an episode by
 * falling still earns the healthy reward, and infos are fewer.
 */
export class Walker2dEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: { skippedQpos: number; qpos: number; qvel: number; comVelocity: number };
  readonly #settings: Settings;
  readonly #centre: CentreOfMass;
  readonly #version: Walker2dVersion;
  #xVelocity = 0;
  #forwardReward = 0;
  #healthyReward = 0;
  #ctrlCost = 0;

  private constructor(version: Walker2dVersion, settings: Settings, setup: MujocoEnvSetup) {
    const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 1 : 0;
    const comVelocity = settings.includeComVelocityInObservation ? 1 : 0;
    const { nq, nv } = setup.model;
    super(`Walker2d-${version}`, setup, nq - skippedQpos + nv + comVelocity);
    this.observationStructure = { skippedQpos, qpos: nq - skippedQpos, qvel: nv, comVelocity };
    this.#centre = new CentreOfMass(setup.model);
    this.#settings = settings;
    this.#version = version;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: Walker2dOptions = {}, version: Walker2dVersion = 'v5'): Promise<Walker2dEnv> {
    const id = `Walker2d-${version}`;
    const settings = readOptions(id, options, defaultOptions);
    const setup = await openModel(id, settings, walker2dModel(rightFootFriction[version]));
    return new Walker2dEnv(version, settings, setup);
  }

  /** Whether height and pitch are within their ranges. */
  get isHealthy(): boolean {
    const { healthyZRange, healthyAngleRange } = this.#settings;
    const { qpos } = this.simulation;
    return within(qpos[1], healthyZRange) && within(qpos[2], healthyAngleRange);
  }

  protected override resetModel(): void {
    const scale = this.#settings.resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + this.generator.uniform(-scale, scale));
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { forwardRewardWeight, ctrlCostWeight, healthyReward, terminateWhenUnhealthy } = this.#settings;
    const xBefore = this.simulation.qpos[0];
    this.simulate(action);
    this.#xVelocity = (this.simulation.qpos[0] - xBefore) / this.dt;
    const healthy = this.isHealthy;
    const rewarded = healthy || (this.#version === 'v4' && terminateWhenUnhealthy);
    this.#forwardReward = forwardRewardWeight * this.#xVelocity;
    this.#healthyReward = rewarded ? healthyReward : 0;
    this.#ctrlCost = controlCost(ctrlCostWeight, action);
    this.signals.reward = this.#forwardReward + this.#healthyReward - this.#ctrlCost;
    this.signals.terminated = !healthy && terminateWhenUnhealthy;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    let at = offset;
    for (let i = this.observationStructure.skippedQpos; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = Math.max(-velocityLimit, Math.min(velocityLimit, qvel[i]));
    if (this.#settings.includeComVelocityInObservation) out[at] = this.#centre.velocity(this.simulation, 0);
  }

  protected override stepInfo(): Info {
    const x_position = this.simulation.qpos[0];
    if (this.#version === 'v4') return { x_position, x_velocity: this.#xVelocity };
    return {
      x_position,
      z_distance_from_origin: this.#heightGained(),
      x_velocity: this.#xVelocity,
      reward_forward: this.#forwardReward,
      reward_ctrl: -this.#ctrlCost,
      reward_survive: this.#healthyReward,
    };
  }

  protected override resetInfo(): Info {
    if (this.#version === 'v4') return {};
    return { x_position: this.simulation.qpos[0], z_distance_from_origin: this.#heightGained() };
  }

  /** Metres above the height in the model. */
  #heightGained(): number {
    return this.simulation.qpos[1] - this.initialQpos[1];
  }
}

/** Open range: the bounds themselves are outside. */
function within(value: number, [low, high]: Range): boolean {
  return low < value && value < high;
}
