export { checkMetadata, writeMetadata } from '../d4rl-writer.ts';
export { columnRows, findColumns, readColumn, type StoredColumn } from '../stored-columns.ts';
export type { Attributes, AttributeValue } from './attributes.ts';
export { makeDirectory } from './make-directory.ts';
export { elementBytes, type StoredType } from './messages.ts';
export { type Hdf5Attribute, type Hdf5Dataset, Hdf5File, type Hdf5Type, type NumberArray } from './reader.ts';
export { ReplacementFile } from './replacement-file.ts';
export { type GrowingDataset, Hdf5Writer } from './writer.ts';
