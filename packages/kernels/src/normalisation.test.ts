import { describe, expect, test } from 'vitest';
import { KernelMemory } from './kernel-memory.ts';
import { add, LayerNorm, spectralNorm, spectralNormBackward } from './normalisation.ts';
import { distance, normals } from './testing/numbers.ts';

const memory = KernelMemory.create();

function inMemory(values: Float32Array): Float32Array {
  const view = memory.float32(values.length);
  view.set(values);
  return view;
}

/** Layer normalisation in float64. */
function reference(inputs: ArrayLike<number>, parameters: ArrayLike<number>, size: number): Float64Array {
  const outputs = new Float64Array(inputs.length);
  for (let start = 0; start < inputs.length; start += size) {
    const row = Array.from({ length: size }, (_, i) => inputs[start + i]);
    const mean = row.reduce((sum, x) => sum + x, 0) / size;
    const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / size;
    row.forEach((x, i) => {
      outputs[start + i] = ((x - mean) / Math.sqrt(variance + 1e-5)) * parameters[i] + parameters[size + i];
    });
  }
  return outputs;
}

/** Central differences of `f` by every element of `x`. */
function slopes(f: () => number, x: Float64Array): Float64Array {
  return x.map((value, i) => {
    x[i] = value + 1e-6;
    const above = f();
    x[i] = value - 1e-6;
    const below = f();
    x[i] = value;
    return (above - below) / 2e-6;
  });
}

describe.each([1, 3, 4, 5, 16, 17, 37, 64])('layer normalisation of %i columns', (size) => {
  test.each([1, 2, 7])('%i rows agree with float64 and its finite differences', (batch) => {
    const norm = new LayerNorm(memory, { size, maxBatch: 7 });
    norm.parameters.set(normals(2 * size, 1));
    const inputs = normals(batch * size, 2, 3).map((x) => x + 5);
    const upstream = normals(batch * size, 3);
    const outputs = norm.forward(inMemory(inputs), batch).slice(0, batch * size);
    expect(distance(outputs, reference(inputs, norm.parameters, size))).toBeLessThan(3e-6);

    const [x, parameters] = [Float64Array.from(inputs), Float64Array.from(norm.parameters)];
    const loss = () => reference(x, parameters, size).reduce((sum, y, i) => sum + y * upstream[i], 0);
    const byInputs = norm.backward(inMemory(upstream), batch).slice(0, batch * size);
    if (size > 1) expect(distance(byInputs, slopes(loss, x))).toBeLessThan(3e-5);
    else expect(byInputs.every((value) => value === 0)).toBe(true);
    expect(distance(norm.gradients, slopes(loss, parameters))).toBeLessThan(1e-5);
    const once = norm.gradients.slice();
    norm.backward(inMemory(upstream), batch, { skipParameters: true });
    expect(norm.gradients).toEqual(once);
    norm.backward(inMemory(upstream), batch);
    expect(
      distance(
        norm.gradients,
        once.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-6);
  });
});

test('rows far from 0 keep their variance', () => {
  const norm = new LayerNorm(memory, { size: 8, maxBatch: 1 });
  const inputs = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).map((x) => x + 10_000);
  expect(distance(norm.forward(inMemory(inputs), 1), reference(inputs, norm.parameters, 8))).toBeLessThan(1e-5);
});

test.each([
  [1, 1],
  [5, 1],
  [1, 6],
  [7, 19],
  [40, 33],
])('the spectral norm of %i x %i weights is the largest stretch, and its gradient that of the division', (n, m) => {
  const weights = inMemory(normals(n * m, 4));
  const [left, right] = [inMemory(normals(n, 5)), inMemory(normals(m, 6))];
  const norm = spectralNorm(memory, { weights, left, right, iterations: 1000 });
  // At the largest singular value W^T W right = norm^2 right.
  const product = Float64Array.from({ length: m }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let row = 0;
      for (let k = 0; k < m; k++) row += weights[i * m + k] * right[k];
      sum += weights[i * m + j] * row;
    }
    return sum / (norm * norm);
  });
  expect(distance(right, product)).toBeLessThan(1e-4);
  // A random direction is stretched no further, in the mean by the Frobenius norm over the root of the columns.
  const frobenius = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));
  expect(norm).toBeLessThan(frobenius * 1.00001);
  expect(norm).toBeGreaterThan((frobenius / Math.sqrt(Math.min(n, m))) * 0.99999);
  expect(spectralNorm(memory, { weights, left, right, iterations: 0 })).toBeCloseTo(norm, 5);

  const upstream = normals(n * m, 7);
  const gradients = memory.float32(n * m).fill(2);
  const normalised = inMemory(weights.map((w) => w / norm));
  const normalisedGradients = inMemory(upstream);
  spectralNormBackward(memory, { gradients, normalisedGradients, normalised, left, right, norm });
  const wide = Float64Array.from(weights);
  const loss = () => {
    let sigma = 0;
    for (let i = 0; i < n * m; i++) sigma += left[Math.floor(i / m)] * wide[i] * right[i % m];
    return wide.reduce((sum, w, i) => sum + (upstream[i] * w) / sigma, 0);
  };
  const expected = slopes(loss, wide).map((slope) => slope + 2);
  expect(distance(gradients, expected)).toBeLessThan(2e-5);
});

test('add adds as many numbers as told', () => {
  const target = inMemory(normals(23, 1));
  const source = inMemory(normals(23, 2));
  const expected = target.map((value, i) => (i < 18 ? value + source[i] : value));
  add(memory, target, source, 18);
  expect(target).toEqual(expected);
});

test('wrong arguments are named', () => {
  expect(() => new LayerNorm(memory, { size: 0, maxBatch: 1 })).toThrow(/size is 0/);
  expect(() => new LayerNorm(memory, { size: 3, maxBatch: 1, parameters: new Float32Array(6) })).toThrow(
    /parameters hold 6/,
  );
  const norm = new LayerNorm(memory, { size: 3, maxBatch: 2 });
  expect(() => norm.forward(memory.float32(9), 3)).toThrow(/batch is 3.*1 to 2/);
  expect(() => norm.forward(new Float32Array(6), 2)).toThrow(/inputs hold 6 numbers: give a view/);
  const [left, right] = [memory.float32(2), memory.float32(3)];
  expect(() => spectralNorm(memory, { weights: memory.float32(5), left, right, iterations: 1 })).toThrow(
    /weights hold 5 numbers.* with 6/,
  );
  expect(() => add(memory, left, new Float32Array(2))).toThrow(/source holds 2/);
});
