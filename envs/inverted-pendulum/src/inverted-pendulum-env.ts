import type { Info } from '@understudy/gym';
import {
  commonDefaults,
  MujocoEnv,
  type MujocoEnvOptions,
  type MujocoEnvSetup,
  openModel,
  readOptions,
} from '@understudy/mujoco';
import { invertedPendulumModel } from './model.ts';

/** Options of InvertedPendulum, Gymnasium's in camel case and those of every MuJoCo environment. */
export interface InvertedPendulumOptions extends MujocoEnvOptions {
  /** Half width of the uniform noise on positions and velocities; default 0.01. */
  resetNoiseScale?: number;
  /** Simulation steps of 0.02 s for one environment step; default 2. */
  frameSkip?: number;
}

const defaultOptions = { ...commonDefaults, resetNoiseScale: 0.01, frameSkip: 2 };

/** The names of the options. */
export const invertedPendulumOptionNames: readonly string[] = Object.keys(defaultOptions);

/** Radians from upright within which the pole counts as standing. */
const angleLimit = 0.2;

/**
 * InvertedPendulum: keep a pole upright by pushing the cart it stands on.
 *
 * Observation, float64 `[4]`: the cart's place in m, the pole's angle from upright in rad, and their velocities. Action,
 * float32 `[1]` in [-3, 3]: force on the cart. Reward: 1 for each step after which the pole stands. Terminates when it
 * leans more than 0.2 rad.
 *
 * Gymnasium's InvertedPendulum-v5 (after Barto, Sutton, Anderson, "Neuronlike Adaptive Elements That Can Solve Difficult
 * Learning Control Problems", 1983).
 */
export class InvertedPendulumEnv extends MujocoEnv {
  /** How many numbers the observation has of each kind. */
  readonly observationStructure: { qpos: number; qvel: number };
  readonly #resetNoiseScale: number;

  private constructor(id: string, resetNoiseScale: number, setup: MujocoEnvSetup) {
    const { nq, nv } = setup.model;
    super(id, setup, nq + nv);
    this.observationStructure = { qpos: nq, qvel: nv };
    this.#resetNoiseScale = resetNoiseScale;
  }

  /** @throws InputError for an unknown option, a value of the wrong kind or a wrong model. */
  static async create(options: InvertedPendulumOptions = {}): Promise<InvertedPendulumEnv> {
    const id = 'InvertedPendulum-v5';
    const settings = readOptions(id, options, defaultOptions);
    return new InvertedPendulumEnv(id, settings.resetNoiseScale, await openModel(id, settings, invertedPendulumModel));
  }

  protected override resetModel(): void {
    const scale = this.#resetNoiseScale;
    const qpos = this.initialQpos.map((position) => position + this.generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map((velocity) => velocity + this.generator.uniform(-scale, scale));
    this.setState(qpos, qvel);
  }

  protected override advance(action: Float32Array): void {
    this.simulate(action);
    const { qpos, qvel } = this.simulation;
    const stands = Math.abs(qpos[1]) <= angleLimit && allFinite(qpos) && allFinite(qvel);
    this.signals.reward = stands ? 1 : 0;
    this.signals.terminated = !stands;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    let at = offset;
    for (let i = 0; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = qvel[i];
  }

  protected override stepInfo(): Info {
    return { reward_survive: this.signals.reward };
  }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
