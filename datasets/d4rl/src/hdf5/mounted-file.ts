import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The parts of Emscripten's in-memory file system that a virtual file needs. */
export interface VirtualFileSystem {
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

const READ_ONLY_FILE = 0o100444;
const INPUT_OUTPUT_ERROR = 29;
/** libhdf5 may look a little past the end of a file when it opens one, never far. */
const MAX_OVERSHOOT_BYTES = 2 ** 16;

/** A file of the host that libhdf5 sees, read-only, under {@link MountedFile.path}. */
export class MountedFile {
  readonly path: string;
  readonly size: number;
  readonly #descriptor: number;
  #streams = 0;
  #captured: Uint8Array | undefined;
  #capturing = false;

  /** @throws Node's error when the host's file cannot be opened. */
  constructor(hostPath: string, fileSystem: VirtualFileSystem, name: string) {
    this.#descriptor = openSync(hostPath, 'r');
    this.path = `/${name}`;
    this.size = fstatSync(this.#descriptor).size;
    const { size } = this;
    const node = fileSystem.createNode(fileSystem.root, name, READ_ONLY_FILE, 0);
    const time = new Date(0);
    const attributes = { dev: 1, nlink: 1, uid: 0, gid: 0, rdev: 0, size, atime: time, mtime: time, ctime: time };
    node.node_ops = { getattr: () => ({ ...attributes, ino: node.id, mode: node.mode, blksize: 4096, blocks: 0 }) };
    node.stream_ops = {
      open: () => {
        this.#streams++;
      },
      close: () => {
        this.#streams--;
      },
      llseek: (stream: { position: number }, offset: number, whence: number) =>
        offset + (whence === 1 ? stream.position : whence === 2 ? size : 0),
      read: (_stream: object, heap: Int8Array, offset: number, length: number, position: number) => {
        const count = this.#read(new Uint8Array(heap.buffer, offset, length), position);
        if (count === undefined) throw new fileSystem.ErrnoError(INPUT_OUTPUT_ERROR);
        return count;
      },
    };
  }

  /** Whether libhdf5 still holds the file open, which damage can make it do for good. */
  get inUse(): boolean {
    return this.#streams > 0;
  }

  /** Reads past libhdf5: `length` bytes, or fewer at the end of the file. */
  readAt(position: number, length: number): Uint8Array {
    if (!(position >= 0 && position < this.size)) return new Uint8Array(0);
    const bytes = new Uint8Array(Math.min(length, this.size - position));
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, bytes.length, position));
  }

  /**
   * Gives what libhdf5 reads first during `call`, and fails that read, so that it goes no further.
   *
   * @returns Undefined where it read nothing.
   */
  captureRead(call: () => void): Uint8Array | undefined {
    this.#capturing = true;
    this.#captured = undefined;
    try {
      call();
    } finally {
      this.#capturing = false;
    }
    return this.#captured;
  }

  /** Closes the host's file. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #read(target: Uint8Array, position: number): number | undefined {
    if (this.#capturing) {
      this.#captured ??= this.readAt(position, target.length);
      return undefined;
    }
    if (position + target.length > this.size + MAX_OVERSHOOT_BYTES) return undefined;
    try {
      return readSync(this.#descriptor, target, 0, target.length, position);
    } catch {
      return undefined;
    }
  }
}
