import { afterEach, expect, test, vi } from 'vitest';
import { type KernelEngine, kernelStatus, setKernelEngine } from './kernel-engine.ts';
import { KernelMemory } from './kernel-memory.ts';

afterEach(() => {
  vi.restoreAllMocks();
  setKernelEngine(process.env.UNDERSTUDY_KERNELS as KernelEngine);
});

test('a call overrules the process', () => {
  expect(kernelStatus().engine).toBe(process.env.UNDERSTUDY_KERNELS);
  setKernelEngine('wasm');
  expect(kernelStatus().engine).toBe('wasm');
});

test('unknown engines are refused', () => {
  expect(() => setKernelEngine('cuda' as KernelEngine)).toThrow('There are no kernels called "cuda": use one of auto');
  expect(() => KernelMemory.create({ engine: 'fast' as KernelEngine })).toThrow('There are no kernels called "fast"');
});

test('fused WebAssembly serves by its name', () => {
  setKernelEngine('wasm-fused');
  expect(kernelStatus().engine).toBe('wasm-fused');
  expect(kernelStatus().fusedReason).toBeUndefined();
});

test('where there is no relaxed SIMD fused WebAssembly is refused with the reason, and auto does without', async () => {
  vi.resetModules();
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { validate(): boolean } };
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const fresh = await import('./kernel-engine.ts');
  const reason = 'this Node has no relaxed SIMD, which Node 22 and later have';
  expect(() => fresh.setKernelEngine('wasm-fused')).toThrow(`fused kernels can't be used: ${reason}; use wasm`);
  if (fresh.kernelStatus().instructionSet) {
    fresh.setKernelEngine('wasm-fused', { orSameBytes: true });
    expect(fresh.kernelStatus().engine).toBe('native');
  }
  expect(() => fresh.setKernelEngine('cuda' as KernelEngine, { orSameBytes: true })).toThrow(
    'no kernels called "cuda"',
  );
  fresh.setKernelEngine('auto');
  expect(fresh.kernelStatus()).toMatchObject({ fusedReason: reason });
  expect(fresh.kernelStatus().engine).not.toBe('wasm-fused');
});
