import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '@understudy/errors';

/** The parts of Emscripten's in-memory file system that a virtual file needs. */
interface VirtualFileSystem {
  readonly root: object;
  readonly streams: { stream_ops: object }[];
  readonly ErrnoError: new (errno: number) => Error;
  createNode(parent: object, name: string, mode: number, device: number): VirtualNode;
  unlink(path: string): void;
}

interface VirtualNode {
  readonly id: number;
  readonly mode: number;
  node_ops: object;
  stream_ops: object;
}

type H5wasm = typeof import('h5wasm');

const READ_ONLY_FILE = 0o100444;
const INPUT_OUTPUT_ERROR = 29;

/** A damaged file can claim blocks of any size; WebAssembly keeps memory once grown. */
const MAX_IDLE_HEAP_BYTES = 2 ** 28;
/** libhdf5 may look a little past the end of a file when it opens one, never far. */
const MAX_OVERSHOOT_BYTES = 2 ** 16;

/** What libhdf5 said about a failure. */
export class Hdf5Failure extends Error {
  override readonly name = 'Hdf5Failure';
}

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

  /** Makes a file of the host visible under the returned path until `unmount`. */
  mount(hostPath: string): { path: string; size: number; unmount(): void } {
    const descriptor = openSync(hostPath, 'r');
    const { size } = fstatSync(descriptor);
    const fileSystem = this.#fileSystem;
    const { ErrnoError } = fileSystem;
    const name = `file-${this.#mounts++}`;
    const node = fileSystem.createNode(fileSystem.root, name, READ_ONLY_FILE, 0);
    const time = new Date(0);
    const attributes = { dev: 1, nlink: 1, uid: 0, gid: 0, rdev: 0, size, atime: time, mtime: time, ctime: time };
    node.node_ops = { getattr: () => ({ ...attributes, ino: node.id, mode: node.mode, blksize: 4096, blocks: 0 }) };
    let streams = 0;
    node.stream_ops = {
      open: () => streams++,
      close: () => streams--,
      llseek: (stream: { position: number }, offset: number, whence: number) =>
        offset + (whence === 1 ? stream.position : whence === 2 ? size : 0),
      read: (_stream: object, heap: Int8Array, offset: number, length: number, position: number) => {
        if (position + length > size + MAX_OVERSHOOT_BYTES) throw new ErrnoError(INPUT_OUTPUT_ERROR);
        try {
          return readSync(descriptor, heap, offset, length, position);
        } catch {
          throw new ErrnoError(INPUT_OUTPUT_ERROR);
        }
      },
    };
    this.#mounted++;
    const unmount = () => {
      closeSync(descriptor);
      this.#mounted--;
      if (!this.#usable) return;
      fileSystem.unlink(`/${name}`);
      // A damaged file can make libhdf5 keep objects open, and with them this file, for good.
      const leaked = streams > 0 || this.#module.HEAPU8.length > MAX_IDLE_HEAP_BYTES;
      if (leaked && this.#mounted === 0) this.retire();
    };
    return { path: `/${name}`, size, unmount };
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
