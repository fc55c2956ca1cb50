import { beforeAll, expect, test } from 'vitest';
import { FlatAdam } from './flat-adam.ts';
import { tf } from './index.ts';
import { loadTensorBackend } from './load-backend.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

test.each([
  { maxGradientNorm: Infinity, weightDecay: 0 },
  { maxGradientNorm: 0.7, weightDecay: 0.01 },
])('steps are those of the paper, with clipping and weight decay: %o', (options) => {
  const adam = new FlatAdam(3, { ...options, epsilon: 1e-5 });
  const expected = { p: [1, -2, 3], m: [0, 0, 0], v: [0, 0, 0] };
  let parameters = tf.tensor1d(expected.p);
  for (let t = 1; t <= 5; t++) {
    const g = [Math.sin(t), 0.1 * t, -2];
    const norm = Math.hypot(...g);
    const scale = Math.min(1, options.maxGradientNorm / (norm + 1e-6));
    g.forEach((raw, i) => {
      const gradient = raw * scale;
      expected.m[i] = 0.9 * expected.m[i] + 0.1 * gradient;
      expected.v[i] = 0.999 * expected.v[i] + 0.001 * gradient ** 2;
      const [m, v] = [expected.m[i] / (1 - 0.9 ** t), expected.v[i] / (1 - 0.999 ** t)];
      expected.p[i] = expected.p[i] * (1 - 0.02 * options.weightDecay) - (0.02 * m) / (Math.sqrt(v) + 1e-5);
    });
    const step = adam.step(parameters, tf.tensor1d(g), 0.02);
    parameters = step.parameters;
    expect(step.gradientNorm.dataSync()[0]).toBeCloseTo(norm, 5);
  }
  expect(adam.steps).toBe(5);
  [...parameters.dataSync()].forEach((value, i) => {
    expect(value).toBeCloseTo(expected.p[i], 5);
  });
});

test('a saved state goes on exactly, and another size is refused', async () => {
  const gradient = tf.tensor1d([0.3, -0.2]);
  const start = tf.tensor1d([1, 2]);
  const first = new FlatAdam(2);
  first.step(start, gradient, 0.1);
  const saved = await first.save();
  const second = new FlatAdam(2);
  second.restore(saved);
  const [expected, found] = [first, second].map((adam) => [...adam.step(start, gradient, 0.1).parameters.dataSync()]);
  expect(found).toEqual(expected);
  expect(() => new FlatAdam(3).restore(saved)).toThrow(/is of 2 parameters where 3 are expected/);
});
