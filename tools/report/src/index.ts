export { collectReportInput } from './collect.ts';
export type * from './dataset/input.ts';
export { composeDatasetPage, writeDatasetPage } from './dataset/page.ts';
export { recordEpisodeTrace, type TraceOptions } from './episode-trace.ts';
export type * from './input.ts';
export { composePage, type Page } from './page.ts';
export { type WriteOptions, type WrittenReport, writeReport } from './write.ts';
