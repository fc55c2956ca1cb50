import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';
import { type MazeLayout, particleRadius, wallRadius } from './layout.ts';

const wallColor: Color = [70, 74, 92];
const goalColor: Color = [90, 160, 90];
const particleColor: Color = [214, 96, 77];
const pathColor: Color = [67, 147, 195];
const margin = 0.05;

/** A picture of the maze from above, with the goal and a path `[n, 2]` that ends in the particle. */
export function drawMaze(
  layout: MazeLayout,
  path: Float64Array,
  { width = 256, height = 256 }: RenderOptions = {},
): RenderFrame {
  const { left, right, bottom, top } = layout;
  const canvas = new Canvas({ width, height });
  canvas.setView({ left: left - margin, right: right + margin, bottom: bottom - margin, top: top + margin });
  canvas.fillCircle(layout.goal[0], layout.goal[1], particleRadius, goalColor);
  drawCapsule(canvas, left, bottom, right, bottom);
  drawCapsule(canvas, left, top, right, top);
  drawCapsule(canvas, left, bottom, left, top);
  drawCapsule(canvas, right, bottom, right, top);
  for (const { x1, x2, y } of layout.walls) drawCapsule(canvas, x1, y, x2, y);
  canvas.strokeLine(path, 1.5, pathColor);
  canvas.fillCircle(path[path.length - 2], path[path.length - 1], particleRadius, particleColor);
  return canvas.frame();
}

/** A wall along an upright or level line. */
function drawCapsule(canvas: Canvas, x1: number, y1: number, x2: number, y2: number): void {
  const [acrossX, acrossY] = x1 === x2 ? [wallRadius, 0] : [0, wallRadius];
  canvas.fillRectangle(x1 - acrossX, y1 - acrossY, x2 + acrossX, y2 + acrossY, wallColor);
  canvas.fillCircle(x1, y1, wallRadius, wallColor);
  canvas.fillCircle(x2, y2, wallRadius, wallColor);
}
