import { expect, test } from 'vitest';
import { KernelMemory } from './kernel-memory.ts';
import { adam, fill, globalNorm, polyak, scale } from './optimiser.ts';
import { distance, normals } from './testing/numbers.ts';

const memory = KernelMemory.create();

function vector(values: ArrayLike<number>): Float32Array {
  const view = memory.float32(values.length);
  view.set(values);
  return view;
}

const euclidean = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

interface Setting {
  length: number;
  weightDecay?: number;
  maxGradientNorm?: number;
}

/** The largest error after 100 steps against PyTorch's formulas (torch.optim.AdamW, clip_grad_norm_) in float64. */
function errorAfterTraining({ length, weightDecay = 0, maxGradientNorm }: Setting): number {
  const [learningRate, beta1, beta2, epsilon] = [0.01, 0.9, 0.99, 1e-8];
  const state = {
    parameters: vector(normals(length, 1)),
    gradients: memory.float32(length),
    firstMoment: memory.float32(length),
    secondMoment: memory.float32(length),
  };
  const parameters = Float64Array.from(state.parameters);
  const firstMoment = new Float64Array(length);
  const secondMoment = new Float64Array(length);
  for (let step = 1; step <= 100; step++) {
    state.gradients.set(normals(length, step + 1, 1 + (step % 7)));
    const norm = euclidean(state.gradients);
    const clip = maxGradientNorm === undefined ? 1 : Math.min(1, maxGradientNorm / (norm + 1e-6));
    for (let i = 0; i < length; i++) {
      const gradient = clip * state.gradients[i];
      parameters[i] *= 1 - learningRate * weightDecay;
      firstMoment[i] = beta1 * firstMoment[i] + (1 - beta1) * gradient;
      secondMoment[i] = beta2 * secondMoment[i] + (1 - beta2) * gradient * gradient;
      const denominator = Math.sqrt(secondMoment[i]) / Math.sqrt(1 - beta2 ** step) + epsilon;
      parameters[i] -= ((learningRate / (1 - beta1 ** step)) * firstMoment[i]) / denominator;
    }
    const rates = { step, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm };
    const returned = adam(memory, { ...state, ...rates });
    if (maxGradientNorm === undefined) expect(returned).toBeNaN();
    else expect(returned / norm).toBeCloseTo(1, 6);
  }
  const moments = [distance(state.firstMoment, firstMoment), distance(state.secondMoment, secondMoment)];
  return Math.max(distance(state.parameters, parameters), ...moments);
}

test('Adam follows the float64 formulas for 100 steps at every length', () => {
  for (const length of [1, 2, 3, 4, 5, 15, 16, 17, 37, 100, 1003]) {
    expect(errorAfterTraining({ length })).toBeLessThan(2e-6);
  }
});

test('AdamW and clipping follow them as well', () => {
  expect(errorAfterTraining({ length: 37, weightDecay: 0.1 })).toBeLessThan(2e-6);
  expect(errorAfterTraining({ length: 37, maxGradientNorm: 2 })).toBeLessThan(2e-6);
  expect(errorAfterTraining({ length: 37, maxGradientNorm: 1e6 })).toBeLessThan(2e-6);
  expect(errorAfterTraining({ length: 37, weightDecay: 0.1, maxGradientNorm: 0.5 })).toBeLessThan(2e-6);
});

test('clipping leaves the gradients, and without a bound gives their norm alone', () => {
  const at = (maxGradientNorm?: number) => {
    const parameters = vector([1, 2, 3]);
    const gradients = vector([3, 0, 4]);
    const [firstMoment, secondMoment] = [memory.float32(3), memory.float32(3)];
    const options = { parameters, gradients, firstMoment, secondMoment, step: 1, learningRate: 0.1 };
    const norm = adam(memory, { ...options, maxGradientNorm });
    return { norm, parameters, gradients, firstMoment };
  };
  expect(at(1)).toMatchObject({ norm: 5, gradients: Float32Array.of(3, 0, 4) });
  expect(at(1).firstMoment[2]).toBeCloseTo(0.08, 6);
  expect(at(Number.POSITIVE_INFINITY)).toMatchObject({ norm: 5, parameters: at().parameters });
});

test('NaN in a gradient reaches its parameter, and all of them through the clipped norm', () => {
  const after = (maxGradientNorm?: number) => {
    const gradients = vector([1, Number.NaN, 1, 1, 1]);
    const [parameters, firstMoment, secondMoment] = [memory.float32(5), memory.float32(5), memory.float32(5)];
    adam(memory, { parameters, gradients, firstMoment, secondMoment, step: 1, learningRate: 0.1, maxGradientNorm });
    return Array.from(parameters, Number.isNaN);
  };
  expect(after()).toEqual([false, true, false, false, false]);
  expect(after(1)).toEqual([true, true, true, true, true]);
});

test('the norm is exact for long vectors and those whose squares float32 cannot add', () => {
  for (const length of [0, 1, 7, 16, 63, 64, 65, 200_001]) {
    const values = vector(normals(length, length));
    expect(globalNorm(memory, values)).toBeCloseTo(euclidean(values), 3);
  }
  const ones = memory.float32(20_000_003).fill(1);
  expect(globalNorm(memory, ones)).toBeCloseTo(Math.sqrt(20_000_003), 6);
  expect(globalNorm(memory, vector([1, Number.NaN]))).toBeNaN();
});

test('scale, fill and polyak touch exactly their vector', () => {
  for (const length of [1, 3, 4, 5, 11, 64]) {
    const whole = vector(normals(length + 2, 1));
    const before = whole.slice();
    const inner = whole.subarray(1, 1 + length);
    scale(memory, inner, 3);
    expect(inner).toEqual(before.slice(1, 1 + length).map((value) => 3 * value));
    const target = inner.slice();
    const source = vector(normals(length, 2));
    polyak(memory, inner, source, 0.005);
    const expected = target.map((value, i) => 0.995 * value + 0.005 * source[i]);
    expect(distance(inner, expected)).toBeLessThan(1e-7);
    polyak(memory, inner, source, 1);
    expect(distance(inner, source)).toBeLessThan(1e-6);
    fill(memory, inner, 2.5);
    expect(inner.every((value) => value === 2.5)).toBe(true);
    expect([whole[0], whole[length + 1]]).toEqual([before[0], before[length + 1]]);
  }
});

test('Adam touches exactly its vectors', () => {
  for (const length of [1, 3, 4, 6]) {
    const wholes = [1, 2, 3, 4].map((seed) => vector(normals(length + 2, seed).map(Math.abs)));
    const before = wholes.map((whole) => whole.slice());
    const [parameters, gradients, firstMoment, secondMoment] = wholes.map((whole) => whole.subarray(1, 1 + length));
    adam(memory, { parameters, gradients, firstMoment, secondMoment, step: 3, learningRate: 0.1, weightDecay: 0.1 });
    const changed = wholes.map((whole, i) => Array.from(whole, (value, at) => value !== before[i][at]));
    const all = Array.from(before[0], (_, at) => at >= 1 && at <= length);
    expect(changed).toEqual([all, all.map(() => false), all, all]);
  }
});

test('vectors of another length or memory are refused', () => {
  const own = memory.float32(4);
  const foreign = new Float32Array(4);
  expect(() => scale(memory, foreign, 1)).toThrow(/vector hold 4 numbers: give a view of the memory/);
  expect(() => polyak(memory, own, memory.float32(3), 0.1)).toThrow(/source hold 3 numbers/);
  const options = { parameters: own, gradients: own, firstMoment: own, secondMoment: own, learningRate: 0.1 };
  expect(() => adam(memory, { ...options, step: 0 })).toThrow(/step is 0/);
  expect(() => adam(memory, { ...options, step: 1, gradients: foreign })).toThrow(/gradients hold 4/);
});
