/** Elements of MuJoCo's arrays as the bindings hand them out: live views of the WASM heap. */
export type View = Float64Array | Float32Array | Int32Array | Uint8Array | Int8Array;

/** The part of an mjModel that this package reads; every access of an array makes a new view. */
export interface RawModel {
  delete(): void;
  readonly nq: number;
  readonly nv: number;
  readonly nu: number;
  readonly na: number;
  readonly nmocap: number;
  readonly names: Int8Array;
  readonly opt: RawOption;
  readonly [field: string]: unknown;
}

/** An mjOption. */
export interface RawOption {
  timestep: number;
  disableflags: number;
  readonly [field: string]: unknown;
}

/** An mjData; its arrays are live views, `time` is a number that can be set. */
export interface RawData {
  delete(): void;
  time: number;
  readonly [field: string]: unknown;
}

/** The calls that both npm packages share. */
export interface RawModule {
  readonly MjModel: {
    /** mujoco-js */
    loadFromXML?(path: string): RawModel | null;
    /** `@mujoco/mujoco` */
    from_xml_path?(path: string): RawModel;
  };
  readonly MjData: new (model: RawModel) => RawData;
  readonly DoubleBuffer: new (length: number) => { GetView(): Float64Array };
  readonly FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, data: string | Uint8Array): void;
    unlink(path: string): void;
    stat(path: string): unknown;
  };
  mj_versionString(): string;
  mj_step(model: RawModel, data: RawData): void;
  mj_step1(model: RawModel, data: RawData): void;
  mj_step2(model: RawModel, data: RawData): void;
  mj_forward(model: RawModel, data: RawData): void;
  mj_resetData(model: RawModel, data: RawData): void;
  mj_rnePostConstraint(model: RawModel, data: RawData): void;
  incrementExceptionRefcount(pointer: number): void;
  /** Frees a C++ exception that reached JavaScript when its count gets to 0. */
  decrementExceptionRefcount(pointer: number): void;
}
