import { InputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import { distance } from './ball.ts';
import { d4rlLayout, type MazeLayout } from './maze-layout.ts';
import { type Cell, type MazeInput, MazeMap, type Position, parseMaze } from './maze-map.ts';
import { shortestPath } from './shortest-path.ts';

/** Parameters of {@link WaypointController}; the defaults are D4RL's. */
export interface WaypointControllerOptions {
  /** Coordinates of the observations; default {@link d4rlLayout}, of maze2d. */
  layout?: MazeLayout;
  /** Force per metre to the waypoint; default 10. */
  pGain?: number;
  /** Force per m/s; default -1. */
  dGain?: number;
  /** A waypoint is reached within this, m; default 0.1. */
  solveThreshold?: number;
  /**
   * ... and if the ball has moved less than this since the last action, m; default 0.1. A ball at its greatest speed moves
   * 0.07 m, so it only ever holds back the first action after a plan.
   */
  velocityThreshold?: number;
  /** Waypoints before the last are shifted by up to this towards the maze's first row and column, m; default 0.2. */
  jitter?: number;
  /** Standard deviation of the normal noise on actions, before they are clipped; default 0. D4RL's data has 0.5. */
  noise?: number;
  /** Draws jitter and noise; default 0. */
  seed?: number;
  /** Goes to the target itself at the end, rather than to the position of its cell as D4RL's does; default false. */
  exactTarget?: boolean;
}

const defaults = {
  layout: d4rlLayout,
  pGain: 10,
  dGain: -1,
  solveThreshold: 0.1,
  velocityThreshold: 0.1,
  jitter: 0.2,
  noise: 0,
  seed: 0,
  exactTarget: false,
};

/**
 * D4RL's waypoint controller: plans the shortest way through the cells and follows it with a proportional-derivative
 * force, one waypoint after the other.
 *
 * It plans when the target's cell changes, and only then: in a new episode with the same target it goes on with the plan
 * it has unless {@link reset} is called. D4RL's reference scores were measured without that call.
 */
export class WaypointController {
  readonly maze: MazeMap;
  readonly #options: typeof defaults;
  readonly #generator: Generator;
  #waypoints: readonly Position[] = [];
  #next = 0;
  #goal: Position | undefined;
  #goalCell: Cell | undefined;
  #lastPosition: Position = { x: 0, y: 0 };
  #solved = false;

  /** @throws InputError for a wrong map or parameter. */
  constructor(maze: MazeInput | MazeMap, options: WaypointControllerOptions = {}) {
    this.maze = maze instanceof MazeMap ? maze : parseMaze(maze, { input: 'the maze of the waypoint controller' });
    this.#options = readControllerOptions(options);
    this.#generator = defaultRng(this.#options.seed);
  }

  /** Whether the ball was at the target, and slow, when the last action was asked for. */
  get solved(): boolean {
    return this.#solved;
  }

  /** Where the plan leads, from where it began to the target; empty before the first action. */
  get waypoints(): readonly Position[] {
    return this.#waypoints;
  }

  /** Forgets the plan, so that the next action plans from where the ball is then. */
  reset(): void {
    this.#goalCell = undefined;
    this.#solved = false;
  }

  /**
   * The force to apply.
   *
   * @param observation - Position and velocity of the ball, `[4]`: a maze2d observation, or `observation` of PointMaze.
   * @param target - Where to go, `[2]`.
   * @param out - Takes the action, `[2]` in [-1, 1]; a new array unless given.
   * @throws InputError if there is no way from the ball to the target.
   */
  control(observation: ArrayLike<number>, target: ArrayLike<number>, out = new Float32Array(2)): Float32Array {
    const { pGain, dGain, solveThreshold, velocityThreshold, noise, layout } = this.#options;
    const at = { x: observation[0], y: observation[1] };
    const targetCell = layout.cellAt({ x: target[0], y: target[1] });
    if (!this.#goal || targetCell.row !== this.#goalCell?.row || targetCell.column !== this.#goalCell.column) {
      this.#plan(at, targetCell, { x: target[0], y: target[1] });
    }
    const goal = this.#goal as Position;
    const slow = apart(this.#lastPosition, at) < velocityThreshold;
    this.#solved = slow && apart(at, goal) < solveThreshold;
    const waypoint = this.#solved ? goal : this.#waypoints[this.#next];
    const force = [
      pGain * (waypoint.x - at.x) + dGain * observation[2],
      pGain * (waypoint.y - at.y) + dGain * observation[3],
    ];
    for (let i = 0; i < 2; i++) {
      const noisy = noise > 0 ? force[i] + noise * this.#generator.standardNormal() : force[i];
      out[i] = Math.max(-1, Math.min(1, noisy));
    }
    const last = this.#waypoints.length - 1;
    if (!this.#solved && slow && apart(at, waypoint) < solveThreshold && this.#next < last) this.#next++;
    this.#lastPosition = at;
    return out;
  }

  #plan(from: Position, targetCell: Cell, target: Position): void {
    const { layout, jitter, exactTarget } = this.#options;
    const start = layout.cellAt(from);
    const path = shortestPath(this.maze, start, targetCell);
    if (!path) {
      throw new InputError(
        `the maze has no way from cell (${start.row}, ${start.column}) to cell (${targetCell.row}, ${targetCell.column}); ` +
          'put ball and target into cells that are joined',
      );
    }
    const goal = exactTarget ? target : layout.positionOf(targetCell);
    this.#waypoints = path.map((cell, i) => {
      if (i === path.length - 1) return goal;
      const { x, y } = layout.positionOf(cell);
      const shiftedX = x - jitter * this.#generator.random();
      return { x: shiftedX, y: y - jitter * this.#generator.random() };
    });
    this.#goal = goal;
    this.#goalCell = targetCell;
    this.#next = 0;
    this.#lastPosition = layout.positionOf(start);
  }
}

function apart(a: Position, b: Position): number {
  return distance(a.x, a.y, b.x, b.y);
}

function readControllerOptions(options: WaypointControllerOptions): typeof defaults {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => !Object.hasOwn(defaults, name));
  if (unknown) {
    throw new InputError(
      `the waypoint controller has no option "${unknown[0]}"; it takes ${Object.keys(defaults).join(', ')}`,
    );
  }
  for (const [name, value] of given) {
    if (typeof value !== 'number') continue;
    const mayBeNegative = name === 'dGain' || name === 'pGain';
    if (Number.isFinite(value) && (mayBeNegative || value >= 0)) continue;
    const expected = mayBeNegative ? 'a finite number' : 'a finite number of at least 0';
    throw new InputError(`option ${name} of the waypoint controller is ${value}, expected ${expected}`);
  }
  return { ...defaults, ...Object.fromEntries(given) };
}
