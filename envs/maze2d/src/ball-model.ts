import {
  actuator,
  body,
  compiler,
  defaults,
  geom,
  joint,
  mjcf,
  motor,
  option,
  site,
  worldbody,
} from '@understudy/mujoco/mjcf';
import type { Cell, MazeMap, Position } from './maze-map.ts';

type Rgba = readonly [number, number, number, number];

/** Where the walls stand and what the elements are called; the physics of both families of tasks is the same. */
interface MazeLook {
  /** The ball's place when both joints are at 0, m. */
  ballAt: Position;
  /** Height of the walls' centres, m. */
  wallHeight: number;
  wallName: string;
  wallType: 1 | 2;
  wallColor?: Rgba;
  targetName: string;
  targetHeight: number;
  motorNames: readonly [x?: string, y?: string];
  centreOf(cell: Cell): Position;
}

/**
 * A ball of 0.1 m and 4.19 kg (density 1000) that slides in the plane, pushed by two motors of 100 N, among boxes of
 * half a metre each way: no gravity, damping 1, steps of 0.01 s.
 */
function ballModel(maze: MazeMap, look: MazeLook): string {
  const walls = maze.walls.map((cell) => {
    const { x, y } = look.centreOf(cell);
    return geom({
      name: `${look.wallName}_${cell.row}_${cell.column}`,
      type: 'box',
      pos: [x, y, look.wallHeight],
      size: [0.5, 0.5, 0.2],
      contype: look.wallType,
      conaffinity: 1,
      rgba: look.wallColor,
    });
  });
  const ball = body(
    { name: 'particle', pos: [look.ballAt.x, look.ballAt.y, 0] },
    joint({ name: 'ball_x', type: 'slide', axis: [1, 0, 0] }),
    joint({ name: 'ball_y', type: 'slide', axis: [0, 1, 0] }),
    geom({ name: 'particle_geom', type: 'sphere', size: [0.1], contype: 1, rgba: [0, 0, 1, 0] }),
    site({ name: 'particle_site', size: [0.2], rgba: [0.3, 0.6, 0.3, 1] }),
  );
  return mjcf(
    { model: 'point_maze' },
    compiler({ angle: 'radian', inertiafromgeom: true }),
    option({ timestep: 0.01, gravity: [0, 0, 0], iterations: 20, integrator: 'Euler' }),
    defaults(
      joint({ damping: 1, limited: false }),
      geom({ friction: [0.5, 0.1, 0.1], density: 1000, margin: 0.002, condim: 1, contype: 2, conaffinity: 1 }),
    ),
    worldbody(
      geom({ name: 'ground', type: 'plane', size: [40, 40, 0.25], pos: [0, 0, -0.1], contype: 1, conaffinity: 0 }),
      ...walls,
      site({ name: look.targetName, pos: [0, 0, look.targetHeight], size: [0.2], rgba: [0.6, 0.3, 0.3, 1] }),
      ball,
    ),
    actuator(
      ...(['ball_x', 'ball_y'] as const).map((name, i) =>
        motor({ name: look.motorNames[i], joint: name, ctrlrange: [-1, 1], ctrllimited: true, gear: [100] }),
      ),
    ),
  );
}

/**
 * D4RL's maze2d: x counts rows and y columns. A wall of row r stands at x = r + 1 and the ball at 1.2 + its position, so
 * the middle of cell (r, c) is at position (r - 0.2, c - 0.2).
 */
export function maze2dModel(maze: MazeMap): string {
  return ballModel(maze, {
    ballAt: { x: 1.2, y: 1.2 },
    wallHeight: 0,
    wallName: 'wall',
    wallType: 2,
    targetName: 'target_site',
    targetHeight: 0,
    motorNames: [],
    centreOf: ({ row, column }) => ({ x: row + 1, y: column + 1 }),
  });
}

/** Gymnasium-Robotics' PointMaze: the middle of the maze is the origin, x goes right and y goes up. */
export function pointMazeModel(maze: MazeMap): string {
  return ballModel(maze, {
    ballAt: { x: 0, y: 0 },
    wallHeight: 0.2,
    wallName: 'block',
    wallType: 1,
    wallColor: [0.7, 0.5, 0.3, 1],
    targetName: 'target',
    targetHeight: 0.2,
    motorNames: ['motor_x', 'motor_y'],
    centreOf: (cell) => maze.centreOf(cell, 1),
  });
}
