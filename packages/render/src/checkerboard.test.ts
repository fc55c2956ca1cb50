import { expect, test } from 'vitest';
import { squareWaveMean } from './checkerboard.ts';

test('the mean of the square wave is that of many points, in one square, over an edge and over many', () => {
  for (const x of [-3.2, -0.5, 0.04, 0.5, 1.3, 1.98, 7.5]) {
    for (const width of [1e-9, 0.2, 0.9, 1, 2.7, 31.4]) {
      const points = 20_000;
      let sum = 0;
      for (let i = 0; i < points; i++) {
        sum += Math.floor(x + width * ((i + 0.5) / points - 0.5)) % 2 === 0 ? 1 : -1;
      }
      expect(Math.abs(squareWaveMean(x, width) - sum / points)).toBeLessThan(4e-3);
    }
  }
});
