import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MazeCell, type MazeInput, parseMaze } from './maze-map.ts';
import { d4rlMazes, gymnasiumMazes } from './standard-mazes.ts';

test('all forms of a map read alike', () => {
  const rows: MazeCell[][] = [
    [1, 1, 1, 1],
    [1, 0, 'g', 1],
    [1, 'r', 'c', 1],
    [1, 1, 1, 1],
  ];
  const forms: MazeInput[] = [
    '####\\#OG#\\#RC#\\####',
    '####\n#.G#\n#RC#\n####\n',
    '####\r\n#0G#\r\n#RC#\r\n####',
    rows,
  ];
  for (const form of forms) expect(parseMaze(form).cells).toEqual(rows);
  const maze = parseMaze(rows);
  expect([maze.rows, maze.columns, maze.walls.length]).toEqual([4, 4, 12]);
  expect(maze.free).toEqual([
    { row: 1, column: 1 },
    { row: 1, column: 2 },
    { row: 2, column: 1 },
    { row: 2, column: 2 },
  ]);
  expect(parseMaze(maze.toString()).cells).toEqual(rows);
});

test('marks say where goals and starts are; without marks they are in the free cells', () => {
  const places = (map: string) => {
    const maze = parseMaze(map);
    return { goals: maze.goals.map(({ column }) => column), starts: maze.starts.map(({ column }) => column) };
  };
  expect(places('#OOO#')).toEqual({ goals: [1, 2, 3], starts: [1, 2, 3] });
  expect(places('#GOO#')).toEqual({ goals: [1], starts: [2, 3] });
  expect(places('#ROO#')).toEqual({ goals: [2, 3], starts: [1] });
  expect(places('#CRGO#')).toEqual({ goals: [3, 1], starts: [2, 1] });
  expect(places('#COO#')).toEqual({ goals: [1], starts: [1] });
});

test.each<[string, MazeInput, string]>([
  ['an empty string', ' \n', 'mazeMap is empty; give it at least one cell'],
  ['no rows', [], 'mazeMap is empty'],
  ['no columns', [[], []], 'mazeMap is empty'],
  ['another type', 7 as unknown as MazeInput, 'mazeMap is 7, expected a string of rows or an array of rows'],
  ['rows of another type', [1, 0] as unknown as MazeInput, 'mazeMap is [1,0], expected'],
  ['ragged rows', '###\\#O#O\\###', 'row 1 of mazeMap has 4 cells and row 0 has 3; make all rows equally long'],
  ['an unknown symbol', '###\\#X#\\###', 'cell (1, 1) of mazeMap is "X", expected # for a wall'],
  ['an unknown cell', [[1, 2 as MazeCell]], 'cell (0, 1) of mazeMap is 2, expected 1 for a wall'],
  ['walls alone', '###\\###', 'mazeMap has no free cell; leave one for the start'],
  ['no start', '#GG#', 'mazeMap has no cell to start from'],
  ['no goal', '#RR#', 'mazeMap has no cell for a goal'],
])('%s is refused', (_, map, message) => {
  expect(() => parseMaze(map)).toThrow(message);
});

test('more goals than a task can use are refused with their places', () => {
  const map = '#####\\#GOG#\\#####';
  expect(() => parseMaze(map, { input: 'mazeSpec', maxGoals: 1 })).toThrow(
    'mazeSpec has 2 goals, at (1, 1) and (1, 3); mark 1 at most',
  );
  expect(parseMaze(map).goals).toHaveLength(2);
});

test('a cell lies around its own centre, the middle of the maze is the origin, x goes right and y goes up', () => {
  const maze = parseMaze(gymnasiumMazes.large);
  const side = fc.double({ min: 0.1, max: 10, noNaN: true });
  const within = fc.double({ min: -0.49, max: 0.49, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...maze.free), side, within, within, (cell, scale, dx, dy) => {
      const { x, y } = maze.centreOf(cell, scale);
      expect(maze.cellAt({ x: x + dx * scale, y: y + dy * scale }, scale)).toEqual(cell);
    }),
  );
  const umaze = parseMaze(gymnasiumMazes.umaze);
  expect(umaze.centreOf({ row: 2, column: 2 }, 4)).toEqual({ x: 0, y: 0 });
  expect(umaze.centreOf({ row: 1, column: 3 }, 4)).toEqual({ x: 4, y: 4 });
});

test('there is nothing but wall outside the map', () => {
  const maze = parseMaze('O');
  expect(maze.isWall(0, 0)).toBe(false);
  for (const [row, column] of [
    [-1, 0],
    [0, -1],
    [1, 0],
    [0, 1],
    [0.5, 0],
  ])
    expect(maze.isWall(row, column)).toBe(true);
});

test('the standard maps are closed, with one goal in D4RL and of the same walls in both collections', () => {
  for (const map of [...Object.values(d4rlMazes), ...Object.values(gymnasiumMazes)]) {
    const { rows, columns, free } = parseMaze(map);
    for (const { row, column } of free) {
      expect(row > 0 && row < rows - 1 && column > 0 && column < columns - 1).toBe(true);
    }
  }
  for (const map of Object.values(d4rlMazes)) expect(parseMaze(map).only('g')).toHaveLength(1);
  const walls = (map: string) => parseMaze(map).walls;
  for (const size of ['open', 'umaze', 'medium', 'large'] as const) {
    expect(walls(d4rlMazes[size])).toEqual(walls(gymnasiumMazes[size]));
    if (size === 'umaze') continue;
    expect(walls(gymnasiumMazes[`${size}DiverseG`])).toEqual(walls(gymnasiumMazes[size]));
    expect(walls(gymnasiumMazes[`${size}DiverseGR`])).toEqual(walls(gymnasiumMazes[size]));
  }
});
