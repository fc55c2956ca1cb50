import type { ColumnType } from '../table.ts';

/** The format's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The format's names of the element types. */
export const tensorTypes: Readonly<Record<ColumnType, string>> = {
  float32: 'F32',
  float64: 'F64',
  bool: 'BOOL',
  int8: 'I8',
  uint8: 'U8',
  int16: 'I16',
  uint16: 'U16',
  int32: 'I32',
  uint32: 'U32',
  int64: 'I64',
  uint64: 'U64',
};
