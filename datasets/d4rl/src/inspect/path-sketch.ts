import type { InspectedBlock } from './inspected-block.ts';

/** Where episodes went, in few enough points to draw. */
export interface PathsInspection {
  /** Some episodes, evenly from all, each as x and y in turn, `[2 n]`. */
  readonly paths: readonly (readonly number[])[];
  /** How often each square of a grid was visited: row i, column j of `counts` covers x from `(x0 + i) / perMetre`. */
  readonly visits: {
    readonly perUnit: number;
    readonly cells: readonly (readonly [x: number, y: number, count: number])[];
  };
}

const keptPaths = 48;
const keptPoints = 256;
const squaresPerUnit = 6;
/** Squares that a maze of the greatest size doesn't have: more mean that these are no positions. */
const maxSquares = 100_000;

/** Collects paths and visits over blocks of rows in bounded memory: every second one is dropped when there are too many. */
export class PathSketch {
  readonly #xAt: number;
  readonly #yAt: number;
  #paths: number[][] = [];
  /** Only every so many episodes are kept. */
  #pathStride = 1;
  #episode = 0;
  #path: number[] = [];
  #pointStride = 1;
  #step = 0;
  readonly #visits = new Map<number, number>();

  /** @param positionAt - Dimensions of an observation that hold x and y. */
  constructor([xAt, yAt]: readonly [number, number]) {
    this.#xAt = xAt;
    this.#yAt = yAt;
  }

  add({ rows, columns, terminals, timeouts }: InspectedBlock): void {
    const observations = columns.get('observations')!;
    const size = observations.length / rows;
    for (let i = 0; i < rows; i++) {
      const x = observations[i * size + this.#xAt];
      const y = observations[i * size + this.#yAt];
      if (Number.isFinite(x) && Number.isFinite(y)) {
        this.#visit(x, y);
        if (this.#episode % this.#pathStride === 0) this.#point(x, y);
      }
      if (terminals[i] === 1 || timeouts[i] === 1) this.#endPath();
    }
  }

  finish(): PathsInspection {
    this.#endPath();
    const cells = [...this.#visits].map(([key, count]): [number, number, number] => [
      Math.floor(key / keySpan) - keySpan / 2,
      (key % keySpan) - keySpan / 2,
      count,
    ]);
    cells.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return { paths: this.#paths, visits: { perUnit: squaresPerUnit, cells } };
  }

  #visit(x: number, y: number): void {
    const key = squareOf(x) * keySpan + squareOf(y);
    const count = this.#visits.get(key);
    if (count !== undefined) this.#visits.set(key, count + 1);
    else if (this.#visits.size < maxSquares) this.#visits.set(key, 1);
  }

  #point(x: number, y: number): void {
    if (this.#step++ % this.#pointStride !== 0) return;
    this.#path.push(x, y);
    if (this.#path.length < 4 * keptPoints) return;
    this.#path = this.#path.filter((_, i) => (i >> 1) % 2 === 0);
    this.#pointStride *= 2;
  }

  #endPath(): void {
    if (this.#path.length >= 4) this.#paths.push(this.#path);
    this.#path = [];
    this.#pointStride = 1;
    this.#step = 0;
    this.#episode++;
    if (this.#paths.length < 2 * keptPaths) return;
    this.#paths = this.#paths.filter((_, i) => i % 2 === 0);
    this.#pathStride *= 2;
  }
}

/** Squares along an axis, half of them below 0. */
const keySpan = 2 ** 20;

function squareOf(value: number): number {
  const square = Math.floor(value * squaresPerUnit) + keySpan / 2;
  return Math.max(0, Math.min(keySpan - 1, square));
}
