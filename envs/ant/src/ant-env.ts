import { InputError } from '@understudy/errors';
import type { Info } from '@understudy/gym';
import {
  commonDefaults,
  controlCost,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  type MujocoModel,
  openModel,
  type Range,
  readOptions,
} from '@understudy/mujoco';
import { antModel } from './model.ts';

export type AntVersion = 'v4' | 'v5';

/** Options that both versions take, Gymnasium's in camel case and those of every MuJoCo environment. */
interface CommonOptions extends MujocoEnvOptions {
  /** Cost of the squared controls; default 0.5. */
  ctrlCostWeight?: number;
  /** Cost of the squared contact forces; default 0.0005. */
  contactCostWeight?: number;
  /** Reward for being healthy; default 1. */
  healthyReward?: number;
  /** Whether an unhealthy state ends the episode; default true. */
  terminateWhenUnhealthy?: boolean;
  /** Closed range of the torso's height, m; default [0.2, 1]. */
  healthyZRange?: Range;
  /** Contact forces count within this range, in the cost and in the observation; default [-1, 1]. */
  contactForceRange?: Range;
  /** Half width of the uniform noise on positions, standard deviation of the normal noise on velocities; default 0.1. */
  resetNoiseScale?: number;
  /** Leaves x and y out of the observation, so that a policy acts alike wherever it is; default true. */
  excludeCurrentPositionsFromObservation?: boolean;
  /** Simulation steps of 0.01 s for one environment step; default 5. */
  frameSkip?: number;
}

/** Options of Ant-v5. */
export interface AntOptions extends CommonOptions {
  /** Reward per m/s forward; default 1. */
  forwardRewardWeight?: number;
  /** Name or number of the body whose speed is rewarded; default 1, the torso. */
  mainBody?: string | number;
  /** Shows the contact forces on all bodies but the world; default true. */
  includeCfrcExtInObservation?: boolean;
}

/** Options of Ant-v4. */
export interface AntV4Options extends CommonOptions {
  /** Shows the contact forces on all bodies, the world too, and lets them cost; default false. */
  useContactForces?: boolean;
}

const sharedDefaults = {
  ...commonDefaults,
  ctrlCostWeight: 0.5,
  contactCostWeight: 5e-4,
  healthyReward: 1,
  terminateWhenUnhealthy: true,
  healthyZRange: [0.2, 1] as Range,
  contactForceRange: [-1, 1] as Range,
  resetNoiseScale: 0.1,
  excludeCurrentPositionsFromObservation: true,
  frameSkip: 5,
};
const v4Defaults = { ...sharedDefaults, useContactForces: false };
const v5Defaults = {
  ...sharedDefaults,
  forwardRewardWeight: 1,
  mainBody: 1 as string | number,
  includeCfrcExtInObservation: true,
};

/** The names of the options of each version. */
export const antOptionNames: Readonly<Record<AntVersion, readonly string[]>> = {
  v4: Object.keys(v4Defaults),
  v5: Object.keys(v5Defaults),
};

/** What an Ant does, whichever version it is of. */
type Settings = typeof v5Defaults & {
  /** The first body whose contact forces are observed. */
  firstObservedBody: number;
  /** Whether contact forces cost. */
  contactsCost: boolean;
};

function readSettings(id: string, options: AntOptions | AntV4Options, version: AntVersion): Settings {
  if (version === 'v5') {
    return { ...readOptions(id, options, v5Defaults), firstObservedBody: 1, contactsCost: true };
  }
  const { useContactForces, ...settings } = readOptions(id, options, v4Defaults);
  return {
    ...settings,
    forwardRewardWeight: 1,
    mainBody: 'torso',
    includeCfrcExtInObservation: useContactForces,
    firstObservedBody: 0,
    contactsCost: useContactForces,
  };
}

/**
 * Ant: run forward on four legs without jumping or falling flat.
 *
 * Observation, float64: positions without x and y (`[13]`: z, the torso's quaternion, eight joint angles in rad),
 * velocities (`[14]`, m/s and rad/s), in v5 the contact torques and forces on the 13 bodies within `contactForceRange`
 * (`[78]`). Action, float32 `[8]` in [-1, 1]: torques of hip and ankle of the right back, front left, front right and
 * back leg. Reward: `healthyReward + forwardRewardWeight * x velocity - ctrlCostWeight * |action|^2 - contactCostWeight
 * * |contact forces|^2`. Terminates when unhealthy.
 *
 * Gymnasium's Ant-v5 and -v4 (Schulman, Moritz, Levine, Jordan, Abbeel, "High-Dimensional Continuous Control Using
 * Generalized Advantage Estimation", 2015). v4 knows contact forces only with `useContactForces`, and then its infos say
 * `reward_ctrl` of the contact cost; the step that ends an episode there still earns the healthy reward.
 */
export class AntEnv extends MujocoEnv {
  /** How many positions the observation leaves out, and how many numbers it has of each kind. */
  readonly observationStructure: { skippedQpos: number; qpos: number; qvel: number; cfrcExt: number };
  readonly #settings: Settings;
  readonly #version: AntVersion;
  readonly #mainBody: number;
  /** Whether a step has to compute the contact forces. */
  readonly #needsForces: boolean;
  #xVelocity = 0;
  #yVelocity = 0;
  #forwardReward = 0;
  #healthyReward = 0;
  #ctrlCost = 0;
  #contactCost = 0;

  private constructor(version: AntVersion, settings: Settings, setup: MujocoEnvSetup) {
    const { nq, nv } = setup.model;
    const skippedQpos = settings.excludeCurrentPositionsFromObservation ? 2 : 0;
    const observedBodies = setup.model.names.body.length - settings.firstObservedBody;
    const cfrcExt = settings.includeCfrcExtInObservation ? 6 * observedBodies : 0;
    const id = `Ant-${version}`;
    const mainBody = findBody(id, setup.model, settings.mainBody);
    super(id, setup, nq - skippedQpos + nv + cfrcExt);
    this.observationStructure = { skippedQpos, qpos: nq - skippedQpos, qvel: nv, cfrcExt };
    this.#settings = settings;
    this.#version = version;
    this.#mainBody = mainBody;
    this.#needsForces = settings.includeCfrcExtInObservation || settings.contactsCost;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind, a wrong model or a body that it hasn't. */
  static async create(options: AntOptions | AntV4Options = {}, version: AntVersion = 'v5'): Promise<AntEnv> {
    const id = `Ant-${version}`;
    const settings = readSettings(id, options, version);
    return new AntEnv(version, settings, await openModel(id, settings, antModel));
  }

  /** Whether the state is finite and the torso's height within its range. */
  get isHealthy(): boolean {
    const [low, high] = this.#settings.healthyZRange;
    const { qpos, qvel } = this.simulation;
    return low <= qpos[2] && qpos[2] <= high && allFinite(qpos) && allFinite(qvel);
  }

  protected override resetModel(): void {
    const scale = this.#settings.resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + scale * this.generator.standardNormal());
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { simulation } = this;
    const { forwardRewardWeight, ctrlCostWeight, healthyReward, terminateWhenUnhealthy } = this.#settings;
    const at = 3 * this.#mainBody;
    const xBefore = simulation.xpos[at];
    const yBefore = simulation.xpos[at + 1];
    this.simulate(action);
    if (this.#needsForces) simulation.rnePostConstraint();
    this.#xVelocity = (simulation.xpos[at] - xBefore) / this.dt;
    this.#yVelocity = (simulation.xpos[at + 1] - yBefore) / this.dt;
    const healthy = this.isHealthy;
    const rewarded = healthy || (this.#version === 'v4' && terminateWhenUnhealthy);
    this.#forwardReward = forwardRewardWeight * this.#xVelocity;
    this.#healthyReward = rewarded ? healthyReward : 0;
    this.#ctrlCost = controlCost(ctrlCostWeight, action);
    this.#contactCost = this.#settings.contactsCost ? this.#costOfContacts() : 0;
    this.signals.reward = this.#forwardReward + this.#healthyReward - (this.#ctrlCost + this.#contactCost);
    this.signals.terminated = !healthy && terminateWhenUnhealthy;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel, cfrc_ext } = this.simulation;
    let at = offset;
    for (let i = this.observationStructure.skippedQpos; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = qvel[i];
    if (!this.#settings.includeCfrcExtInObservation) return;
    const [low, high] = this.#settings.contactForceRange;
    for (let i = 6 * this.#settings.firstObservedBody; i < cfrc_ext.length; i++) {
      out[at++] = Math.max(low, Math.min(high, cfrc_ext[i]));
    }
  }

  protected override stepInfo(): Info {
    return this.#version === 'v4' ? this.#stepInfoOfV4() : this.#stepInfoOfV5();
  }

  protected override resetInfo(): Info {
    if (this.#version === 'v4') return {};
    const { qpos } = this.simulation;
    return { x_position: qpos[0], y_position: qpos[1], distance_from_origin: Math.hypot(qpos[0], qpos[1]) };
  }

  /** The main body's place lags a fraction of a step behind the state, so a state alone does not tell it. */
  protected override saveTask(): unknown {
    const at = 3 * this.#mainBody;
    return { mainBody: [this.simulation.xpos[at], this.simulation.xpos[at + 1]] };
  }

  protected override restoreTask(state: unknown): void {
    this.simulation.xpos.set((state as { mainBody: number[] }).mainBody, 3 * this.#mainBody);
  }

  #costOfContacts(): number {
    const { contactCostWeight, contactForceRange } = this.#settings;
    const [low, high] = contactForceRange;
    const forces = this.simulation.cfrc_ext;
    let sum = 0;
    for (let i = 0; i < forces.length; i++) {
      const force = Math.max(low, Math.min(high, forces[i]));
      sum += force * force;
    }
    return contactCostWeight * sum;
  }

  #stepInfoOfV4(): Info {
    const [x, y] = this.simulation.xpos.subarray(3 * this.#mainBody);
    return {
      reward_forward: this.#forwardReward,
      reward_ctrl: this.#settings.contactsCost ? -this.#contactCost : -this.#ctrlCost,
      reward_survive: this.#healthyReward,
      x_position: x,
      y_position: y,
      distance_from_origin: Math.hypot(x, y),
      x_velocity: this.#xVelocity,
      y_velocity: this.#yVelocity,
      forward_reward: this.#forwardReward,
    };
  }

  #stepInfoOfV5(): Info {
    const { qpos } = this.simulation;
    return {
      x_position: qpos[0],
      y_position: qpos[1],
      distance_from_origin: Math.hypot(qpos[0], qpos[1]),
      x_velocity: this.#xVelocity,
      y_velocity: this.#yVelocity,
      reward_forward: this.#forwardReward,
      reward_ctrl: -this.#ctrlCost,
      reward_contact: -this.#contactCost,
      reward_survive: this.#healthyReward,
    };
  }
}

/** The number of a body that was given by name or number. */
function findBody(id: string, model: MujocoModel, body: string | number): number {
  const { names } = model;
  const found = typeof body === 'string' ? model.idOf('body', body) : body;
  if (found >= 0 && found < names.body.length) return found;
  throw new InputError(
    `the model of ${id} has no body ${JSON.stringify(body)}; it has ${names.body.length} bodies, with names ` +
      names.body.filter((name) => name !== '').join(', '),
  );
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
