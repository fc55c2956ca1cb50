import type { ContactMargin, EngineFacts } from './host.ts';
import type { MujocoModel } from './model.ts';

/** Options of {@link MujocoEngine.compile}. */
export interface CompileOptions {
  /** Default `sum`. */
  contactMargin?: ContactMargin;
  /** Files that the XML names (meshes, includes), by their path relative to it. */
  assets?: Readonly<Record<string, string | Uint8Array>>;
  /**
   * Equal models are compiled once and shared (the default). Ask for a model of your own, `false`, in order to write
   * to it.
   */
  shared?: boolean;
  /**
   * Promises that nobody writes to the model, which lets a step skip work whose result is known: the pairs of geoms that
   * may touch are listed at compile time, with their contact parameters. The physics is the same to the last bit.
   */
  fixed?: boolean;
}

/** One MuJoCo, loaded once a process; see {@link loadEngine}. */
export interface MujocoEngine extends EngineFacts {
  /** Bytes of the WASM heap; it grows and never shrinks. */
  readonly heapBytes: number;
  /**
   * Compiles MJCF text.
   *
   * @throws InputError with MuJoCo's own message when the XML is wrong, and when the model's margins do not allow the
   * contact rule asked for. The engine stays usable.
   */
  compile(xml: string, options?: CompileOptions): MujocoModel;
}
