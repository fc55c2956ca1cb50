import type { ColumnData } from '../columns.ts';

/** Rows of a file as they are stored. */
export interface StoredRows {
  readonly transitions: number;
  width(name: string): number;
  has(name: string): boolean;
  read(name: string, start: number, stop: number): ColumnData;
}

/** A correction of one column, made row by row while it is read. */
export interface ColumnFix {
  readonly column: string;
  /** @throws InputError when the file is none of those that have the fault. */
  check(path: string, file: StoredRows): void;
  /** Corrects rows from `start` on in place. */
  correct(rows: ColumnData, start: number, file: StoredRows): void;
}
