import { afterEach, expect, test } from 'vitest';
import { type KernelEngine, kernelStatus, setKernelEngine } from './kernel-engine.ts';
import { KernelMemory } from './kernel-memory.ts';

afterEach(() => setKernelEngine(process.env.UNDERSTUDY_KERNELS as KernelEngine));

test('a call overrules the process', () => {
  expect(kernelStatus().engine).toBe(process.env.UNDERSTUDY_KERNELS);
  setKernelEngine('wasm');
  expect(kernelStatus().engine).toBe('wasm');
});

test('unknown engines are refused', () => {
  expect(() => setKernelEngine('cuda' as KernelEngine)).toThrow('There are no kernels called "cuda": use one of auto');
  expect(() => KernelMemory.create({ engine: 'fast' as KernelEngine })).toThrow('There are no kernels called "fast"');
});
