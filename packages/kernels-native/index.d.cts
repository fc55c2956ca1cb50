/** Whether the native kernels can be used here, and if not, why: a phrase. */
export type NativeStatus = { available: true; instructionSet: string } | { available: false; reason: string };

/** Whether the addon is there, loads, and what it runs on: `AVX-512`, `AVX2`, `NEON` or `scalar`. */
export function nativeKernels(): NativeStatus;

/**
 * The kernels on one memory, under the names of `KernelExports` of `@understudy/kernels`. They read and write through
 * bare offsets: only that package may call them. The memory must stay where it is, as shared WebAssembly memory does.
 *
 * @param instructionSet - One of this processor's instead of the best, `AVX2` say.
 */
export function bindKernels(
  memory: SharedArrayBuffer,
  instructionSet?: string,
): Record<string, (...numbers: number[]) => number | undefined>;
