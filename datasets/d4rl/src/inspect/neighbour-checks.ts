import type { ColumnData } from '../columns.ts';
import type { InspectedBlock } from './inspected-block.ts';
import { StreamingHistogram } from './streaming-histogram.ts';

/** Rows that have something in common. */
export interface CountedRows {
  readonly count: number;
  /** The first of them. */
  readonly firstRow: number | undefined;
}

/** Distance beyond which the next row is another place than the stored next observation says, as LPT's loader has it. */
const storedTolerance = 1e-6;
/** Without stored next observations: a step of so many times the length that 99 % of steps stay below. */
const jumpFactor = 10;
const jumpShare = 0.99;
/** The longest steps that are kept until the end tells what is long. */
const keptSteps = 1024;

/**
 * Compares each row with the one before it in the same episode: does the state jump, is the transition the same again?
 *
 * Where next observations are stored, a jump is a row that isn't where they say. Elsewhere it is a step more than ten
 * times as long as 99 % of all steps are at most.
 */
export class NeighbourChecks {
  readonly #positionAt: readonly number[] | undefined;
  readonly #previous = new Map<string, ColumnData>();
  #previousEnded = true;
  #jumps = 0;
  #firstJump: number | undefined;
  #repeated = 0;
  #firstRepeated: number | undefined;
  readonly #logLengths = new StreamingHistogram(4096);
  #longest: { length: number; row: number }[] = [];
  /** Shorter steps are not among the longest. */
  #leastKept = 0;
  #hasStored = false;

  /** @param positionAt - Dimensions of an observation that steps are measured in; default all. */
  constructor(positionAt?: readonly number[]) {
    this.#positionAt = positionAt;
  }

  add({ start, rows, columns, terminals, timeouts }: InspectedBlock): void {
    const observations = columns.get('observations')!;
    const stored = columns.get('next_observations');
    const size = observations.length / rows;
    this.#hasStored = stored !== undefined;
    const compared = ['observations', 'actions', 'rewards'].map((name) => this.#joined(name, columns, rows));
    const before = this.#joined(stored ? 'next_observations' : 'observations', columns, rows);
    for (let i = 0; i < rows; i++) {
      if (!this.#previousEnded) {
        if (compared.every((column) => sameRows(column, i))) this.#noteRepeated(start + i);
        this.#noteStep(observations, before, i, size, start + i);
      }
      this.#previousEnded = terminals[i] === 1 || timeouts[i] === 1;
    }
    for (const name of ['observations', 'actions', 'rewards', 'next_observations']) {
      const column = columns.get(name);
      if (column) this.#previous.set(name, column.slice(column.length - column.length / rows));
    }
  }

  /** Rows that begin somewhere else than the episode's row before them ended. */
  jumps(): CountedRows {
    if (this.#hasStored) return { count: this.#jumps, firstRow: this.#firstJump };
    if (this.#logLengths.count === 0) return { count: 0, firstRow: undefined };
    const limit = jumpFactor * 2 ** this.#logLengths.quantile(jumpShare);
    const found = this.#longest.filter(({ length }) => length > limit).map(({ row }) => row);
    return { count: found.length, firstRow: found.length === 0 ? undefined : Math.min(...found) };
  }

  /** Rows equal to the one before: observation, action and reward. */
  repeated(): CountedRows {
    return { count: this.#repeated, firstRow: this.#firstRepeated };
  }

  /** A column with the last row of the block before in front. */
  #joined(name: string, columns: ReadonlyMap<string, ColumnData>, rows: number): JoinedColumn {
    const block = columns.get(name)!;
    return { block, width: block.length / rows, before: this.#previous.get(name) };
  }

  #noteRepeated(row: number): void {
    this.#repeated++;
    this.#firstRepeated ??= row;
  }

  #noteStep(observations: ColumnData, before: JoinedColumn, i: number, size: number, row: number): void {
    const [source, at] = i === 0 ? [before.before!, 0] : [before.block, (i - 1) * size];
    let squares = 0;
    const places = this.#hasStored ? undefined : this.#positionAt;
    const count = places?.length ?? size;
    for (let k = 0; k < count; k++) {
      const d = places ? places[k] : k;
      squares += (observations[i * size + d] - source[at + d]) ** 2;
    }
    if (this.#hasStored) {
      if (squares > storedTolerance ** 2) {
        this.#jumps++;
        this.#firstJump ??= row;
      }
    } else if (squares > 0 && Number.isFinite(squares)) this.#noteLength(Math.sqrt(squares), row);
  }

  #noteLength(length: number, row: number): void {
    this.#logLengths.add(Math.log2(length));
    if (length < this.#leastKept) return;
    this.#longest.push({ length, row });
    if (this.#longest.length < 2 * keptSteps) return;
    this.#longest.sort((a, b) => b.length - a.length || a.row - b.row);
    this.#longest.length = keptSteps;
    this.#leastKept = this.#longest[keptSteps - 1].length;
  }
}

interface JoinedColumn {
  readonly block: ColumnData;
  readonly width: number;
  /** The last row of the block before. */
  readonly before: ColumnData | undefined;
}

/** Whether row i equals the one before it. */
function sameRows({ block, width, before }: JoinedColumn, i: number): boolean {
  const source = i === 0 ? before! : block;
  const at = i === 0 ? 0 : (i - 1) * width;
  for (let d = 0; d < width; d++) if (source[at + d] !== block[i * width + d]) return false;
  return true;
}
