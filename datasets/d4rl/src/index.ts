export type { ColumnData, D4rlDataset, D4rlMetadata, MetadataValue, ShapedColumn } from './columns.ts';
export { type D4rlColumnInfo, D4rlFile, openD4rl } from './d4rl-file.ts';
export { type D4rlFloat, type D4rlRows, D4rlWriter, type D4rlWriterOptions, type InfoLayout } from './d4rl-writer.ts';
export { findEpisodes } from './episodes.ts';
export {
  type ArraySummary,
  type ColumnInspection,
  type D4rlInspection,
  type InspectOptions,
  inspectD4rl,
  type MetadataSummary,
  type Spread,
} from './inspect-d4rl.ts';
export { type QlearningDataset, type QlearningOptions, qlearningDataset } from './qlearning-dataset.ts';
export { type ReadD4rlOptions, readD4rl } from './read-d4rl.ts';
export { type Sequence, type SequenceOptions, sequenceDataset } from './sequence-dataset.ts';
export { type D4rlColumns, type WriteD4rlOptions, writeD4rl } from './write-d4rl.ts';
