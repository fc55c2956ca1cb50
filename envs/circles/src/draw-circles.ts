import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';
import { circleRadii } from './circles.ts';

const faint: Color = [205, 205, 210];
const modeColors: readonly Color[] = [
  [214, 96, 77],
  [67, 147, 195],
  [90, 160, 90],
];
const dark: Color = [40, 40, 50];

/** A picture of the circles, the one of `mode` in its colour, and a path `[n, 2]` that ends in the agent. */
export function drawCircles(
  mode: number,
  path: Float64Array,
  { width = 256, height = 256 }: RenderOptions = {},
): RenderFrame {
  const canvas = new Canvas({ width, height });
  canvas.setView({ left: -34, right: 34, bottom: -24, top: 44 });
  for (const radius of circleRadii) canvas.strokeCircle(0, radius, Math.abs(radius), 1.5, faint);
  canvas.strokeCircle(0, circleRadii[mode], Math.abs(circleRadii[mode]), 2.5, modeColors[mode]);
  canvas.strokeLine(path, 1.5, dark);
  canvas.fillCircle(path[path.length - 2], path[path.length - 1], 1, dark);
  return canvas.frame();
}
