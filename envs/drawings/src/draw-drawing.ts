import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';

const referenceColor: Color = [200, 205, 215];
const pathColor: Color = [67, 147, 195];
const agentColor: Color = [214, 96, 77];
const originColor: Color = [90, 160, 90];
const margin = 0.4;

/** A picture of reference curves, the origin, and a path `[n, 2]` that ends in the agent. */
export function drawDrawing(
  references: readonly Float64Array[],
  path: Float64Array,
  { width = 256, height = 256 }: RenderOptions = {},
): RenderFrame {
  const canvas = new Canvas({ width, height });
  const bounds = { left: 0, right: 0, bottom: 0, top: 0 };
  for (const points of references) {
    for (let i = 0; i < points.length; i += 2) {
      bounds.left = Math.min(bounds.left, points[i] - margin);
      bounds.right = Math.max(bounds.right, points[i] + margin);
      bounds.bottom = Math.min(bounds.bottom, points[i + 1] - margin);
      bounds.top = Math.max(bounds.top, points[i + 1] + margin);
    }
  }
  canvas.setView(bounds);
  for (const points of references) canvas.strokeLine(points, 4, referenceColor);
  canvas.fillCircle(0, 0, 0.06, originColor);
  canvas.strokeLine(path, 2, pathColor);
  canvas.fillCircle(path[path.length - 2], path[path.length - 1], 0.06, agentColor);
  return canvas.frame();
}
