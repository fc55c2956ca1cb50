import { InputError } from '@understudy/errors';
import { Hdf5Failure } from './failure.ts';
import { MountedFile, type VirtualFileSystem } from './mounted-file.ts';

type H5wasm = typeof import('h5wasm');

/** A damaged file can claim blocks of any size; WebAssembly keeps memory once grown. */
const MAX_IDLE_HEAP_BYTES = 2 ** 28;

/**
 * One instance of libhdf5 in WebAssembly.
 *
 * It sees a file system of its own in which only the mounted files exist, read-only, so that a hostile file can neither
 * name another file of this machine nor write. Its error reports go to {@link Hdf5Library.run} and not to the
 * terminal.
 */
export class Hdf5Library {
  readonly h5wasm: H5wasm;
  readonly #fileSystem: VirtualFileSystem;
  readonly #module: { readonly HEAPU8: Uint8Array };
  #report = '';
  #mounts = 0;
  #mounted = 0;
  #usable = true;

  constructor(h5wasm: H5wasm, module: { readonly HEAPU8: Uint8Array }, fileSystem: VirtualFileSystem) {
    this.h5wasm = h5wasm;
    this.#module = module;
    this.#fileSystem = fileSystem;
    const decoder = new TextDecoder();
    const standardError = fileSystem.streams[2];
    standardError.stream_ops = {
      ...standardError.stream_ops,
      write: (_stream: object, heap: Int8Array, offset: number, length: number) => {
        this.#report += decoder.decode(heap.subarray(offset, offset + length));
        return length;
      },
    };
  }

  /** False once {@link Hdf5Library.retire}d. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Takes the instance out of use, because its memory may be damaged or has grown too large; the next
   * {@link loadLibrary} makes another. Files still open in it fail from now on.
   */
  retire(): void {
    this.#usable = false;
    // h5wasm's module holds these two objects for good. Emptied, they let the WebAssembly memory be collected.
    for (const held of [this.#module, this.#fileSystem] as object[]) {
      for (const name of Object.getOwnPropertyNames(held)) Reflect.deleteProperty(held, name);
    }
  }

  /**
   * Runs a call into libhdf5.
   *
   * @throws InputError when the instance was retired.
   * @throws Hdf5Failure when it reported an error, though h5wasm returned a value, or trapped.
   */
  run<T>(call: () => T): T {
    if (!this.#usable) {
      throw new InputError(
        'Another file that was open is damaged and stopped the HDF5 library, so open this one again.',
      );
    }
    this.#report = '';
    let result: T;
    try {
      result = call();
    } catch (error) {
      if (this.#report !== '') throw new Hdf5Failure(rootCause(this.#report));
      const { name, message } = error as Error;
      // A trap, a stack overflow inside WebAssembly, or Emscripten's abort.
      const trapped = name === 'RuntimeError' || name === 'RangeError' || /^abort/i.test(message);
      if (trapped) this.retire();
      throw new Hdf5Failure(message);
    }
    if (this.#report !== '') throw new Hdf5Failure(rootCause(this.#report));
    return result;
  }

  /**
   * Makes a file of the host visible until {@link Hdf5Library.unmount}.
   *
   * @throws Node's error when it cannot be opened.
   */
  mount(hostPath: string): MountedFile {
    const file = new MountedFile(hostPath, this.#fileSystem, `file-${this.#mounts++}`);
    this.#mounted++;
    return file;
  }

  /** Releases a file that libhdf5 was told to close. */
  unmount(file: MountedFile): void {
    file.close();
    this.#mounted--;
    if (!this.#usable) return;
    this.#fileSystem.unlink(file.path);
    const leaked = file.inUse || this.#module.HEAPU8.length > MAX_IDLE_HEAP_BYTES;
    if (leaked && this.#mounted === 0) this.retire();
  }
}

let current: Promise<Hdf5Library> | undefined;
let instances = 0;

/** The instance that new files are opened with. */
export async function loadLibrary(): Promise<Hdf5Library> {
  current ??= instantiate();
  const library = await current;
  if (library.usable) return library;
  current = instantiate();
  return current;
}

/** h5wasm instantiates once per module, so a query makes a fresh one after a trap. */
async function instantiate(): Promise<Hdf5Library> {
  const first = instances++ === 0;
  const h5wasm: H5wasm = await (first
    ? import('h5wasm')
    : import(/* @vite-ignore */ `${import.meta.resolve('h5wasm')}?instance=${instances}`));
  const module = await h5wasm.ready;
  return new Hdf5Library(h5wasm, module, module.FS as unknown as VirtualFileSystem);
}

/** The innermost message of an HDF5 error stack, which is the most telling one. */
function rootCause(report: string): string {
  const messages = [...report.matchAll(/^\s*#\d+: .*? in \w+\(\): (.*)$/gm)];
  return messages.at(-1)?.[1] ?? report.trim().split('\n')[0];
}
