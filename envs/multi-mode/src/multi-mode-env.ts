import { InputError } from '@understudy/errors';
import type { EnvState, Info, ResetOptions, ResetResult } from '@understudy/gym';
import { MujocoEnv, type MujocoEnvSetup, openModel } from '@understudy/mujoco';
import type { Place } from './bodies.ts';
import {
  describeModes,
  firstMode,
  isMode,
  type MultiModeOptions,
  readResetMode,
  readSettings,
  type Settings,
} from './options.ts';
import { type ModeTask, type Motion, type MultiModeId, taskOf } from './tasks.ts';

/** What a saved state holds beside the simulation. */
interface TaskState {
  mode: number;
  /** The lagging array of the body, if it has one. */
  place: number[] | null;
}

/**
 * A body of Gymnasium's whose task has a mode - a direction or a speed - that the observation doesn't show: Ant,
 * HalfCheetah, Humanoid, Walker2d and Hopper of Vahabpour et al., "Diverse Imitation Learning via Self-Organizing
 * Generative Models" (2022), section 4.1 and appendix B.
 *
 * The mode is drawn at each reset, after the noise of the starting state: the same seed starts every mode, and Gymnasium's
 * own task, in the same state. `reset({ options: { mode } })` chooses it for one episode, the option `mode` for all.
 * Resets tell `info.mode`; steps tell also `info.mode_rewards`, a Float64Array with the reward of the step under each of
 * {@link modes}, and the velocity over the step.
 */
export class MultiModeEnv extends MujocoEnv {
  /**
   * What each of `mode_rewards` belongs to, `[modes]`: angles in rad (Ant, Humanoid), signs of the direction
   * (HalfCheetah-Fwd-Back) or speeds in m/s.
   */
  readonly modes: readonly number[];
  readonly #task: ModeTask;
  readonly #settings: Settings;
  readonly #place: Place;
  readonly #motion: Motion;
  readonly #modeRewards: Float64Array;
  #mode: number;
  #commonReward = 0;

  private constructor(id: MultiModeId, settings: Settings, setup: MujocoEnvSetup) {
    const task = taskOf(id);
    super(id, setup, observationSize(task, setup));
    this.modes = settings.values;
    this.#task = task;
    this.#settings = settings;
    this.#place = task.body.placeIn(setup.model);
    this.#motion = { dx: 0, dy: 0, dt: this.dt, timestep: setup.model.timestep };
    this.#modeRewards = new Float64Array(settings.values.length);
    this.#mode = settings.mode ?? firstMode(task);
  }

  /** @throws InputError for an unknown option, a value of the wrong kind, a mode out of range or a wrong model. */
  static async create(id: MultiModeId, options: MultiModeOptions = {}): Promise<MultiModeEnv> {
    const settings = readSettings(id, options);
    return new MultiModeEnv(id, settings, await openModel(id, settings, taskOf(id).body.xml));
  }

  /** The mode of the episode: its index, or in HalfCheetah-Vel the speed in m/s. */
  get mode(): number {
    return this.#mode;
  }

  /**
   * The reward of the last step under each of {@link modes}: for loops of `stepInto`, which builds no info. The array is
   * the environment's own and overwritten by the next call.
   */
  get modeRewards(): Float64Array {
    for (let i = 0; i < this.modes.length; i++) this.#modeRewards[i] = this.#rewardOf(this.modes[i]);
    return this.#modeRewards;
  }

  /** Whether the body has not fallen. */
  get isHealthy(): boolean {
    return this.#task.body.isHealthy(this.simulation, this.#settings.healthyZRange);
  }

  /**
   * `options` may hold `mode`, the mode of this episode. One is drawn in any case, so that a seed gives the same numbers
   * later on.
   *
   * @throws InputError if the environment is closed, or for a wrong seed, an unknown option or a mode out of range.
   */
  override reset(options: ResetOptions = {}): ResetResult<Float64Array> {
    // Before anything changes.
    readResetMode(this.id as MultiModeId, options.options ?? {});
    return super.reset(options);
  }

  protected override resetModel(options: Record<string, unknown>): void {
    const { resetNoiseScale: scale, mode } = this.#settings;
    const { body, modes } = this.#task;
    const { generator } = this;
    const normal = body.velocityNoise === 'normal';
    const qpos = this.initialQpos.map((position) => position + generator.uniform(-scale, scale));
    const qvel = this.initialQvel.map(
      (velocity) => velocity + (normal ? scale * generator.standardNormal() : generator.uniform(-scale, scale)),
    );
    this.setState(qpos, qvel);
    const drawn =
      modes.kind === 'discrete' ? generator.integers(modes.values.length) : generator.uniform(...modes.range);
    this.#mode = readResetMode(this.id as MultiModeId, options) ?? mode ?? drawn;
  }

  protected override advance(action: Float32Array): void {
    const { simulation } = this;
    const { body } = this.#task;
    const motion = this.#motion;
    const x = this.#place(simulation, 0);
    const y = this.#place(simulation, 1);
    this.simulate(action);
    if (body.needsForces) simulation.rnePostConstraint();
    motion.dx = this.#place(simulation, 0) - x;
    motion.dy = this.#place(simulation, 1) - y;
    this.#commonReward = body.commonReward(simulation, action);
    this.signals.reward = this.#rewardOf(this.#valueOfMode());
    this.signals.terminated = this.#settings.terminateWhenUnhealthy && !this.isHealthy;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { simulation, model } = this;
    const { hiddenPositions, velocityLimit, observedParts } = this.#task.body;
    const { qpos, qvel } = simulation;
    let at = offset;
    for (let i = hiddenPositions; i < qpos.length; i++) out[at++] = qpos[i];
    for (let i = 0; i < qvel.length; i++) out[at++] = Math.max(-velocityLimit, Math.min(velocityLimit, qvel[i]));
    for (let part = 0; part < observedParts.length; part++) {
      const { field, from, size } = observedParts[part];
      const values = simulation[field];
      const end = from + size(model);
      for (let i = from; i < end; i++) out[at++] = values[i];
    }
  }

  protected override resetInfo(): Info {
    return { mode: this.#mode };
  }

  protected override stepInfo(): Info {
    const { dx, dy, dt } = this.#motion;
    const info = { mode: this.#mode, mode_rewards: this.modeRewards.slice(), x_velocity: dx / dt };
    return this.#task.body.hiddenPositions === 2 ? { ...info, y_velocity: dy / dt } : info;
  }

  protected override saveTask(): TaskState {
    const { laggingField } = this.#task.body;
    return { mode: this.#mode, place: laggingField && Array.from(this.simulation[laggingField]) };
  }

  /** @throws InputError if the state isn't one of this task. */
  override restoreState(state: EnvState): void {
    const { mode } = (state.task ?? {}) as Partial<TaskState>;
    if (!isMode(this.#task, mode)) {
      throw new InputError(
        `the state is not one of ${this.id}, whose modes are ${describeModes(this.#task)}; restore its own`,
      );
    }
    super.restoreState(state);
  }

  protected override restoreTask(state: unknown): void {
    const { mode, place } = state as TaskState;
    const { laggingField } = this.#task.body;
    this.#mode = mode;
    if (laggingField && place) this.simulation[laggingField].set(place);
  }

  /** The reward of the last step under the mode of a value. */
  #rewardOf(value: number): number {
    return this.#task.motionReward(value, this.#motion) + this.#commonReward;
  }

  #valueOfMode(): number {
    const { modes } = this.#task;
    return modes.kind === 'discrete' ? modes.values[this.#mode] : this.#mode;
  }
}

function observationSize({ body }: ModeTask, { model }: MujocoEnvSetup): number {
  const parts = body.observedParts.reduce((sum, { size }) => sum + size(model), 0);
  return model.nq - body.hiddenPositions + model.nv + parts;
}
