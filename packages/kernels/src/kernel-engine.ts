import { createRequire } from 'node:module';
import { InputError } from '@understudy/errors';
import type { KernelExports } from './kernel-module.ts';

/**
 * What computes: WebAssembly, which is always there; the native addon `@understudy/kernels-native`; or the better of
 * both that this machine has. Either gives the same bytes for the same work on every processor, but not the other's
 * bytes: the addon rounds once a multiply-add.
 */
export type KernelEngine = 'auto' | 'wasm' | 'native';

/** The engines' names. */
export const kernelEngines: readonly KernelEngine[] = ['auto', 'wasm', 'native'];

/** What {@link kernelStatus} tells. */
export interface KernelStatus {
  /** What memories made from now on compute with, unless told otherwise. */
  engine: 'wasm' | 'native';
  /** Of the addon, if it can be used: `AVX-512`, `AVX2`, `NEON` or `scalar`. */
  instructionSet?: string;
  /** Why the addon can't be used: a phrase. */
  reason?: string;
}

/** The addon's face, as in its index.d.cts. */
interface NativePackage {
  nativeKernels(): { available: true; instructionSet: string } | { available: false; reason: string };
  bindKernels(memory: ArrayBufferLike, instructionSet?: string): unknown;
}

let chosen: KernelEngine | undefined;
let found: NativePackage | { reason: string } | undefined;

/**
 * Chooses what memories made from now on compute with; `auto` unless told here or by the environment variable
 * UNDERSTUDY_KERNELS.
 *
 * @throws InputError for an unknown engine, and for `native` where the addon can't be used.
 */
export function setKernelEngine(engine: KernelEngine): void {
  resolveEngine(engine);
  chosen = engine;
}

/** Which kernels serve here, and why not the faster ones. */
export function kernelStatus(): KernelStatus {
  const engine = resolveEngine(chosen ?? engineOfProcess());
  const native = loadNative();
  if (!('nativeKernels' in native)) return { engine, reason: native.reason };
  const status = native.nativeKernels();
  return status.available ? { engine, instructionSet: status.instructionSet } : { engine, reason: status.reason };
}

/** The native kernels on a memory, or undefined where WebAssembly is to serve. */
export function bindNativeKernels(
  memory: ArrayBufferLike,
  engine = chosen ?? engineOfProcess(),
): KernelExports | undefined {
  if (resolveEngine(engine) === 'wasm') return undefined;
  return (loadNative() as NativePackage).bindKernels(memory) as KernelExports;
}

function engineOfProcess(): KernelEngine {
  return (process.env.UNDERSTUDY_KERNELS as KernelEngine | undefined) ?? 'auto';
}

function resolveEngine(engine: KernelEngine): 'wasm' | 'native' {
  if (!kernelEngines.includes(engine)) {
    throw new InputError(`There are no kernels called "${engine}": use one of ${kernelEngines.join(', ')}.`);
  }
  if (engine === 'wasm') return 'wasm';
  const native = loadNative();
  const status =
    'nativeKernels' in native ? native.nativeKernels() : { available: false as const, reason: native.reason };
  // Without vectors WebAssembly's are faster.
  if (engine === 'auto') return status.available && status.instructionSet !== 'scalar' ? 'native' : 'wasm';
  if (status.available) return 'native';
  throw new InputError(
    `The native kernels can't be used: ${status.reason}; install @understudy/kernels-native with a compiler, or use wasm.`,
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
