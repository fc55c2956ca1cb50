import type { Info } from '@understudy/gym';
import { controlCost, type Range, type Simulation } from '@understudy/mujoco';

/** Weights of what Ant-v5 rewards; in a maze they show in the info alone. */
export interface AntInfoWeights {
  readonly forwardRewardWeight: number;
  readonly ctrlCostWeight: number;
  readonly contactCostWeight: number;
  readonly healthyReward: number;
  /** Closed range of the torso's height, m. */
  readonly healthyZRange: Range;
  /** Contact forces count within this range. */
  readonly contactForceRange: Range;
}

/** Where the torso's place begins in `xpos`: it is body 1. */
const torso = 3;

/** What Ant-v5 tells of its step: place, speed and the parts of its own reward, which a maze doesn't pay. */
export class AntInfo {
  readonly #simulation: Simulation;
  readonly #dt: number;
  readonly #weights: AntInfoWeights;
  #xBefore = 0;
  #yBefore = 0;
  #ctrlCost = 0;

  /** @param dt - Seconds of one environment step. */
  constructor(simulation: Simulation, dt: number, weights: AntInfoWeights) {
    this.#simulation = simulation;
    this.#dt = dt;
    this.#weights = weights;
  }

  /** To be called before a step with its action. */
  beginStep(action: Float32Array): void {
    this.#xBefore = this.#simulation.xpos[torso];
    this.#yBefore = this.#simulation.xpos[torso + 1];
    this.#ctrlCost = controlCost(this.#weights.ctrlCostWeight, action);
  }

  /** Place and distance from the origin, m. */
  place(): Info {
    const [x, y] = this.#simulation.qpos;
    return { x_position: x, y_position: y, distance_from_origin: Math.hypot(x, y) };
  }

  /** The place, and speed and reward of the step; the contact forces have to be computed. */
  step(): Info {
    const { forwardRewardWeight, healthyReward } = this.#weights;
    const xVelocity = (this.#simulation.xpos[torso] - this.#xBefore) / this.#dt;
    return {
      ...this.place(),
      x_velocity: xVelocity,
      y_velocity: (this.#simulation.xpos[torso + 1] - this.#yBefore) / this.#dt,
      reward_forward: forwardRewardWeight * xVelocity,
      reward_ctrl: -this.#ctrlCost,
      reward_contact: -this.#contactCost(),
      reward_survive: this.#isHealthy() ? healthyReward : 0,
    };
  }

  /** The torso's place lags a fraction of a step behind the state, so a state alone does not tell it. */
  save(): number[] {
    return Array.from(this.#simulation.xpos.subarray(torso, torso + 2));
  }

  /** Puts back what {@link save} gave. */
  restore(place: number[]): void {
    this.#simulation.xpos.set(place, torso);
  }

  #isHealthy(): boolean {
    const { qpos, qvel } = this.#simulation;
    const [low, high] = this.#weights.healthyZRange;
    return low <= qpos[2] && qpos[2] <= high && qpos.every(Number.isFinite) && qvel.every(Number.isFinite);
  }

  #contactCost(): number {
    const [low, high] = this.#weights.contactForceRange;
    let sum = 0;
    for (const value of this.#simulation.cfrc_ext) sum += Math.max(low, Math.min(high, value)) ** 2;
    return this.#weights.contactCostWeight * sum;
  }
}
