import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas } from '@understudy/render';
import { colors } from './colors.ts';

/** A picture of a position over the last hundred steps, with the band that it should keep to; beyond 3 it leaves it. */
export function drawTrace(
  trace: Float64Array,
  halfWidth: number,
  { width = 256, height = 256 }: RenderOptions = {},
): RenderFrame {
  const canvas = new Canvas({ width, height });
  canvas.setView({ left: 0, right: 6, bottom: -3, top: 3 });
  canvas.fillRectangle(0, -halfWidth, 6, halfWidth, colors.band);
  canvas.strokeLine([0, 0, 6, 0], 1, colors.frame);
  const points = Array.from(trace).flatMap((position, i) => [0.2 + (5.6 * i) / 100, position]);
  canvas.strokeLine(points, 1.5, colors.path);
  canvas.fillCircle(points[points.length - 2] ?? 0.2, points[points.length - 1] ?? 0, 0.1, colors.agent);
  return canvas.frame();
}
