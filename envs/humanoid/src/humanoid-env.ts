import type { Info } from '@understudy/gym';
import {
  CentreOfMass,
  commonDefaults,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  openModel,
  type Range,
  readOptions,
} from '@understudy/mujoco';
import { humanoidModel } from './model.ts';

export type HumanoidVersion = 'v4' | 'v5';

/** Options of Humanoid-v4, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface HumanoidV4Options extends MujocoEnvOptions {
  /** Reward per m/s forward of the centre of mass; default 1.25. */
  forwardRewardWeight?: number;
  /** Cost of the squared controls; default 0.1. */
  ctrlCostWeight?: number;
  /** Reward for being healthy; default 5. */
  healthyReward?: number;
  /** Whether an unhealthy state ends the episode; default true. */
  terminateWhenUnhealthy?: boolean;
  /** Open range of the torso's height, m; default [1, 2]. */
  healthyZRange?: Range;
  /** Half width of the uniform noise on positions and velocities; default 0.01. */
  resetNoiseScale?: number;
  /** Leaves x and y out of the observation, so that a policy acts alike wherever it is; default true. */
  excludeCurrentPositionsFromObservation?: boolean;
  /** Simulation steps of 0.003 s for one environment step; default 5. */
  frameSkip?: number;
}

/** Options of Humanoid-v5. */
export interface HumanoidOptions extends HumanoidV4Options {
  /** Cost of the squared contact forces; default 5e-7. */
  contactCostWeight?: number;
  /** Range of the contact cost; default [-Infinity, 10]. */
  contactCostRange?: Range;
  /** Shows the inertias of the bodies; default true. */
  includeCinertInObservation?: boolean;
  /** Shows the velocities of the bodies; default true. */
  includeCvelInObservation?: boolean;
  /** Shows the torques of the actuators; default true. */
  includeQfrcActuatorInObservation?: boolean;
  /** Shows the contact forces on the bodies; default true. */
  includeCfrcExtInObservation?: boolean;
}

const v4Defaults = {
  ...commonDefaults,
  forwardRewardWeight: 1.25,
  ctrlCostWeight: 0.1,
  healthyReward: 5,
  terminateWhenUnhealthy: true,
  healthyZRange: [1, 2] as Range,
  resetNoiseScale: 1e-2,
  excludeCurrentPositionsFromObservation: true,
  frameSkip: 5,
};
const v5Defaults = {
  ...v4Defaults,
  contactCostWeight: 5e-7,
  contactCostRange: [Number.NEGATIVE_INFINITY, 10] as Range,
  includeCinertInObservation: true,
  includeCvelInObservation: true,
  includeQfrcActuatorInObservation: true,
  includeCfrcExtInObservation: true,
};

/** The names of the options of each version. */
export const humanoidOptionNames: Readonly<Record<HumanoidVersion, readonly string[]>> = {
  v4: Object.keys(v4Defaults),
  v5: Object.keys(v5Defaults),
};

type Settings = typeof v5Defaults;

/** v4 shows everything, of the world and of the root too, and lets contacts cost nothing. */
function readSettings(id: string, options: HumanoidOptions, version: HumanoidVersion): Settings {
  if (version === 'v5') return readOptions(id, options, v5Defaults);
  return { ...v5Defaults, contactCostWeight: 0, ...readOptions(id, options, v4Defaults) };
}

/** How many numbers an observation has of each kind. */
interface ObservationStructure {
  skippedQpos: number;
  qpos: number;
  qvel: number;
  cinert: number;
  cvel: number;
  qfrcActuator: number;
  cfrcExt: number;
}

/**
 * Humanoid: walk forward without falling.
 *
 * Observation, float64: positions without x and y (`[22]`: z, the torso's quaternion, 17 joint angles in rad),
 * velocities (`[23]`), then of the 13 bodies the inertias about the common centre of mass (`[130]`) and velocities
 * (`[78]`), torques of the actuators (`[17]`), and contact torques and forces on the bodies (`[78]`). Action, float32
 * `[17]` in [-0.4, 0.4]: torques, see the model. Reward: `healthyReward + forwardRewardWeight * x velocity of the centre
 * of mass - ctrlCostWeight * |action|^2 - contact cost`. Terminates when unhealthy.
 *
 * Gymnasium's Humanoid-v5 and -v4 (Tassa, Erez, Todorov, "Synthesis and Stabilization of Complex Behaviors through
 * Online Trajectory Optimization", 2012). v4 observes the world and the root's torques too (376 numbers, the rest of
 * them 0), has no contact cost, and the step that ends an episode still earns the healthy reward.
 */
export class HumanoidEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: ObservationStructure;
  readonly #settings: Settings;
  readonly #version: HumanoidVersion;
  readonly #centre: CentreOfMass;
  /** The first body and the first degree of freedom that are observed. */
  readonly #firstBody: number;
  readonly #firstForce: number;
  #xVelocity = 0;
  #yVelocity = 0;
  #forwardReward = 0;
  #healthyReward = 0;
  #ctrlCost = 0;
  #contactCost = 0;

  private constructor(version: HumanoidVersion, settings: Settings, setup: MujocoEnvSetup) {
    const first = version === 'v4' ? { body: 0, force: 0 } : { body: 1, force: 6 };
    const structure = structureOf(settings, setup, first);
    const { skippedQpos: _, ...parts } = structure;
    super(
      `Humanoid-${version}`,
      setup,
      Object.values(parts).reduce((sum, part) => sum + part),
    );
    this.observationStructure = structure;
    this.#settings = settings;
    this.#version = version;
    this.#firstBody = first.body;
    this.#firstForce = first.force;
    this.#centre = new CentreOfMass(setup.model);
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: HumanoidOptions = {}, version: HumanoidVersion = 'v5'): Promise<HumanoidEnv> {
    const id = `Humanoid-${version}`;
    const settings = readSettings(id, options, version);
    return new HumanoidEnv(version, settings, await openModel(id, settings, humanoidModel));
  }

  /** Whether the torso's height is within its range. */
  get isHealthy(): boolean {
    const [low, high] = this.#settings.healthyZRange;
    const z = this.simulation.qpos[2];
    return low < z && z < high;
  }

  protected override resetModel(): void {
    const scale = this.#settings.resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + this.generator.uniform(-scale, scale));
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { forwardRewardWeight, ctrlCostWeight, healthyReward, terminateWhenUnhealthy } = this.#settings;
    const { contactCostWeight, includeCfrcExtInObservation } = this.#settings;
    const xBefore = this.#centre.position(this.simulation, 0);
    const yBefore = this.#centre.position(this.simulation, 1);
    this.simulate(action);
    if (includeCfrcExtInObservation || contactCostWeight !== 0) this.simulation.rnePostConstraint();
    this.#xVelocity = (this.#centre.position(this.simulation, 0) - xBefore) / this.dt;
    this.#yVelocity = (this.#centre.position(this.simulation, 1) - yBefore) / this.dt;
    const healthy = this.isHealthy;
    const rewarded = healthy || (this.#version === 'v4' && terminateWhenUnhealthy);
    this.#forwardReward = forwardRewardWeight * this.#xVelocity;
    this.#healthyReward = rewarded ? healthyReward : 0;
    this.#ctrlCost = ctrlCostWeight * sumOfSquares(this.simulation.ctrl);
    this.#contactCost = contactCostWeight === 0 ? 0 : this.#costOfContacts();
    this.signals.reward = this.#forwardReward + this.#healthyReward - (this.#ctrlCost + this.#contactCost);
    this.signals.terminated = !healthy && terminateWhenUnhealthy;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel, cinert, cvel, qfrc_actuator, cfrc_ext } = this.simulation;
    const { skippedQpos, cinert: inertias, cvel: velocities, qfrcActuator, cfrcExt } = this.observationStructure;
    let at = copy(qpos, skippedQpos, out, offset);
    at = copy(qvel, 0, out, at);
    if (inertias > 0) at = copy(cinert, 10 * this.#firstBody, out, at);
    if (velocities > 0) at = copy(cvel, 6 * this.#firstBody, out, at);
    if (qfrcActuator > 0) at = copy(qfrc_actuator, this.#firstForce, out, at);
    if (cfrcExt > 0) copy(cfrc_ext, 6 * this.#firstBody, out, at);
  }

  protected override stepInfo(): Info {
    return this.#version === 'v4' ? this.#stepInfoOfV4() : this.#stepInfoOfV5();
  }

  protected override resetInfo(): Info {
    return this.#version === 'v4' ? {} : this.#place();
  }

  /** The centres of mass lag a fraction of a step behind the state, so a state alone does not tell them. */
  protected override saveTask(): unknown {
    return { xipos: Array.from(this.simulation.xipos) };
  }

  protected override restoreTask(state: unknown): void {
    this.simulation.xipos.set((state as { xipos: number[] }).xipos);
  }

  #costOfContacts(): number {
    const { contactCostWeight, contactCostRange } = this.#settings;
    const cost = contactCostWeight * sumOfSquares(this.simulation.cfrc_ext);
    return Math.max(contactCostRange[0], Math.min(contactCostRange[1], cost));
  }

  #place(): Info {
    const { qpos, ten_length, ten_velocity } = this.simulation;
    return {
      x_position: qpos[0],
      y_position: qpos[1],
      tendon_length: ten_length.slice(),
      tendon_velocity: ten_velocity.slice(),
      distance_from_origin: Math.hypot(qpos[0], qpos[1]),
    };
  }

  #stepInfoOfV4(): Info {
    const [x, y] = [this.#centre.position(this.simulation, 0), this.#centre.position(this.simulation, 1)];
    return {
      reward_linvel: this.#forwardReward,
      reward_quadctrl: -this.#ctrlCost,
      reward_alive: this.#healthyReward,
      x_position: x,
      y_position: y,
      distance_from_origin: Math.hypot(x, y),
      x_velocity: this.#xVelocity,
      y_velocity: this.#yVelocity,
      forward_reward: this.#forwardReward,
    };
  }

  #stepInfoOfV5(): Info {
    return {
      ...this.#place(),
      x_velocity: this.#xVelocity,
      y_velocity: this.#yVelocity,
      reward_survive: this.#healthyReward,
      reward_forward: this.#forwardReward,
      reward_ctrl: -this.#ctrlCost,
      reward_contact: -this.#contactCost,
    };
  }
}

function structureOf(
  settings: Settings,
  { model }: MujocoEnvSetup,
  first: { body: number; force: number },
): ObservationStructure {
  const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 2 : 0;
  const bodies = model.names.body.length - first.body;
  return {
    skippedQpos,
    qpos: model.nq - skippedQpos,
    qvel: model.nv,
    cinert: settings.includeCinertInObservation ? 10 * bodies : 0,
    cvel: settings.includeCvelInObservation ? 6 * bodies : 0,
    qfrcActuator: settings.includeQfrcActuatorInObservation ? model.nv - first.force : 0,
    cfrcExt: settings.includeCfrcExtInObservation ? 6 * bodies : 0,
  };
}

/** Copies values from the given one on to `out[offset ...]` and returns where the next ones go. */
function copy(values: Float64Array, from: number, out: Float64Array | Float32Array, offset: number): number {
  for (let i = from; i < values.length; i++) out[offset + i - from] = values[i];
  return offset + values.length - from;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
