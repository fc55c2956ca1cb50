/** Which maze: one inner wall (`C`) or two (`S`). */
export type MazeName = 'C' | 'S';

/** An inner wall: the capsule around a level line from `(x1, y)` to `(x2, y)`, metres. */
export interface InnerWall {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

/** A maze from above; all lengths in metres. The lines are the walls' centres. */
export interface MazeLayout {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
  /** From the bottom up. */
  readonly walls: readonly InnerWall[];
  /** Mean of the starting position. */
  readonly start: readonly [x: number, y: number];
  readonly goal: readonly [x: number, y: number];
  /** Newtons that an action of 1 pushes with. */
  readonly force: number;
}

/** Half the thickness of walls. */
export const wallRadius = 0.02;
/** Radius of the particle. */
export const particleRadius = 0.03;

/**
 * The C-maze of Fu, Luo and Levine (2017): a barrier at half height leaves a gap at the left, or mirrored at the right.
 * The left outer wall stays where it is, so that the mirrored gap is 0.1 m narrower, as in the released code.
 */
function cMaze(mirrored: boolean): MazeLayout {
  const length = 0.6;
  const barrier = mirrored ? { x1: -0.1, x2: (2 / 3) * length } : { x1: length / 3, x2: length };
  return {
    left: -0.1,
    right: length,
    bottom: -0.1,
    top: length,
    walls: [{ ...barrier, y: length / 2 }],
    start: [length / 2, 0],
    goal: [length / 2, length - 0.1],
    force: 1,
  };
}

/** The S-maze, our own geometry, since none is printed: about eight times the area, symmetric about the start. */
function sMaze(mirrored: boolean): MazeLayout {
  const length = 1.8;
  const left = -0.1;
  const right = length + 0.1;
  const fromTheLeft = { x1: left, x2: (2 / 3) * length };
  const fromTheRight = { x1: length / 3, x2: right };
  const [lower, upper] = mirrored ? [fromTheLeft, fromTheRight] : [fromTheRight, fromTheLeft];
  return {
    left,
    right,
    bottom: -0.1,
    top: length,
    walls: [
      { ...lower, y: length / 3 },
      { ...upper, y: (2 / 3) * length },
    ],
    start: [length / 2, 0],
    goal: [length / 2, length - 0.1],
    force: 1.5,
  };
}

/** Made once: what a thousand environments read at every step should not lie in memory a thousand times. */
const layouts: Record<MazeName, readonly [straight: MazeLayout, mirrored: MazeLayout]> = {
  C: [cMaze(false), cMaze(true)],
  S: [sMaze(false), sMaze(true)],
};

/** The layout of a maze, or of its mirror image; the same object at every call. */
export function mazeLayout(maze: MazeName, mirrored: boolean): MazeLayout {
  return layouts[maze][mirrored ? 1 : 0];
}
