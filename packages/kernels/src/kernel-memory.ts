import { InputError } from '@understudy/errors';
import { bindKernels, type KernelEngine } from './kernel-engine.ts';
import type { KernelExports } from './kernel-module.ts';
import { Memory, type WasmMemory } from './web-assembly.ts';

const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_535;
/** Growing is a system call; so many bytes at least are added at once. They cost nothing until they are written. */
const GROWTH_BYTES = 16 * 2 ** 20;
/** Every allocation starts on a cache line and is followed by so much slack, since kernels read whole vectors. */
const LINE_BYTES = 64;

export interface KernelMemoryOptions {
  /** The most bytes this memory may grow to; address space, not memory in use. 2 GiB unless told. */
  bytes?: number;
  /** What computes in it; see {@link KernelEngine}. What {@link setKernelEngine} or the process says unless told. */
  engine?: KernelEngine;
}

/**
 * A linear memory with the kernels bound to it. Everything a kernel touches lies here.
 *
 * It grows as views are allocated and is given back when nothing refers to it any more; single views are not freed. It
 * is shared memory, which grows in place: a view that was handed out stays valid for ever.
 */
export class KernelMemory {
  /** The kernels themselves; pointers are byte offsets. */
  readonly kernels: KernelExports;
  readonly #memory: WasmMemory;
  readonly #maximumBytes: number;
  readonly #buffers = new Set<ArrayBufferLike>();
  #next = LINE_BYTES;

  private constructor(maximumBytes: number, engine: KernelEngine | undefined) {
    const maximum = Math.ceil(maximumBytes / PAGE_BYTES);
    this.#maximumBytes = maximum * PAGE_BYTES;
    this.#memory = reserveMemory(maximum);
    this.#buffers.add(this.#memory.buffer);
    this.kernels = bindKernels(this.#memory, engine);
  }

  static create(options: KernelMemoryOptions = {}): KernelMemory {
    const { bytes = 2 ** 31 } = options;
    if (!(bytes > 0 && bytes <= MAX_PAGES * PAGE_BYTES)) {
      throw new InputError(`KernelMemory's bytes are ${bytes}: give a number up to ${MAX_PAGES * PAGE_BYTES}.`);
    }
    return new KernelMemory(bytes, options.engine);
  }

  /** How many bytes are allocated so far. */
  get allocatedBytes(): number {
    return this.#next;
  }

  /** A zeroed vector of `length` elements, aligned to 64 bytes. */
  float32(length: number): Float32Array {
    const offset = this.#allocate(length, 'float32');
    return new Float32Array(this.#currentBuffer(), offset, length);
  }

  /** A zeroed vector of `length` unsigned integers, aligned to 64 bytes. */
  uint32(length: number): Uint32Array {
    const offset = this.#allocate(length, 'uint32');
    return new Uint32Array(this.#currentBuffer(), offset, length);
  }

  /** Whether `array` is a view of this memory, so that kernels can read it in place. */
  owns(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  /** V8 may give a memory a new buffer object of the same bytes whenever any memory of the process grows. */
  #currentBuffer(): ArrayBufferLike {
    const { buffer } = this.#memory;
    this.#buffers.add(buffer);
    return buffer;
  }

  #allocate(length: number, type: string): number {
    if (!(Number.isInteger(length) && length >= 0)) {
      throw new InputError(`The length given to KernelMemory.${type} is ${length}: give a whole number from 0 up.`);
    }
    const offset = this.#next;
    const end = offset + Math.ceil((length * 4) / LINE_BYTES) * LINE_BYTES + LINE_BYTES;
    if (end > this.#maximumBytes) {
      throw new InputError(
        `The kernels' memory of ${this.#maximumBytes} bytes cannot hold ${length} more numbers: ` +
          'create it with larger `bytes`, or use a smaller network or batch.',
      );
    }
    this.#growTo(end);
    this.#next = end;
    return offset;
  }

  #growTo(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    const room = this.#maximumBytes - this.#memory.buffer.byteLength;
    const added = Math.min(room, Math.max(missing, GROWTH_BYTES));
    this.#memory.grow(Math.ceil(added / PAGE_BYTES));
    this.#buffers.add(this.#memory.buffer);
  }
}

function reserveMemory(maximum: number): WasmMemory {
  try {
    return new Memory({ initial: 1, maximum, shared: true });
  } catch (cause) {
    throw new InputError(
      `The kernels' memory of up to ${maximum * PAGE_BYTES} bytes cannot be reserved: ` +
        'give KernelMemory.create smaller `bytes`, or raise the limit on address space (ulimit -v).',
      { cause },
    );
  }
}
