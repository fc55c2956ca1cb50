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
import { hopperModel } from './model.ts';

export type HopperVersion = 'v4' | 'v5';

/** Options of Hopper, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface HopperOptions extends MujocoEnvOptions {
  /** Reward per m/s forward; default 1. */
  forwardRewardWeight?: number;
  /** Cost of the squared controls; default 0.001. */
  ctrlCostWeight?: number;
  /** Reward for being healthy; default 1. */
  healthyReward?: number;
  /** Whether an unhealthy state ends the episode; default true. */
  terminateWhenUnhealthy?: boolean;
  /** Open range of everything in the state but x and z; default [-100, 100]. */
  healthyStateRange?: Range;
  /** Open range of the torso's height, m; default [0.7, Infinity]. */
  healthyZRange?: Range;
  /** Open range of the torso's pitch, rad; default [-0.2, 0.2]. */
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
  healthyStateRange: [-100, 100] as Range,
  healthyZRange: [0.7, Number.POSITIVE_INFINITY] as Range,
  healthyAngleRange: [-0.2, 0.2] as Range,
  resetNoiseScale: 5e-3,
  excludeCurrentPositionsFromObservation: true,
  includeComVelocityInObservation: false,
  frameSkip: 4,
};

/** The names of the options. */
export const hopperOptionNames: readonly string[] = Object.keys(defaultOptions);

type Settings = typeof defaultOptions;

/** Velocities are observed within this many m/s or rad/s. */
const velocityLimit = 10;

/**
 * Hopper: hop forward on one leg without falling.
 *
 * Observation, float64: positions without x (`[5]`: z, pitch, three joint angles in rad), then velocities clipped to
 * [-10, 10] (`[6]`). Action, float32 `[3]` in [-1, 1]: torques of thigh, leg and foot. Reward: `healthyReward +
 * forwardRewardWeight * x velocity - ctrlCostWeight * |action|^2`. Terminates when unhealthy.
 *
 * Gymnasium's Hopper-v5 and -v4 (Erez, Tassa, Todorov, "Infinite-Horizon Model Predictive Control for Periodic Tasks
 * with Contacts", 2011). In v4 the step that ends an episode by falling still earns the healthy reward, and infos are
 * fewer.
 */
export class HopperEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: { skippedQpos: number; qpos: number; qvel: number; comVelocity: number };
  readonly #settings: Settings;
  readonly #centre: CentreOfMass;
  readonly #version: HopperVersion;
  #xVelocity = 0;
  #forwardReward = 0;
  #healthyReward = 0;
  #ctrlCost = 0;

  private constructor(version: HopperVersion, settings: Settings, setup: MujocoEnvSetup) {
    const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 1 : 0;
    const comVelocity = settings.includeComVelocityInObservation ? 1 : 0;
    const { nq, nv } = setup.model;
    super(`Hopper-${version}`, setup, nq - skippedQpos + nv + comVelocity);
    this.observationStructure = { skippedQpos, qpos: nq - skippedQpos, qvel: nv, comVelocity };
    this.#centre = new CentreOfMass(setup.model);
    this.#settings = settings;
    this.#version = version;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: HopperOptions = {}, version: HopperVersion = 'v5'): Promise<HopperEnv> {
    const id = `Hopper-${version}`;
    const settings = readOptions(id, options, defaultOptions);
    return new HopperEnv(version, settings, await openModel(id, settings, hopperModel));
  }

  /** Whether height, pitch and the rest of the state are within their ranges. */
  get isHealthy(): boolean {
    const { healthyStateRange, healthyZRange, healthyAngleRange } = this.#settings;
    const { qpos, qvel } = this.simulation;
    return (
      within(qpos[1], healthyZRange) &&
      within(qpos[2], healthyAngleRange) &&
      allWithin(qpos, 2, healthyStateRange) &&
      allWithin(qvel, 0, healthyStateRange)
    );
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

function allWithin(values: Float64Array, from: number, range: Range): boolean {
  for (let i = from; i < values.length; i++) if (!within(values[i], range)) return false;
  return true;
}
