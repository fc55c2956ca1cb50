/** What the page about a dataset is made of; the inspection of `@understudy/d4rl` fits. */
export interface DatasetPageInput {
  /** What the page is about: the file's name. */
  readonly name: string;
  /** Of the data, where known. */
  readonly environment?: string;
  readonly inspection: InspectedDataset;
  /** Returns on the scale on which a random policy has 0 and an expert 100. */
  readonly score?: { readonly mean: number; readonly min: number; readonly max: number };
  /** The maze that the data is of; its paths are drawn where the inspection has some. */
  readonly maze?: MazePlan;
}

/** Figures of a dataset. */
export interface InspectedDataset {
  readonly bytes: number;
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly columns: readonly InspectedColumn[];
  readonly episodes: {
    readonly count: number;
    readonly complete: number;
    readonly lengths: InspectedSpread & { readonly histogram: BinnedCounts };
    readonly returns: InspectedSpread & { readonly std: number; readonly histogram: BinnedCounts | null };
  };
  readonly terminals: number;
  readonly timeouts: number | null;
  readonly findings: readonly { readonly text: string; readonly firstRow?: number }[];
  readonly paths?: {
    /** x and y in turn. */
    readonly paths: readonly (readonly number[])[];
    /** Squares of side `1 / perUnit` with how often each was visited, by their index along x and y. */
    readonly visits: {
      readonly perUnit: number;
      readonly cells: readonly (readonly [x: number, y: number, count: number])[];
    };
  };
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface InspectedColumn {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly filters: readonly string[];
  readonly nan: number;
  readonly infinite: number;
  readonly dimensions: readonly (InspectedDimension | null)[];
}

export interface InspectedDimension extends InspectedSpread {
  readonly std: number;
  readonly histogram: BinnedCounts;
}

export interface InspectedSpread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** Bin i counts `low + i * width <= value < low + (i + 1) * width`. */
export interface BinnedCounts {
  readonly low: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** A maze as a map. */
export interface MazePlan {
  readonly rows: number;
  readonly columns: number;
  readonly walls: readonly { readonly row: number; readonly column: number }[];
  /** Where a position of the data lies on the map: the middle of cell (row, column) is at (row, column). */
  placeOf(x: number, y: number): { row: number; column: number };
  /** Side of a cell in the data's unit. */
  readonly cellSize: number;
  /** What is to be reached, in the data's coordinates. */
  readonly target?: { readonly x: number; readonly y: number; readonly radius: number };
}
