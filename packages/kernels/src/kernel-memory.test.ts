import { expect, test } from 'vitest';
import { KernelMemory } from './kernel-memory.ts';
import { compileKernels } from './kernel-module.ts';
import { fill } from './optimiser.ts';

test('views are zeroed, aligned and apart', () => {
  const memory = KernelMemory.create();
  const views = [1, 15, 16, 17, 0, 100_000].map((length) => memory.float32(length));
  views.forEach((view, i) => {
    expect(view.byteOffset % 64).toBe(0);
    expect(view.every((value) => value === 0)).toBe(true);
    view.fill(i + 1);
  });
  views.forEach((view, i) => {
    expect(view.every((value) => value === i + 1)).toBe(true);
  });
});

test('a view outlives the growth of its memory', () => {
  const memory = KernelMemory.create();
  const early = memory.float32(5).fill(1);
  const late = memory.float32(30_000_000);
  expect(late.buffer.byteLength).toBeGreaterThan(early.buffer.byteLength);
  expect([memory.owns(early), memory.owns(late)]).toEqual([true, true]);
  fill(memory, early, 2);
  early[4] = 7;
  expect(Array.from(early)).toEqual([2, 2, 2, 2, 7]);
  expect(new Float32Array(late.buffer, early.byteOffset, 5)).toEqual(early);
});

test('memories do not own each other, nor plain arrays', () => {
  const memory = KernelMemory.create();
  expect(memory.owns(KernelMemory.create().float32(1))).toBe(false);
  expect(memory.owns(new Float32Array(1))).toBe(false);
});

test('asking for more than the bound is refused and leaves the memory usable', () => {
  const memory = KernelMemory.create({ bytes: 2 ** 20 });
  expect(() => memory.float32(2 ** 18)).toThrow(/memory of 1048576 bytes cannot hold 262144 more numbers/);
  expect(memory.float32(2 ** 17).length).toBe(2 ** 17);
  expect(() => memory.float32(-1)).toThrow(/length given to KernelMemory.float32 is -1/);
  expect(() => memory.float32(1.5)).toThrow(/is 1.5/);
  for (const bytes of [0, -5, Number.NaN, 2 ** 33]) expect(() => KernelMemory.create({ bytes })).toThrow(/bytes are/);
});

test('missing kernels are named with their remedy', () => {
  const file = new URL('file:///nowhere/kernels.wasm');
  expect(() => compileKernels(file)).toThrow(
    /^The compiled kernels .*kernels.wasm cannot be read: run `npm run build`/,
  );
});

test('a memory knows its own views after another memory has grown', () => {
  const first = KernelMemory.create();
  const second = KernelMemory.create();
  first.float32(10);
  second.float32(20_000_000);
  const view = first.float32(10);
  expect(first.owns(view)).toBe(true);
  expect(second.owns(view)).toBe(false);
});
