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
import { swimmerModel } from './model.ts';

/** Options of Swimmer, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface SwimmerOptions extends MujocoEnvOptions {
  /** Reward per m/s forward; default 1. */
  forwardRewardWeight?: number;
  /** Cost of the squared controls; default 0.0001. */
  ctrlCostWeight?: number;
  /** Half width of the uniform noise on positions and velocities; default 0.1. */
  resetNoiseScale?: number;
  /** Leaves x and y out of the observation, so that a policy acts alike wherever it is; default true. */
  excludeCurrentPositionsFromObservation?: boolean;
  /** Simulation steps of 0.01 s for one environment step; default 4. */
  frameSkip?: number;
}

const defaultOptions = {
  ...commonDefaults,
  forwardRewardWeight: 1,
  ctrlCostWeight: 1e-4,
  resetNoiseScale: 0.1,
  excludeCurrentPositionsFromObservation: true,
  frameSkip: 4,
};

/** The names of the options. */
export const swimmerOptionNames: readonly string[] = Object.keys(defaultOptions);

type Settings = typeof defaultOptions;

/**
 * Swimmer: swim forward by bending two joints; never terminates.
 *
 * Observation, float64: positions without x and y (`[3]`: heading and two joint angles in rad), then velocities (`[5]`,
 * m/s and rad/s). Action, float32 `[2]` in [-1, 1]: torques of the joints. Reward: `forwardRewardWeight * x velocity -
 * ctrlCostWeight * |action|^2`.
 *
 * Gymnasium's Swimmer-v5 (Coulom, "Reinforcement Learning Using Neural Networks, with Applications to Motor Control",
 * 2002).
 */
export class SwimmerEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: { skippedQpos: number; qpos: number; qvel: number };
  readonly #settings: Settings;
  #xVelocity = 0;
  #yVelocity = 0;
  #forwardReward = 0;
  #ctrlCost = 0;

  private constructor(id: string, settings: Settings, setup: MujocoEnvSetup) {
    const { nq, nv } = setup.model;
    const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 2 : 0;
    super(id, setup, nq - skippedQpos + nv);
    this.observationStructure = { skippedQpos, qpos: nq - skippedQpos, qvel: nv };
    this.#settings = settings;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: SwimmerOptions = {}): Promise<SwimmerEnv> {
    const id = 'Swimmer-v5';
    const settings = readOptions(id, options, defaultOptions);
    return new SwimmerEnv(id, settings, await openModel(id, settings, swimmerModel));
  }

  protected override resetModel(): void {
    const scale = this.#settings.resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + this.generator.uniform(-scale, scale));
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { forwardRewardWeight, ctrlCostWeight } = this.#settings;
    const xBefore = this.simulation.qpos[0];
    const yBefore = this.simulation.qpos[1];
    this.simulate(action);
    this.#xVelocity = (this.simulation.qpos[0] - xBefore) / this.dt;
    this.#yVelocity = (this.simulation.qpos[1] - yBefore) / this.dt;
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
    const { qpos } = this.simulation;
    const x = qpos[0];
    const y = qpos[1];
    return {
      x_position: x,
      y_position: y,
      distance_from_origin: distanceFromOrigin(x, y),
      x_velocity: this.#xVelocity,
      y_velocity: this.#yVelocity,
      reward_forward: this.#forwardReward,
      reward_ctrl: -this.#ctrlCost,
    };
  }

  protected override resetInfo(): Info {
    const { qpos } = this.simulation;
    return { x_position: qpos[0], y_position: qpos[1], distance_from_origin: distanceFromOrigin(qpos[0], qpos[1]) };
  }
}

/** Math.hypot guards against overflow and costs a twentieth of a step. */
function distanceFromOrigin(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
