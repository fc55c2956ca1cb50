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
  readOptions,
} from '@understudy/mujoco';
import { reacherModel } from './model.ts';

/** Options of Reacher, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface ReacherOptions extends Omit<MujocoEnvOptions, 'resetNoiseScale'> {
  /** Weight of the distance to the target; default 1. */
  rewardDistWeight?: number;
  /** Weight of the squared controls; default 1. */
  rewardControlWeight?: number;
  /** Simulation steps of 0.01 s for one environment step; default 2. */
  frameSkip?: number;
}

const defaultOptions = { ...commonDefaults, rewardDistWeight: 1, rewardControlWeight: 1, frameSkip: 2 };

/** The names of the options. */
export const reacherOptionNames: readonly string[] = Object.keys(defaultOptions);

type Settings = typeof defaultOptions;

/** The target lies less than this far from the arm's root, m. */
const reach = 0.2;

/**
 * Reacher: bring the tip of a two-link arm to a target; never terminates.
 *
 * Observation, float64 `[10]`: cosines and sines of the two joint angles, the target's place, the joints' velocities in
 * rad/s, and the way from target to fingertip in x and y, m. Action, float32 `[2]` in [-1, 1]: torques of the joints.
 * Reward: `-rewardDistWeight * distance - rewardControlWeight * |action|^2`.
 *
 * Gymnasium's Reacher-v5.
 */
export class ReacherEnv extends MujocoEnv {
  readonly #settings: Settings;
  /** Where the places of fingertip and target begin in `xpos`. */
  readonly #fingertip: number;
  readonly #target: number;
  #distanceReward = 0;
  #controlReward = 0;

  private constructor(id: string, settings: Settings, setup: MujocoEnvSetup) {
    const fingertip = 3 * findBody(id, setup.model, 'fingertip');
    const target = 3 * findBody(id, setup.model, 'target');
    super(id, setup, 10);
    this.#settings = settings;
    this.#fingertip = fingertip;
    this.#target = target;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: ReacherOptions = {}): Promise<ReacherEnv> {
    const id = 'Reacher-v5';
    const settings = readOptions(id, options, defaultOptions);
    return new ReacherEnv(id, settings, await openModel(id, settings, reacherModel));
  }

  protected override resetModel(): void {
    const { generator, initialQpos, initialQvel } = this;
    const qpos = initialQpos.map((position) => position + generator.uniform(-0.1, 0.1));
    qpos.set(this.#drawTarget(), qpos.length - 2);
    const qvel = initialQvel.map((velocity) => velocity + generator.uniform(-0.005, 0.005));
    qvel.fill(0, qvel.length - 2);
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    const { rewardDistWeight, rewardControlWeight } = this.#settings;
    this.simulate(action);
    const x = this.#apart(0);
    const y = this.#apart(1);
    const z = this.#apart(2);
    this.#distanceReward = -Math.sqrt(x * x + y * y + z * z) * rewardDistWeight;
    this.#controlReward = -controlCost(rewardControlWeight, action);
    this.signals.reward = this.#distanceReward + this.#controlReward;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    out[offset] = Math.cos(qpos[0]);
    out[offset + 1] = Math.cos(qpos[1]);
    out[offset + 2] = Math.sin(qpos[0]);
    out[offset + 3] = Math.sin(qpos[1]);
    out[offset + 4] = qpos[2];
    out[offset + 5] = qpos[3];
    out[offset + 6] = qvel[0];
    out[offset + 7] = qvel[1];
    out[offset + 8] = this.#apart(0);
    out[offset + 9] = this.#apart(1);
  }

  protected override stepInfo(): Info {
    return { reward_dist: this.#distanceReward, reward_ctrl: this.#controlReward };
  }

  /** The way from target to fingertip along an axis. */
  #apart(axis: 0 | 1 | 2): number {
    const { xpos } = this.simulation;
    return xpos[this.#fingertip + axis] - xpos[this.#target + axis];
  }

  /** A place within reach, uniform in the disc. */
  #drawTarget(): [number, number] {
    for (;;) {
      const x = this.generator.uniform(-reach, reach);
      const y = this.generator.uniform(-reach, reach);
      if (Math.sqrt(x * x + y * y) < reach) return [x, y];
    }
  }
}

function findBody(id: string, model: MujocoModel, name: string): number {
  const body = model.idOf('body', name);
  if (body < 0 || model.nq < 4) {
    throw new InputError(`the model of ${id} needs four joints and bodies "fingertip" and "target"; give it them`);
  }
  return body;
}
