import type { ColumnData } from '../columns.ts';

/** Some rows of a dataset as the inspection's statistics take them in, one block after the other. */
export interface InspectedBlock {
  /** The first row's number in the dataset. */
  readonly start: number;
  readonly rows: number;
  /** Every column of the file by name, `[rows, width]`. */
  readonly columns: ReadonlyMap<string, ColumnData>;
  readonly terminals: Uint8Array;
  /** Stored, or counted where the file stores none. */
  readonly timeouts: Uint8Array;
}
