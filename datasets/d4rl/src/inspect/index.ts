export type { DimensionInspection } from './column-statistics.ts';
export type { EpisodesInspection, Spread } from './episode-summary.ts';
export type { Finding } from './findings.ts';
export { type ColumnInspection, type D4rlInspection, type InspectOptions, inspectD4rl } from './inspect-d4rl.ts';
export type { ArraySummary, MetadataSummary } from './metadata-summary.ts';
export type { PathsInspection } from './path-sketch.ts';
export type { MazeTarget } from './reward-timing.ts';
export { type Histogram, StreamingHistogram } from './streaming-histogram.ts';
