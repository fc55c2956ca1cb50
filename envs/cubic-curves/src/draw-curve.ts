import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';
import { cubicAt, pointX } from './curves.ts';
import { fitCubic } from './evaluation.ts';

const frameColor: Color = [205, 205, 210];
const fitColor: Color = [90, 160, 90];
const pathColor: Color = [67, 147, 195];
const agentColor: Color = [214, 96, 77];

/** A picture of the points so far, and of the least-squares cubic once the curve is complete. */
export function drawCurve(
  ys: Float64Array,
  complete: boolean,
  { width = 256, height = 256 }: RenderOptions = {},
): RenderFrame {
  const canvas = new Canvas({ width, height });
  canvas.setView({ left: -1.1, right: 1.1, bottom: -1.1, top: 1.1 });
  canvas.strokeLine([-1, -1, 1, -1, 1, 1, -1, 1, -1, -1], 1, frameColor);
  if (complete) {
    const { coefficients } = fitCubic(ys);
    canvas.strokeLine(
      Array.from({ length: 101 }, (_, i) => i / 50 - 1).flatMap((x) => [x, cubicAt(coefficients, x)]),
      3,
      fitColor,
    );
  }
  canvas.strokeLine(
    Array.from(ys).flatMap((y, i) => [pointX(i), y]),
    1.5,
    pathColor,
  );
  for (let i = 0; i < ys.length; i++) canvas.fillCircle(pointX(i), ys[i], 0.02, pathColor);
  canvas.fillCircle(pointX(ys.length - 1), ys[ys.length - 1], 0.035, agentColor);
  return canvas.frame();
}
