import { createRequire } from 'node:module';
import { InputError } from '@understudy/errors';
import { compiledKernels, type KernelExports, whyNotFused } from './kernel-module.ts';
import { Instance, type WasmMemory } from './web-assembly.ts';

/**
 * What computes: WebAssembly, which is always there; WebAssembly with fused multiply-adds, where Node and the processor
 * have them; the native addon `@understudy/kernels-native`; or the best of these that this machine has.
 *
 * Each gives the same bytes for the same work on every processor. `native` and `wasm-fused`, which round once a
 * multiply-add, give the same; `wasm` gives its own.
 */
export type KernelEngine = 'auto' | ServingEngine;

/** What computes once it is chosen. */
export type ServingEngine = 'wasm' | 'wasm-fused' | 'native';

/** The engines' names. */
export const kernelEngines: readonly KernelEngine[] = ['auto', 'wasm', 'wasm-fused', 'native'];

/** What {@link kernelStatus} tells. */
export interface KernelStatus {
  /** What memories made from now on compute with, unless told otherwise. */
  engine: ServingEngine;
  /** Of the addon, if it can be used: `AVX-512`, `AVX2`, `NEON` or `scalar`. */
  instructionSet?: string;
  /** Why the addon can't be used: a phrase. */
  reason?: string;
  /** Why WebAssembly's fused kernels can't be used: a phrase. */
  fusedReason?: string;
}

/** The addon's face, as in its index.d.cts. */
interface NativePackage {
  nativeKernels(): { available: true; instructionSet: string } | { available: false; reason: string };
  bindKernels(memory: ArrayBufferLike, instructionSet?: string): unknown;
}

let chosen: KernelEngine | undefined;
let found: NativePackage | { reason: string } | undefined;

/** Engines that give each other's bytes. */
const sameBytes: Partial<Record<KernelEngine, KernelEngine>> = { native: 'wasm-fused', 'wasm-fused': 'native' };

/**
 * Chooses what memories made from now on compute with; `auto` unless told here or by the environment variable
 * UNDERSTUDY_KERNELS.
 *
 * @param options - `orSameBytes`: another engine that gives the same bytes will do where this one can't be used.
 * @throws InputError for an unknown engine, and for one that can't be used here.
 */
export function setKernelEngine(engine: KernelEngine, { orSameBytes = false }: { orSameBytes?: boolean } = {}): void {
  try {
    resolveEngine(engine);
    chosen = engine;
  } catch (error) {
    const other = orSameBytes ? sameBytes[engine] : undefined;
    if (!other || !serves(other)) throw error;
    chosen = other;
  }
}

function serves(engine: KernelEngine): boolean {
  try {
    resolveEngine(engine);
    return true;
  } catch {
    return false;
  }
}

/** Which kernels serve here, and why not the faster ones. */
export function kernelStatus(): KernelStatus {
  const engine = resolveEngine(chosen ?? engineOfProcess());
  const fusedReason = whyNotFused();
  return { engine, ...statusOfNative(), ...(fusedReason !== null && { fusedReason }) };
}

function statusOfNative(): Pick<KernelStatus, 'instructionSet' | 'reason'> {
  const native = loadNative();
  if (!('nativeKernels' in native)) return { reason: native.reason };
  const status = native.nativeKernels();
  return status.available ? { instructionSet: status.instructionSet } : { reason: status.reason };
}

/** The kernels on a memory. */
export function bindKernels(memory: WasmMemory, engine = chosen ?? engineOfProcess()): KernelExports {
  const serving = resolveEngine(engine);
  if (serving === 'native') return (loadNative() as NativePackage).bindKernels(memory.buffer) as KernelExports;
  const module = compiledKernels(serving === 'wasm-fused' ? 'fused' : 'plain');
  return new Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

function engineOfProcess(): KernelEngine {
  return (process.env.UNDERSTUDY_KERNELS as KernelEngine | undefined) ?? 'auto';
}

function resolveEngine(engine: KernelEngine): ServingEngine {
  if (!kernelEngines.includes(engine)) {
    throw new InputError(`There are no kernels called "${engine}": use one of ${kernelEngines.join(', ')}.`);
  }
  if (engine === 'wasm') return 'wasm';
  if (engine === 'wasm-fused') return requireFused();
  const { instructionSet, reason } = statusOfNative();
  if (engine === 'auto') {
    // Without vectors WebAssembly's are faster.
    if (instructionSet !== undefined && instructionSet !== 'scalar') return 'native';
    return whyNotFused() === null ? 'wasm-fused' : 'wasm';
  }
  if (instructionSet !== undefined) return 'native';
  throw new InputError(
    `The native kernels can't be used: ${reason}; install @understudy/kernels-native with a compiler, or use wasm.`,
  );
}

function requireFused(): 'wasm-fused' {
  const reason = whyNotFused();
  if (reason === null) return 'wasm-fused';
  throw new InputError(
    `WebAssembly's fused kernels can't be used: ${reason}; use wasm, or auto for the best there is.`,
  );
}

function loadNative(): NativePackage | { reason: string } {
  found ??= requireNative();
  return found;
}

function requireNative(): NativePackage | { reason: string } {
  try {
    return createRequire(import.meta.url)('@understudy/kernels-native') as NativePackage;
  } catch {
    return { reason: '@understudy/kernels-native is not installed' };
  }
}
