import type { EngineHost } from './host.ts';
import type { RawData, RawModel, RawModule } from './wasm-module.ts';

/**
 * One mjData: the state of a simulation and everything computed from it, under MuJoCo's names.
 *
 * The arrays are views of the WASM heap: writing to them writes to the simulation. The heap may move when anything is
 * created on the same engine; the simulation then replaces its views, so read them from here (`simulation.qpos[0]`,
 * one field access) and keep none.
 */
export class Simulation {
  /** Generalised positions, `[nq]`. */
  qpos!: Float64Array;
  /** Generalised velocities, `[nv]`. */
  qvel!: Float64Array;
  /** Activations of the actuators that have state, `[na]`. */
  act!: Float64Array;
  /** Controls, `[nu]`. */
  ctrl!: Float64Array;
  /** Accelerations, `[nv]`. */
  qacc!: Float64Array;
  /** Where the constraint solver starts in the next step, `[nv]`; part of the state. */
  qacc_warmstart!: Float64Array;
  /** Forces that the caller applies in joint space, `[nv]`. */
  qfrc_applied!: Float64Array;
  /** Forces of the actuators in joint space, `[nv]`. */
  qfrc_actuator!: Float64Array;
  /** Forces and torques that the caller applies to bodies, `[nbody, 6]`. */
  xfrc_applied!: Float64Array;
  /** Positions of the mocap bodies, `[nmocap, 3]`. */
  mocap_pos!: Float64Array;
  /** Orientations of the mocap bodies, `[nmocap, 4]`. */
  mocap_quat!: Float64Array;
  /** Positions of the bodies in the world, `[nbody, 3]`. */
  xpos!: Float64Array;
  /** Orientations of the bodies, `[nbody, 4]`. */
  xquat!: Float64Array;
  /** Rotation matrices of the bodies, rows first, `[nbody, 9]`. */
  xmat!: Float64Array;
  /** Centres of mass of the bodies, `[nbody, 3]`. */
  xipos!: Float64Array;
  /** Positions of the geoms in the world, `[ngeom, 3]`. */
  geom_xpos!: Float64Array;
  /** Rotation matrices of the geoms, rows first, `[ngeom, 9]`. */
  geom_xmat!: Float64Array;
  /** Positions of the sites in the world, `[nsite, 3]`. */
  site_xpos!: Float64Array;
  /** Rotation matrices of the sites, rows first, `[nsite, 9]`. */
  site_xmat!: Float64Array;
  /** Centres of mass of the bodies' subtrees, `[nbody, 3]`. */
  subtree_com!: Float64Array;
  /** Inertias of the bodies about their trees' centres of mass, `[nbody, 10]`. */
  cinert!: Float64Array;
  /** Velocities of the bodies, rotation first, `[nbody, 6]`. */
  cvel!: Float64Array;
  /** External forces on the bodies, `[nbody, 6]`; {@link rnePostConstraint} computes them. */
  cfrc_ext!: Float64Array;
  /** Lengths of the tendons, `[ntendon]`. */
  ten_length!: Float64Array;
  /** Velocities of the tendons, `[ntendon]`. */
  ten_velocity!: Float64Array;
  /** Outputs of the sensors, `[nsensordata]`. */
  sensordata!: Float64Array;

  readonly #engine: EngineHost;
  readonly #module: RawModule;
  readonly #model: RawModel;
  readonly #data: RawData;
  readonly #onDelete: () => void;
  #deleted = false;

  /** Called by a model's `createSimulation`. */
  constructor(engine: EngineHost, raw: RawModel, onDelete: () => void) {
    this.#onDelete = onDelete;
    this.#engine = engine;
    this.#module = engine.module;
    this.#model = raw;
    this.#data = engine.guard(() => new engine.module.MjData(raw));
    this.refreshViews();
    engine.adopt(this);
  }

  /** Seconds simulated since the reset. */
  get time(): number {
    return this.#data.time;
  }

  set time(seconds: number) {
    this.#data.time = seconds;
  }

  /** Takes `count` steps of the model's timestep. */
  step(count = 1): void {
    const { mj_step } = this.#module;
    try {
      for (let i = 0; i < count; i++) mj_step(this.#model, this.#data);
    } catch (error) {
      throw this.#engine.failure(error);
    }
    this.#engine.refreshMovedViews();
  }

  /**
   * Takes `count` steps and calls `between` in each, after what follows from the state has been computed and before
   * forces and constraints are: what it changes (controls, applied forces, reference accelerations) acts in this step.
   */
  stepInHalves(count: number, between: () => void): void {
    const { mj_step1, mj_step2 } = this.#module;
    try {
      for (let i = 0; i < count; i++) {
        mj_step1(this.#model, this.#data);
        between();
        mj_step2(this.#model, this.#data);
      }
    } catch (error) {
      throw this.#engine.failure(error);
    }
    this.#engine.refreshMovedViews();
  }

  /** Computes everything that follows from the state without advancing it. */
  forward(): void {
    this.#engine.guard(() => this.#module.mj_forward(this.#model, this.#data));
    this.#engine.refreshMovedViews();
  }

  /** Computes {@link cfrc_ext} (and `cacc`, `cfrc_int`), which a step leaves out; the state does not change. */
  rnePostConstraint(): void {
    this.#module.mj_rnePostConstraint(this.#model, this.#data);
  }

  /** Puts back the model's initial state, clears controls and applied forces. */
  reset(): void {
    this.#module.mj_resetData(this.#model, this.#data);
  }

  /** A live view of any other array of mjData by its MuJoCo name. Costs 0.2 us; don't keep it. */
  view(field: string): Float64Array {
    const view = this.#data[field];
    if (!(view instanceof Float64Array)) throw new Error(`mjData has no array of doubles called ${field}`);
    return view;
  }

  /** A number of mjData by its MuJoCo name: `ncon`, `maxuse_arena`. */
  count(field: string): number {
    return Number(this.#data[field]);
  }

  /** Frees the simulation. Deleting twice is harmless; nothing else may be called afterwards. */
  delete(): void {
    if (this.#deleted) return;
    this.#deleted = true;
    this.#engine.release(this);
    this.#data.delete();
    this.#onDelete();
  }

  /** Takes the views again; the engine calls it when the heap has moved. */
  refreshViews(): void {
    const data = this.#data as unknown as Record<(typeof viewNames)[number], Float64Array>;
    for (const name of viewNames) this[name] = data[name];
  }
}

const viewNames = [
  'qpos',
  'qvel',
  'act',
  'ctrl',
  'qacc',
  'qacc_warmstart',
  'qfrc_applied',
  'qfrc_actuator',
  'xfrc_applied',
  'mocap_pos',
  'mocap_quat',
  'xpos',
  'xquat',
  'xmat',
  'xipos',
  'geom_xpos',
  'geom_xmat',
  'site_xpos',
  'site_xmat',
  'subtree_com',
  'cinert',
  'cvel',
  'cfrc_ext',
  'ten_length',
  'ten_velocity',
  'sensordata',
] as const;
