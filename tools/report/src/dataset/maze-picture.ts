import { coordinate, type Drawing, draw } from '../drawing.ts';
import { formatCount } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { cloneColour, expertColour, hairline, ink } from '../palette.ts';
import type { InspectedDataset, MazePlan } from './input.ts';

const cellPixels = 72;
/** Least and greatest opacity of a square that was visited. */
const faintest = 0.06;
const densest = 0.62;

/** The maze from above as its map is written, with how often each place was visited and with some of the paths. */
export function drawMazePaths(maze: MazePlan, paths: NonNullable<InspectedDataset['paths']>): Drawing {
  const width = maze.columns * cellPixels;
  const height = maze.rows * cellPixels;
  const goal = maze.target ? ' The circle is the target.' : '';
  return draw({
    name: 'maze',
    description: `Where the episodes went: the darker a place the more often it was visited, with ${formatCount(paths.paths.length, 'path')} drawn, each from its dot.${goal}`,
    width,
    height,
    content: markup`${visited(maze, paths)}${walls(maze)}${lines(maze, paths)}${target(maze)}`,
  });
}

function pixels(maze: MazePlan, x: number, y: number): [number, number] {
  const { row, column } = maze.placeOf(x, y);
  return [(column + 0.5) * cellPixels, (row + 0.5) * cellPixels];
}

function visited(maze: MazePlan, { visits }: NonNullable<InspectedDataset['paths']>): Markup[] {
  const most = visits.cells.reduce((greatest, [, , count]) => Math.max(greatest, count), 1);
  return visits.cells.map(([i, j, count]) => {
    const [ax, ay] = pixels(maze, i / visits.perUnit, j / visits.perUnit);
    const [bx, by] = pixels(maze, (i + 1) / visits.perUnit, (j + 1) / visits.perUnit);
    const share = Math.log1p(count) / Math.log1p(most);
    const opacity = faintest + (densest - faintest) * share;
    return markup`<rect x="${coordinate(Math.min(ax, bx))}" y="${coordinate(Math.min(ay, by))}" width="${coordinate(Math.abs(bx - ax))}" height="${coordinate(Math.abs(by - ay))}" fill="${expertColour}" fill-opacity="${coordinate(opacity)}" shape-rendering="crispEdges"/>`;
  });
}

function walls({ walls }: MazePlan): Markup {
  const squares = walls.map(
    ({ row, column }) =>
      markup`<rect x="${column * cellPixels}" y="${row * cellPixels}" width="${cellPixels}" height="${cellPixels}"/>`,
  );
  return markup`<g fill="${hairline}" shape-rendering="crispEdges">${squares}</g>`;
}

function lines(maze: MazePlan, { paths }: NonNullable<InspectedDataset['paths']>): Markup {
  const drawn = paths.map((path) => {
    const points: string[] = [];
    for (let i = 0; i < path.length; i += 2) {
      points.push(
        pixels(maze, path[i], path[i + 1])
          .map(coordinate)
          .join(','),
      );
    }
    const [startX, startY] = points[0].split(',');
    return markup`<polyline points="${points.join(' ')}" fill="none" stroke="${cloneColour}" stroke-width="1.25" stroke-opacity="0.45" stroke-linejoin="round"/><circle cx="${startX}" cy="${startY}" r="2.5" fill="${cloneColour}"/>`;
  });
  return markup`<g>${drawn}</g>`;
}

function target(maze: MazePlan): Markup | undefined {
  if (!maze.target) return undefined;
  const { x, y, radius } = maze.target;
  const [cx, cy] = pixels(maze, x, y);
  const r = (radius / maze.cellSize) * cellPixels;
  return markup`<circle cx="${coordinate(cx)}" cy="${coordinate(cy)}" r="${coordinate(r)}" fill="none" stroke="${ink}" stroke-width="2" stroke-dasharray="5,4"/>`;
}
