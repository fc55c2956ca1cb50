import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Draws } from './benchmark/draws.ts';
import { kernelStatus } from './kernel-engine.ts';
import { KernelMemory } from './kernel-memory.ts';
import { createMlp } from './mlp.ts';
import { LayerNorm, spectralNorm, spectralNormBackward } from './normalisation.ts';
import { adam, globalNorm, polyak } from './optimiser.ts';
import { normals } from './testing/numbers.ts';
import { activations } from './testing/reference-mlp.ts';

const require = createRequire(import.meta.url);
const addon = require('@understudy/kernels-native');

/** The instruction sets of this processor. */
const instructionSets = ['AVX-512', 'AVX2', 'NEON', 'scalar'].filter((name) => {
  try {
    addon.bindKernels(new SharedArrayBuffer(64), name);
    return true;
  } catch {
    return false;
  }
});

/** The addon's kernels by one instruction set. */
function nativeMemory(instructionSet: string): KernelMemory {
  const memory = KernelMemory.create({ engine: 'native' });
  return Object.assign(memory, { kernels: addon.bindKernels(memory.float32(1).buffer, instructionSet) });
}

/** Everything that the kernels compute, over odd sizes. */
function compute(memory: KernelMemory): number[] {
  const results: number[] = [];
  for (const [index, activation] of activations.entries()) {
    const sizes = [3 + 4 * index, 29, 8 * index + 1, 5];
    const mlp = createMlp(memory, { sizes, activation, outputActivation: activation, maxBatch: 90 });
    new Draws(index).fillLayers(mlp.parameters, sizes);
    for (const batch of [1, 3, 4, 17, 90]) {
      results.push(...mlp.forward(normals(batch * mlp.inputSize, 1), batch));
      results.push(...mlp.backward(normals(batch * 5, 2), batch, { inputGradients: true })!);
      const inputs = normals(batch * mlp.inputSize, 3);
      results.push(...mlp.tangent({ parameters: normals(mlp.parameters.length, 4), inputs }, batch));
      results.push(...mlp.tangent({ inputs }, batch));
      mlp.tangentBackward(normals(batch * 5, 5), batch);
    }
    const moments = [1, 2].map(() => memory.float32(mlp.parameters.length));
    const [firstMoment, secondMoment] = moments;
    for (let step = 1; step < 4; step++) {
      const given = { firstMoment, secondMoment, step, learningRate: 0.1, weightDecay: 0.01, maxGradientNorm: 1 };
      results.push(adam(memory, { parameters: mlp.parameters, gradients: mlp.gradients, ...given }));
    }
    const size = 9 + 8 * index;
    const norm = new LayerNorm(memory, { size, maxBatch: 5 });
    norm.parameters.set(normals(2 * size, 6));
    const [rows, left, right] = [5 * size, 5, size].map((length, i) => {
      const view = memory.float32(length);
      view.set(normals(length, 7 + i));
      return view;
    });
    results.push(...norm.forward(rows, 5), ...norm.backward(rows, 5), ...norm.gradients);
    const sigma = spectralNorm(memory, { weights: rows, left, right, iterations: 2 });
    const given = { gradients: memory.float32(5 * size), normalisedGradients: rows, normalised: rows, left, right };
    spectralNormBackward(memory, { ...given, norm: sigma });
    results.push(sigma, ...left, ...right, ...given.gradients);
    polyak(memory, firstMoment, mlp.parameters, 0.3);
    results.push(globalNorm(memory, firstMoment), ...firstMoment, ...secondMoment, ...mlp.parameters);
  }
  return results;
}

test('every instruction set gives the same bytes', () => {
  expect(instructionSets).toContain('scalar');
  const expected = compute(nativeMemory('scalar'));
  expect(expected.every(Number.isFinite)).toBe(true);
  for (const name of instructionSets) expect(compute(nativeMemory(name)), name).toEqual(expected);
});

test("WebAssembly's fused kernels give the addon's bytes, the plain ones their own", () => {
  const expected = compute(KernelMemory.create({ engine: 'native' }));
  expect(compute(KernelMemory.create({ engine: 'wasm-fused' }))).toEqual(expected);
  const plain = compute(KernelMemory.create({ engine: 'wasm' }));
  expect(plain).not.toEqual(expected);
  // Sums of hundreds of terms in another rounding; what the later ones build on has moved by as much.
  const distances = plain.map((value, i) => Math.abs(value - expected[i]) / (1 + Math.abs(expected[i])));
  expect(Math.max(...distances.slice(0, 1000))).toBeLessThan(1e-5);
});

test('the status names the instruction set, and an unknown one is refused', () => {
  expect(kernelStatus()).toMatchObject({ engine: 'native', instructionSet: instructionSets[0] });
  expect(() => addon.bindKernels(new SharedArrayBuffer(64), 'MMX')).toThrow('no such instruction set');
});

/** Asks a fresh process for its kernels, with this file in the addon's place. */
function statusWithAddon(content: string, engine: string) {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-addon-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const home = dirname(require.resolve('@understudy/kernels-native'));
  copyFileSync(join(home, 'index.cjs'), join(directory, 'index.cjs'));
  if (content) {
    mkdirSync(join(directory, 'dist'));
    writeFileSync(join(directory, 'dist', 'kernels-native.node'), content);
  }
  const script = `console.log(JSON.stringify(require(${JSON.stringify(join(directory, 'index.cjs'))}).nativeKernels()))`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    env: { ...process.env, UNDERSTUDY_KERNELS: engine },
  });
  return JSON.parse(String(stdout));
}

test('a broken addon and a missing one are told apart and harm nobody', () => {
  expect(statusWithAddon('no library', 'auto')).toMatchObject({ available: false });
  expect(statusWithAddon('no library', 'auto').reason).toMatch(/kernels-native\.node can't be loaded/);
  expect(statusWithAddon('', 'auto').reason).toMatch(/needs a C\+\+ compiler/);
});
