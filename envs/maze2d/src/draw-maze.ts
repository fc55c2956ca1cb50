import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';
import type { MazeMap } from './maze-map.ts';

/** What a picture of a maze shows, in the map's coordinates: x in columns, y in minus rows, a cell around its number. */
export interface MazePicture {
  readonly maze: MazeMap;
  readonly goalX: number;
  readonly goalY: number;
  /** Within this the goal counts as reached, cells. */
  readonly goalRadius: number;
  /** Where the ball has been, ending in where it is, `[n, 2]`. */
  readonly path: Float64Array;
}

const floor: Color = [250, 248, 243];
const wall: Color = [92, 86, 82];
const goalArea: Color = [247, 214, 206];
const goal: Color = [204, 72, 52];
const trail: Color = [150, 190, 160];
const ball: Color = [38, 120, 70];

/** Radius of the ball, cells. */
const ballRadius = 0.1;

/** The maze from above, as its map is written: row 0 at the top. */
export function drawMaze(picture: MazePicture, { width = 256, height = 256 }: RenderOptions = {}): RenderFrame {
  const { maze, goalX, goalY, goalRadius, path } = picture;
  const { rows, columns } = maze;
  const canvas = new Canvas({ width, height });
  const [left, right, bottom, top] = [-0.5, columns - 0.5, 0.5 - rows, 0.5];
  canvas.setView({ left, right, bottom, top });
  canvas.fillRectangle(left, bottom, right, top, floor);
  canvas.fillCircle(goalX, goalY, goalRadius, goalArea);
  for (const { row, columns } of wallRuns(maze)) {
    canvas.fillRectangle(columns[0] - 0.5, -row - 0.5, columns[1] + 0.5, 0.5 - row, wall);
  }
  canvas.fillCircle(goalX, goalY, ballRadius, goal);
  canvas.strokeLine(path, 2, trail);
  canvas.fillCircle(path[path.length - 2], path[path.length - 1], ballRadius, ball);
  return canvas.frame();
}

/** Walls side by side as one, so that no seams show between them. */
function wallRuns(maze: MazeMap): { row: number; columns: [first: number, last: number] }[] {
  const runs: { row: number; columns: [number, number] }[] = [];
  for (const { row, column } of maze.walls) {
    const last = runs.at(-1);
    if (last?.row === row && last.columns[1] === column - 1) last.columns[1] = column;
    else runs.push({ row, columns: [column, column] });
  }
  return runs;
}
