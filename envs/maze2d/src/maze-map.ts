import { InputError } from '@understudy/errors';

/**
 * What a cell of a maze is, in Gymnasium-Robotics' words: 1 a wall, 0 free, `r` a start, `g` a goal, `c` either of them.
 */
export type MazeCell = 0 | 1 | 'r' | 'g' | 'c';

/**
 * A maze as its author writes it: D4RL's string or Gymnasium-Robotics' rows of cells.
 *
 * In a string, rows end with a backslash or a new line; `#` is a wall, `O`, `0`, `.` and a space are free, and `G`, `R`,
 * `C` are the cells `g`, `r`, `c`.
 */
export type MazeInput = string | readonly (readonly MazeCell[])[];

/** A cell by its row, counted from the top, and its column. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A place in the plane of the maze, m. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** What {@link parseMaze} checks beyond the form. */
export interface ParseMazeOptions {
  /** How messages name the map; default `mazeMap`. */
  input?: string;
  /** The most `g` cells that the task can use; any number by default. */
  maxGoals?: number;
}

/** A rectangle of cells: what {@link parseMaze} makes of a map, in which every row is as long as the first. */
export class MazeMap {
  /** `[rows][columns]`, from the top. */
  readonly cells: readonly (readonly MazeCell[])[];
  readonly rows: number;
  readonly columns: number;
  readonly walls: readonly Cell[];
  /** Every cell that is no wall. */
  readonly free: readonly Cell[];
  /**
   * Where a goal may lie: the `g`, then the `c` cells; every 0 cell of a map that has neither, as in Gymnasium-Robotics.
   * Row by row within each kind.
   */
  readonly goals: readonly Cell[];
  /** Where an episode may start: the `r`, then the `c` cells; every 0 cell of a map that has neither. */
  readonly starts: readonly Cell[];

  /** Use {@link parseMaze}, which checks the cells. */
  constructor(cells: readonly (readonly MazeCell[])[]) {
    this.cells = cells;
    this.rows = cells.length;
    this.columns = cells[0].length;
    this.walls = this.only(1);
    this.free = this.only(0, 'r', 'g', 'c');
    const either = this.only('c');
    const orEmpty = (marked: readonly Cell[]) => (marked.length > 0 ? marked : this.only(0));
    this.goals = orEmpty([...this.only('g'), ...either]);
    this.starts = orEmpty([...this.only('r'), ...either]);
  }

  /** The cells of these kinds, row by row. */
  only(...kinds: MazeCell[]): Cell[] {
    return this.cells.flatMap((cells, row) =>
      cells.flatMap((cell, column) => (kinds.includes(cell) ? [{ row, column }] : [])),
    );
  }

  /** Whether a cell is a wall; there is nothing but wall outside the map. */
  isWall(row: number, column: number): boolean {
    return (this.cells[row]?.[column] ?? 1) === 1;
  }

  /**
   * The centre of a cell as in Gymnasium-Robotics: columns go right, rows go down, and (0, 0) is the middle of the maze.
   *
   * @param scale - Side of a cell, m.
   */
  centreOf({ row, column }: Cell, scale: number): Position {
    return {
      x: (column + 0.5) * scale - (this.columns / 2) * scale,
      y: (this.rows / 2) * scale - (row + 0.5) * scale,
    };
  }

  /** The cell around a position, the inverse of {@link centreOf}; it may lie outside the map. */
  cellAt({ x, y }: Position, scale: number): Cell {
    return {
      row: Math.floor(((this.rows / 2) * scale - y) / scale),
      column: Math.floor((x + (this.columns / 2) * scale) / scale),
    };
  }

  /** The map as D4RL writes it, rows separated by backslashes. */
  toString(): string {
    return this.cells.map((row) => row.map((cell) => symbols[cell]).join('')).join('\\');
  }
}

const symbols: Readonly<Record<MazeCell, string>> = { 0: 'O', 1: '#', r: 'R', g: 'G', c: 'C' };

const cellsBySymbol: Readonly<Record<string, MazeCell>> = {
  '#': 1,
  O: 0,
  '0': 0,
  '.': 0,
  ' ': 0,
  R: 'r',
  G: 'g',
  C: 'c',
};

/**
 * Reads a maze.
 *
 * @throws InputError naming the first thing that is wrong: no rows, rows of different lengths, an unknown cell, no free
 * cell, nowhere to start or to lay a goal, or more goals than the task can use.
 */
export function parseMaze(map: MazeInput, options: ParseMazeOptions = {}): MazeMap {
  const { input = 'mazeMap', maxGoals = Number.POSITIVE_INFINITY } = options;
  const maze = new MazeMap(readCells(map, input));
  if (maze.free.length === 0) throw new InputError(`${input} has no free cell; leave one for the start`);
  if (maze.starts.length === 0) throw new InputError(`${input} has no cell to start from; mark one "r" or leave one 0`);
  if (maze.goals.length === 0) throw new InputError(`${input} has no cell for a goal; mark one "g" or leave one 0`);
  const marked = maze.only('g');
  if (marked.length > maxGoals) {
    const places = marked.map(({ row, column }) => `(${row}, ${column})`).join(' and ');
    throw new InputError(`${input} has ${marked.length} goals, at ${places}; mark ${maxGoals} at most`);
  }
  return maze;
}

function readCells(map: MazeInput, input: string): MazeCell[][] {
  const rows: readonly ArrayLike<unknown>[] = typeof map === 'string' ? splitRows(map) : map;
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === 'string' || Array.isArray(row))) {
    throw new InputError(`${input} is ${JSON.stringify(map)}, expected a string of rows or an array of rows of cells`);
  }
  if (rows.length === 0 || rows[0].length === 0) throw new InputError(`${input} is empty; give it at least one cell`);
  const ragged = rows.findIndex((row) => row.length !== rows[0].length);
  if (ragged >= 0) {
    throw new InputError(
      `row ${ragged} of ${input} has ${rows[ragged].length} cells and row 0 has ${rows[0].length}; make all rows equally long`,
    );
  }
  return rows.map((row, r) => Array.from(row, (symbol, c) => readCell(symbol, `cell (${r}, ${c}) of ${input}`, map)));
}

function splitRows(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\\|\r?\n/);
}

function readCell(symbol: unknown, place: string, map: MazeInput): MazeCell {
  if (typeof map === 'string') {
    const cell = cellsBySymbol[symbol as string];
    if (cell !== undefined) return cell;
    throw new InputError(`${place} is ${JSON.stringify(symbol)}, expected # for a wall, O or . for free, G, R or C`);
  }
  if (symbol === 0 || symbol === 1 || symbol === 'r' || symbol === 'g' || symbol === 'c') return symbol;
  throw new InputError(`${place} is ${JSON.stringify(symbol)}, expected 1 for a wall, 0 for free, "g", "r" or "c"`);
}
