import type { Cell, MazeMap, Position } from '@understudy/env-maze2d';
import { InputError } from '@understudy/errors';
import type { Generator } from '@understudy/random';
import { antMazeLayout, cellSide } from './ant-maze-layout.ts';
import { distance } from './goal-options.ts';

/** Draws before the search for a start or a goal is given up. */
const mostDraws = 10_000;

/** A start is drawn again while it is this near to the goal, m. */
const nearestStart = 0.5 * cellSide;

/** Where goals and starts lie in Gymnasium-Robotics' AntMaze; draws come in the original's order. */
export class GoalDraws {
  readonly #id: string;
  readonly #maze: MazeMap;
  readonly #noise: number;

  /** @param noise - Half width of the noise around the middle of a cell, in cells. */
  constructor(id: string, maze: MazeMap, noise: number) {
    this.#id = id;
    this.#maze = maze;
    this.#noise = noise;
  }

  /** A place in a cell, or in one of those for goals. */
  goal(generator: Generator, cell: Cell = pick(generator, this.#maze.goals)): Position {
    return this.#addNoise(generator, cell);
  }

  /** A place in a cell, or in one of those for starts whose middle is more than half a cell from the goal. */
  start(generator: Generator, goal: Position, cell: Cell = this.#farStart(generator, goal)): Position {
    return this.#addNoise(generator, cell);
  }

  /** A goal more than `radius` from a place. */
  otherGoal(generator: Generator, x: number, y: number, radius: number): Position {
    for (let i = 0; i < mostDraws; i++) {
      const goal = this.goal(generator);
      if (distance(x, y, goal.x, goal.y) > radius) return goal;
    }
    throw new InputError(
      `the maze of ${this.#id} has no other goal ${radius} m from the one reached; mark another one`,
    );
  }

  #farStart(generator: Generator, goal: Position): Cell {
    const layout = antMazeLayout(this.#maze);
    for (let i = 0; i < mostDraws; i++) {
      const cell = pick(generator, this.#maze.starts);
      const { x, y } = layout.positionOf(cell);
      if (distance(x, y, goal.x, goal.y) > nearestStart) return cell;
    }
    throw new InputError(
      `the maze of ${this.#id} has no start that is ${nearestStart} m from the goal; mark another one`,
    );
  }

  #addNoise(generator: Generator, cell: Cell): Position {
    const { x, y } = antMazeLayout(this.#maze).positionOf(cell);
    const noisyX = x + generator.uniform(-this.#noise, this.#noise) * cellSide;
    return { x: noisyX, y: y + generator.uniform(-this.#noise, this.#noise) * cellSide };
  }
}

function pick(generator: Generator, cells: readonly Cell[]): Cell {
  return cells[generator.integers(cells.length)];
}
