import type { Info } from '@understudy/gym';
import {
  commonDefaults,
  controlCost,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  openModel,
  readOptions,
} from '@understudy/mujoco';
import { halfCheetahModel } from './model.ts';

export type HalfCheetahVersion = 'v4' | 'v5';

/** Options of HalfCheetah, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface HalfCheetahOptions extends MujocoEnvOptions {
  /** Reward per m/s forward; default 1. */
  forwardRewardWeight?: number;
  /** Cost of the squared controls; default 0.1. */
  ctrlCostWeight?: number;
  /** Half width of the uniform noise on positions, standard deviation of the normal noise on velocities; default 0.1. */
  resetNoiseScale?: number;
  /** Leaves x out of the observation, so that a policy acts alike wherever it is; default true. */
  excludeCurrentPositionsFromObservation?: boolean;
  /** Simulation steps of 0.01 s for one environment step; default 5. */
  frameSkip?: number;
}

const defaultOptions = {
  ...commonDefaults,
  forwardRewardWeight: 1,
  ctrlCostWeight: 0.1,
  resetNoiseScale: 0.1,
  excludeCurrentPositionsFromObservation: true,
  frameSkip: 5,
};

/** The names of the options. */
export const halfCheetahOptionNames: readonly string[] = Object.keys(defaultOptions);

type Settings = typeof defaultOptions;

/**
 * HalfCheetah: run forward without spending much control; never terminates.
 *
 * Observation, float64: positions without x (`[8]`: z, pitch, six joint angles in rad), then velocities (`[9]`, m/s and
 * rad/s). Action, float32 `[6]` in [-1, 1]: torques of back thigh, shin, foot and front thigh, shin, foot.
 * Reward: `forwardRewardWeight * x velocity - ctrlCostWeight * |action|^2`.
 *
 * Gymnasium's HalfCheetah-v5 and -v4 (Wawrzynski, "A Cat-Like Robot Real-Time Learning to Run", 2009). v4 differs in
 * its infos alone.
 */
export class HalfCheetahEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: { skippedQpos: number; qpos: number; qvel: number };
  readonly #settings: Settings;
  readonly #version: HalfCheetahVersion;
  #xVelocity = 0;
  #forwardReward = 0;
  #ctrlCost = 0;

  private constructor(version: HalfCheetahVersion, settings: Settings, setup: MujocoEnvSetup) {
    const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 1 : 0;
    super(`HalfCheetah-${version}`, setup, setup.model.nq - skippedQpos + setup.model.nv);
    this.observationStructure = { skippedQpos, qpos: setup.model.nq - skippedQpos, qvel: setup.model.nv };
    this.#settings = settings;
    this.#version = version;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: HalfCheetahOptions = {}, version: HalfCheetahVersion = 'v5'): Promise<HalfCheetahEnv> {
    const id = `HalfCheetah-${version}`;
    const settings = readOptions(id, options, defaultOptions);
    return new HalfCheetahEnv(version, settings, await openModel(id, settings, halfCheetahModel));
  }

  protected override resetModel(): void {
    const scale = this.#settings.resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + scale * this.generator.standardNormal());
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { forwardRewardWeight, ctrlCostWeight } = this.#settings;
    const xBefore = this.simulation.qpos[0];
    this.simulate(action);
    this.#xVelocity = (this.simulation.qpos[0] - xBefore) / this.dt;
    this.#forwardReward = forwardRewardWeight * this.#xVelocity;
    this.#ctrlCost = controlCost(ctrlCostWeight, action);
    this.signals.reward = this.#forwardReward - this.#ctrlCost;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    let at = offset;
    for (let i = this.observationStructure.skippedQpos; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = qvel[i];
  }

  protected override stepInfo(): Info {
    return {
      x_position: this.simulation.qpos[0],
      x_velocity: this.#xVelocity,
      [this.#version === 'v4' ? 'reward_run' : 'reward_forward']: this.#forwardReward,
      reward_ctrl: -this.#ctrlCost,
    };
  }

  protected override resetInfo(): Info {
    return this.#version === 'v4' ? {} : { x_position: this.simulation.qpos[0] };
  }
}
