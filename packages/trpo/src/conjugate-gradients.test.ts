import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { ConjugateGradients, type MatrixProduct } from './conjugate-gradients.ts';

const exact = { iterations: 1000, tolerance: 0 };

/** B^T B / size + I for a random B, symmetric and positive, `[size, size]`. */
function drawMatrix(size: number, seed: number): number[][] {
  const generator = defaultRng(seed);
  const factor = Array.from({ length: size }, () => Array.from({ length: size }, () => generator.standardNormal()));
  return factor.map((_, i) =>
    factor.map((_, j) => factor.reduce((sum, row) => sum + (row[i] * row[j]) / size, i === j ? 1 : 0)),
  );
}

const productWith =
  (matrix: number[][]): MatrixProduct =>
  (vector, out) =>
    matrix.forEach((row, i) => {
      out[i] = row.reduce((sum, value, j) => sum + value * vector[j], 0);
    });

test.each([1, 2, 3, 5, 8, 13, 34])(
  'a random symmetric positive system of %d unknowns is solved in as many steps',
  (size) => {
    for (let seed = 0; seed < 20; seed++) {
      const multiply = productWith(drawMatrix(size, seed));
      const expected = Float64Array.from({ length: size }, (_, i) => Math.cos(3 * i + seed));
      const b = new Float64Array(size);
      const x = new Float64Array(size).fill(99);
      multiply(expected, b);
      const iterations = new ConjugateGradients(size).solve(multiply, b, x, { iterations: size, tolerance: 1e-14 });
      expect(iterations).toBeLessThanOrEqual(size);
      for (let i = 0; i < size; i++) expect(Math.abs(x[i] - expected[i])).toBeLessThan(1e-6);
    }
  },
);

test('each step costs one product, and as many are made as there are distinct eigenvalues', () => {
  const diagonal = [2, 2, 2, 7, 7];
  let products = 0;
  const multiply: MatrixProduct = (vector, out) => {
    products++;
    diagonal.forEach((value, i) => {
      out[i] = value * vector[i];
    });
  };
  const x = new Float64Array(5);
  const b = Float64Array.of(2, 4, 6, 7, 14);
  expect(new ConjugateGradients(5).solve(multiply, b, x, { iterations: 50, tolerance: 1e-10 })).toBe(2);
  expect(products).toBe(2);
  [1, 2, 3, 1, 2].forEach((value, i) => {
    expect(x[i]).toBeCloseTo(value, 10);
  });
});

test('the tolerance is of the residual relative to the right side', () => {
  const matrix = drawMatrix(12, 3);
  const multiply = productWith(matrix);
  const b = Float64Array.from({ length: 12 }, (_, i) => 1e-3 * (i + 1));
  const residualAt = (tolerance: number) => {
    const x = new Float64Array(12);
    const product = new Float64Array(12);
    const iterations = new ConjugateGradients(12).solve(multiply, b, x, { iterations: 12, tolerance });
    multiply(x, product);
    return { iterations, share: Math.hypot(...b.map((value, i) => value - product[i])) / Math.hypot(...b) };
  };
  expect(residualAt(0.1).share).toBeLessThan(0.1);
  expect(residualAt(0.1).iterations).toBeLessThan(residualAt(1e-6).iterations);
  expect(residualAt(1e-6).share).toBeLessThan(1e-6);
});

test('nothing on the right side, nothing to do; a matrix that is not positive ends the search', () => {
  const solver = new ConjugateGradients(2);
  const x = Float64Array.of(5, 5);
  const negative = productWith([
    [-1, 0],
    [0, -1],
  ]);
  expect(solver.solve(negative, new Float64Array(2), x, exact)).toBe(0);
  expect([...x]).toEqual([0, 0]);
  expect(solver.solve(negative, Float64Array.of(1, 2), x, exact)).toBe(0);
  expect([...x]).toEqual([0, 0]);
});
