import type { EngineFacts, EngineHost } from './host.ts';
import { Simulation } from './simulation.ts';
import type { RawModel, RawOption, View } from './wasm-module.ts';

/** Names of the elements that a model has, in the order of their ids; an unnamed one is the empty string. */
export interface ModelNames {
  readonly body: readonly string[];
  readonly joint: readonly string[];
  readonly geom: readonly string[];
  readonly site: readonly string[];
  readonly actuator: readonly string[];
  readonly camera: readonly string[];
}

/** MuJoCo's fields with the count and the address of each kind of name. */
const nameFields: Record<keyof ModelNames, readonly [count: string, address: string]> = {
  body: ['nbody', 'name_bodyadr'],
  joint: ['njnt', 'name_jntadr'],
  geom: ['ngeom', 'name_geomadr'],
  site: ['nsite', 'name_siteadr'],
  actuator: ['nu', 'name_actuatoradr'],
  camera: ['ncam', 'name_camadr'],
};

/** MuJoCo's prefix and count of the elements that have flags. */
const flagFields = { joint: ['jnt', 'njnt'], actuator: ['actuator', 'nu'], equality: ['eq', 'neq'] } as const;

/**
 * A compiled model, counted by its owners: `compile` may hand out the same one many times, and the
 * last {@link delete} frees it. Writing to a shared model changes it for all of its simulations.
 */
export class MujocoModel {
  readonly engine: EngineFacts;
  readonly nq: number;
  readonly nv: number;
  readonly nu: number;
  readonly na: number;
  readonly nmocap: number;
  /** Seconds of one simulation step. */
  readonly timestep: number;
  readonly names: ModelNames;
  /** The geoms' margins as compiled, `[ngeom]`, before a contact rule rewrote them. */
  readonly compiledMargins: Float64Array;
  readonly #engine: EngineHost;
  readonly #raw: RawModel;
  readonly #forget: () => void;
  #owners = 1;

  /** Called by an engine's `compile`. */
  constructor(engine: EngineHost, raw: RawModel, forget: () => void) {
    this.engine = engine;
    this.#engine = engine;
    this.#raw = raw;
    this.#forget = forget;
    this.nq = raw.nq;
    this.nv = raw.nv;
    this.nu = raw.nu;
    this.na = raw.na;
    this.nmocap = raw.nmocap;
    this.timestep = raw.opt.timestep;
    this.names = readNames(raw);
    this.compiledMargins = Float64Array.from(this.doubles('geom_margin'));
  }

  /** A new simulation at the model's initial state; it keeps the model alive. */
  createSimulation(): Simulation {
    this.retain();
    return new Simulation(this.#engine, this.#raw, () => this.delete());
  }

  /** A number of mjModel by its MuJoCo name: `ngeom`, `nbody`. */
  count(field: string): number {
    const value = this.#raw[field];
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`mjModel has no number ${field}`);
    return Number(value);
  }

  /** A field of mjOption by its MuJoCo name, a copy if it is an array. */
  option(field: string): number | number[] {
    const value = (this.#raw.opt as RawOption)[field];
    if (value instanceof Float64Array) return Array.from(value);
    if (typeof value !== 'number') throw new Error(`mjOption has no field ${field}`);
    return value;
  }

  /** A live view of an array of mjModel by its MuJoCo name. Don't keep it: the heap may move. */
  view(field: string): View {
    const view = this.#raw[field];
    if (!ArrayBuffer.isView(view)) throw new Error(`mjModel has no array ${field}`);
    return view as View;
  }

  /** The live view of an array of doubles. */
  doubles(field: string): Float64Array {
    const view = this.view(field);
    if (!(view instanceof Float64Array)) throw new Error(`mjModel.${field} holds no doubles`);
    return view;
  }

  /** The live view of an array of integers. */
  integers(field: string): Int32Array {
    const view = this.view(field);
    if (!(view instanceof Int32Array)) throw new Error(`mjModel.${field} holds no integers`);
    return view;
  }

  /**
   * A flag of all joints, actuators or equality constraints. `@mujoco/mujoco` can't show MuJoCo's arrays of flags, only
   * single elements; mujoco-js shows the arrays and has no elements.
   */
  flags(kind: 'joint' | 'actuator' | 'equality', flag: string): boolean[] {
    const [prefix, count] = flagFields[kind];
    const element = this.#raw[prefix];
    if (typeof element !== 'function') return Array.from(this.view(`${prefix}_${flag}`), (value) => value !== 0);
    return Array.from({ length: this.count(count) }, (_, id) => {
      const accessor = element.call(this.#raw, id) as { delete(): void } & Record<string, boolean>;
      const value = accessor[flag];
      accessor.delete();
      return value;
    });
  }

  /** Switches parts of the simulation off: MuJoCo's mjtDisableBit. */
  setDisableFlags(flags: number): void {
    this.#raw.opt.disableflags = flags;
  }

  /** The id of the element with this name, or -1. */
  idOf(kind: keyof ModelNames, name: string): number {
    return name === '' ? -1 : this.names[kind].indexOf(name);
  }

  /** Counts one more owner. */
  retain(): this {
    if (this.#owners === 0) throw new Error('the model has been deleted');
    this.#owners++;
    return this;
  }

  /** Gives up one ownership; the last one frees the model. */
  delete(): void {
    if (this.#owners === 0) return;
    this.#owners--;
    if (this.#owners > 0) return;
    this.#forget();
    this.#raw.delete();
  }
}

function readNames(raw: RawModel): ModelNames {
  const text = new TextDecoder();
  const bytes = Uint8Array.from(raw.names);
  const read = (kind: keyof ModelNames) => {
    const [count, address] = nameFields[kind];
    const addresses = raw[address] as Int32Array;
    return Array.from({ length: raw[count] as number }, (_, i) =>
      text.decode(bytes.subarray(addresses[i], bytes.indexOf(0, addresses[i]))),
    );
  };
  return {
    body: read('body'),
    joint: read('joint'),
    geom: read('geom'),
    site: read('site'),
    actuator: read('actuator'),
    camera: read('camera'),
  };
}
