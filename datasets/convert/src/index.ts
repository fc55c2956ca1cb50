export { type ConvertOptions, type ConvertReport, contentHash, convert, openSource } from './convert.ts';
export { detectFormat, type Format, formatNames, formatOfPath, parseFormat } from './formats.ts';
export type { Block, Column, ColumnType, EpisodeNote, Header, Source } from './table.ts';
