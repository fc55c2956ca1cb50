import { InputError } from '@understudy/errors';
import type { RenderFrame, RenderOptions, ResetOptions, ResetResult, StepResult, StepSignals } from '@understudy/gym';
import { Box, type Env, type EnvMetadata, type EnvState, type Info, type Space } from '@understudy/gym';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import type { MujocoEngine } from './engine/engine.ts';
import { loadEngine } from './engine/load-engine.ts';
import type { MujocoModel } from './engine/model.ts';
import type { Simulation } from './engine/simulation.ts';
import type { MujocoEnvOptions } from './env-options.ts';
import { readModelFile } from './model-file.ts';
import type { CameraDefaults } from './scene-camera.ts';
import { ScenePainter } from './scene-painter.ts';
import { decodeSimulationState, encodeSimulationState } from './simulation-state.ts';

/** What a {@link BaseMujocoEnv} is built from; {@link openModel} makes it from an environment's options. */
export interface MujocoEnvSetup {
  readonly engine: MujocoEngine;
  readonly model: MujocoModel;
  readonly frameSkip: number;
}

/**
 * Loads the engine and compiles the model that an environment's options name, its own one by default.
 *
 * @throws InputError for an unknown engine, an unreadable file or a wrong model, with MuJoCo's message.
 */
export async function openModel(
  id: string,
  options: MujocoEnvOptions & { frameSkip: number },
  ownXml: string,
): Promise<MujocoEnvSetup> {
  const { xml, xmlFile, contactMargin, frameSkip } = options;
  if (xml !== undefined && xmlFile !== undefined) {
    throw new InputError(`${id} was given both xml and xmlFile; give one of them`);
  }
  const engine = await loadEngine(options.engine);
  const source = xmlFile === undefined ? { xml: xml ?? ownXml } : readModelFile(xmlFile);
  const fixed = xml === undefined && xmlFile === undefined;
  return { engine, model: engine.compile(source.xml, { ...source, contactMargin, fixed }), frameSkip };
}

/**
 * A task on a MuJoCo model, whatever its observation looks like: {@link MujocoEnv} has a flat one, {@link MujocoGoalEnv}
 * shows goals.
 *
 * A task says how an episode starts ({@link resetModel}), what one step does and earns ({@link advance}) and what is
 * seen ({@link writeObservation}). Actions are not clipped; MuJoCo clamps controls to the actuators' ranges.
 */
export abstract class BaseMujocoEnv<Observation> implements Env<Observation, Float32Array> {
  readonly id: string;
  readonly engine: MujocoEngine;
  /**
   * Shared by all environments of the same options, and an environment's own model is compiled for speed; don't write to
   * it. For other physics give your own `xml`.
   */
  readonly model: MujocoModel;
  readonly simulation: Simulation;
  /** Simulation steps for one environment step. */
  readonly frameSkip: number;
  /** Seconds of one environment step. */
  readonly dt: number;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Box<Float32Array>;
  readonly metadata: EnvMetadata;
  /** Positions of the model as it is written, `[nq]`. */
  readonly initialQpos: Float64Array;
  /** Velocities of the model as it is written, `[nv]`. */
  readonly initialQvel: Float64Array;
  /** What the step in progress has earned; {@link advance} fills it. */
  protected readonly signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  /** Draws everything random; `reset({ seed })` restarts it. Without any seed it starts at seed 0. */
  protected generator: Generator = defaultRng(0);
  /** How the task wants to be looked at; what is left out follows from the model. */
  protected readonly cameraDefaults: CameraDefaults = {};
  #painter: ScenePainter | undefined;
  #open = true;

  /** @param actionSpace - Where actions aren't the actuators' controls. */
  constructor(
    id: string,
    setup: MujocoEnvSetup,
    observationSpace: Space<Observation>,
    actionSpace: Box<Float32Array> = actionBox(setup.model),
  ) {
    this.id = id;
    this.engine = setup.engine;
    this.model = setup.model;
    this.frameSkip = setup.frameSkip;
    this.dt = setup.model.timestep * setup.frameSkip;
    this.metadata = { renderModes: ['rgb_array'], renderFps: Math.round(1 / this.dt) };
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    this.simulation = setup.model.createSimulation();
    this.initialQpos = this.simulation.qpos.slice();
    this.initialQvel = this.simulation.qvel.slice();
  }

  get unwrapped(): this {
    return this;
  }

  /**
   * Puts the simulation where an episode starts, usually through {@link setState}.
   *
   * @param options - What the caller chose for this episode.
   */
  protected abstract resetModel(options: Record<string, unknown>): void;

  /** Takes one step ({@link simulate}) and fills {@link signals}. */
  protected abstract advance(action: Float32Array): void;

  /** Writes the observation, flat as its space flattens it, at `out[offset ...]`. */
  protected abstract writeObservation(out: Float64Array | Float32Array, offset: number): void;

  /** The observation that {@link writeObservation} wrote, in double precision and the caller's to keep. */
  protected abstract readObservation(flat: Float64Array): Observation;

  /** What a step tells beside its observation. */
  protected stepInfo(): Info {
    return {};
  }

  /** What a reset tells beside its observation. */
  protected resetInfo(): Info {
    return {};
  }

  /** @throws InputError if the environment is closed or the seed isn't a whole number of at least 0. */
  reset(options: ResetOptions = {}): ResetResult<Observation> {
    this.checkOpen();
    if (options.seed !== undefined) this.generator = defaultRng(options.seed);
    this.simulation.reset();
    this.resetModel(options.options ?? {});
    return { observation: this.#observe(), info: this.resetInfo() };
  }

  /** @throws InputError if the environment is closed, or the action has another length or isn't finite. */
  step(action: Float32Array): StepResult<Observation> {
    this.advance(action);
    const { reward, terminated, truncated } = this.signals;
    return { observation: this.#observe(), reward, terminated, truncated, info: this.stepInfo() };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    this.advance(action);
    this.writeObservation(out, offset);
    return this.signals;
  }

  /**
   * The current state, 480 by 480 pixels unless told. Cameras are `track`, which follows the first body that moves,
   * `overview`, and those of the model; without a name the environment chooses ({@link cameraDefaults}).
   *
   * MuJoCo computes places at the beginning of each simulation step, so after a step the picture lags behind qpos by one
   * timestep; nothing is recomputed, and drawing changes nothing.
   *
   * @throws InputError for an unknown camera, or a side that isn't a whole number of 16 to 4096 pixels.
   */
  render(options: RenderOptions = {}): RenderFrame {
    this.checkOpen();
    this.#painter ??= new ScenePainter(this.id, this.model, this.simulation, this.cameraDefaults);
    return this.#painter.paint(options);
  }

  /**
   * Puts the simulation into a state and computes what follows from it.
   *
   * @param qpos - `[nq]`
   * @param qvel - `[nv]`
   */
  setState(qpos: ArrayLike<number>, qvel: ArrayLike<number>): void {
    this.checkOpen();
    const { simulation } = this;
    if (qpos.length !== simulation.qpos.length || qvel.length !== simulation.qvel.length) {
      throw new InputError(
        `setState of ${this.id} got ${qpos.length} positions and ${qvel.length} velocities, ` +
          `expected ${simulation.qpos.length} and ${simulation.qvel.length}`,
      );
    }
    simulation.qpos.set(qpos);
    simulation.qvel.set(qvel);
    simulation.forward();
  }

  saveState(): EnvState {
    this.checkOpen();
    return {
      simulation: encodeSimulationState(this.simulation),
      generator: this.generator.getState(),
      task: this.saveTask(),
    };
  }

  /** @throws InputError if the state belongs to a model of another size. */
  restoreState(state: EnvState): void {
    this.checkOpen();
    decodeSimulationState(this.simulation, state.simulation, this.id);
    this.generator.setState(state.generator as GeneratorState);
    this.simulation.forward();
    this.restoreTask(state.task);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.simulation.delete();
    this.model.delete();
  }

  /** State of the task outside the simulation, as JSON. */
  protected saveTask(): unknown {
    return null;
  }

  /** Puts back what {@link saveTask} gave; called after the simulation has been restored. */
  protected restoreTask(_state: unknown): void {}

  /** Applies an action for `frameSkip` simulation steps. */
  protected simulate(action: Float32Array): void {
    this.checkOpen();
    const { ctrl } = this.simulation;
    if (action.length !== ctrl.length) {
      throw new InputError(`an action of ${this.id} has shape (${ctrl.length},), got (${action.length},)`);
    }
    let sum = 0;
    for (let i = 0; i < ctrl.length; i++) {
      const value = action[i];
      ctrl[i] = value;
      sum += value;
    }
    // A sum is finite exactly if no float32 in it is NaN or infinite.
    if (!Number.isFinite(sum)) {
      throw new InputError(`an action of ${this.id} must be finite, got [${Array.from(action).join(', ')}]`);
    }
    this.simulation.step(this.frameSkip);
  }

  /** @throws InputError if the environment is closed. */
  protected checkOpen(): void {
    if (!this.#open) throw new InputError(`${this.id} is closed; make a new one`);
  }

  #observe(): Observation {
    const flat = new Float64Array(this.observationSpace.flatSize);
    this.writeObservation(flat, 0);
    return this.readObservation(flat);
  }
}

/** The actuators' control ranges. */
function actionBox(model: MujocoModel): Box<Float32Array> {
  const range = model.doubles('actuator_ctrlrange');
  return new Box({
    low: Float32Array.from({ length: model.nu }, (_, i) => range[2 * i]),
    high: Float32Array.from({ length: model.nu }, (_, i) => range[2 * i + 1]),
    shape: [model.nu],
    dtype: 'float32',
  });
}
