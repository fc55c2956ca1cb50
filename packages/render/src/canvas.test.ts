import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Canvas } from './canvas.ts';

const black = [0, 0, 0] as const;

/** Covered pixels, if black is drawn on white. */
function inkOf(canvas: Canvas): number {
  const { data } = canvas.frame();
  let ink = 0;
  for (let i = 0; i < data.length; i += 3) ink += 1 - data[i] / 255;
  return ink;
}

function pixel(canvas: Canvas, x: number, y: number): number[] {
  const { data, width } = canvas.frame();
  return Array.from(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3));
}

test('areas are those of the shapes, wherever they lie', () => {
  const place = fc.double({ min: 20, max: 44, noNaN: true });
  const size = fc.double({ min: 2, max: 15, noNaN: true });
  fc.assert(
    fc.property(place, place, size, (x, y, r) => {
      const draw = (paint: (canvas: Canvas) => void) => {
        const canvas = new Canvas({ width: 64, height: 64 });
        paint(canvas);
        return inkOf(canvas);
      };
      expect(draw((c) => c.fillCircle(x, y, r, black))).toBeCloseTo(Math.PI * r * r, -1);
      expect(Math.abs(draw((c) => c.fillCircle(x, y, r, black)) - Math.PI * r * r)).toBeLessThan(0.3 * r);
      expect(Math.abs(draw((c) => c.strokeCircle(x, y, r, 2, black)) - 4 * Math.PI * r)).toBeLessThan(0.3 * r);
      const rectangle = draw((c) => c.fillRectangle(x - r, y - r / 2, x + r, y + r / 2, black));
      expect(Math.abs(rectangle - 2 * r * r)).toBeLessThan(0.1 * r + 0.1);
      const corners = [x - r, y - r, x + r, y - r / 2, x, y + r];
      const triangle = Math.abs((2 * r * 2 * r - r * (r / 2)) / 2);
      expect(Math.abs(draw((c) => c.fillPolygon(corners, black)) - triangle)).toBeLessThan(0.15 * r);
      const line = draw((c) => c.strokeLine([x - r, y, x + r, y + r / 2], 3, black));
      expect(Math.abs(line - (3 * r * Math.hypot(2, 0.5) + (Math.PI * 9) / 4))).toBeLessThan(0.2 * r + 1);
    }),
    { numRuns: 100 },
  );
});

test('the view puts y up, keeps the scale and centres', () => {
  const canvas = new Canvas({ width: 40, height: 20 });
  canvas.setView({ left: -1, right: 1, bottom: -1, top: 1 });
  expect(canvas.scale).toBe(10);
  canvas.fillRectangle(0, 0, 1, 1, black);
  expect(pixel(canvas, 20, 9)).toEqual([0, 0, 0]);
  expect(pixel(canvas, 29, 0)).toEqual([0, 0, 0]);
  expect(pixel(canvas, 30, 5)).toEqual([255, 255, 255]);
  expect(pixel(canvas, 20, 10)).toEqual([255, 255, 255]);
  expect(inkOf(canvas)).toBe(100);
});

test('a polygon half over the edge of the canvas is cut, and what follows is not stained', () => {
  const canvas = new Canvas({ width: 20, height: 20 });
  canvas.fillPolygon([-30, -30, 10, -30, 10, 50, -30, 50], black);
  expect(inkOf(canvas)).toBe(200);
  canvas.clear();
  for (const [x, y] of [
    [-50, 10],
    [70, 10],
    [10, -50],
    [10, 70],
  ]) {
    canvas.fillPolygon([x - 5, y - 5, x + 5, y - 5, x, y + 5], black);
  }
  canvas.fillPolygon([15, 5, 60, 5, 60, 15, 15, 15], black);
  expect(inkOf(canvas)).toBe(50);
  canvas.clear();
  canvas.fillPolygon([0, 0, 20, 0, 20, 20, 0, 20], black);
  expect(inkOf(canvas)).toBe(400);
});

test('whatever is drawn stays in the canvas and comes out the same twice', () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 6, maxLength: 12 }), number, (values, size) => {
      const points = values.slice(0, 2 * Math.floor(values.length / 2));
      const draw = () => {
        const canvas = new Canvas({ width: 17, height: 16, background: [9, 9, 9] });
        canvas.fillPolygon(points, [255, 0, 0]);
        canvas.strokeLine(points, Math.abs(size), [0, 255, 0]);
        canvas.fillCircle(points[0], points[1], Math.abs(size), [0, 0, 255]);
        canvas.strokeCircle(points[2], points[3], Math.abs(size), 3, [1, 2, 3]);
        canvas.fillRectangle(points[0], points[1], points[2], points[3], [4, 5, 6]);
        return canvas.frame().data;
      };
      const first = draw();
      expect(first.length).toBe(17 * 16 * 3);
      expect(draw()).toEqual(first);
    }),
    { numRuns: 100 },
  );
});

test('a frame is a copy', () => {
  const canvas = new Canvas({ width: 16, height: 16 });
  const before = canvas.frame();
  canvas.clear(black);
  expect(before.data[0]).toBe(255);
});

test('wrong inputs are told in a sentence', () => {
  expect(() => new Canvas({ width: 15, height: 20 })).toThrow(/width.*16 to 4096.*15/);
  expect(() => new Canvas({ width: 20, height: 4097 })).toThrow(/height/);
  expect(() => new Canvas({ width: 20.5, height: 20 })).toThrow(/whole number/);
  const canvas = new Canvas({ width: 16, height: 16 });
  expect(() => canvas.setView({ left: 1, right: 1, bottom: 0, top: 1 })).toThrow(/left < right/);
  expect(() => canvas.fillCircle(Number.NaN, 0, 1, black)).toThrow(/finite/);
  expect(() => canvas.strokeLine([0, 1, 2], 1, black)).toThrow(/pairs/);
  expect(() => canvas.fillPolygon([0, 1, Number.POSITIVE_INFINITY, 2], black)).toThrow(/finite/);
});
