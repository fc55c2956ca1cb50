import { summarizeReturns } from '@understudy/training';
import type { EpisodeRecord } from './episode-store.ts';

/** Returns of the episodes of one mode, or of all. */
export interface ReturnSummary {
  readonly episodes: number;
  readonly mean: number;
  /** Divided by the number of episodes. */
  readonly std: number;
  readonly meanLength: number;
  /** Where the infos tell success. */
  readonly successRate?: number;
}

/** Returns by mode, and of all episodes. */
export interface ExpertSummary {
  /** Of modes that can be counted, by their index, in order. */
  readonly modes: readonly (ReturnSummary & { readonly mode: number })[];
  /** Of all episodes: with modes of different returns, the spread between modes is in its `std`. */
  readonly all: ReturnSummary;
  /** The mean of the modes' own `std`: the spread within a mode. */
  readonly withinModeStd?: number;
}

/**
 * Summarises recorded episodes.
 *
 * @param byMode - Whether modes are indices, so that each has episodes of its own.
 */
export function summarizeEpisodes(episodes: readonly EpisodeRecord[], byMode: boolean): ExpertSummary {
  const all = summarize(episodes);
  if (!byMode) return { modes: [], all };
  const found = [...new Set(episodes.map(({ mode }) => mode as number))].sort((a, b) => a - b);
  const modes = found.map((mode) => ({ mode, ...summarize(episodes.filter((episode) => episode.mode === mode)) }));
  return { modes, all, withinModeStd: summarizeReturns(modes.map(({ std }) => std)).mean };
}

function summarize(episodes: readonly EpisodeRecord[]): ReturnSummary {
  const told = episodes.filter(({ success }) => success !== undefined);
  return {
    episodes: episodes.length,
    ...summarizeReturns(episodes.map((episode) => episode.return)),
    meanLength: summarizeReturns(episodes.map(({ length }) => length)).mean,
    ...(told.length > 0 && { successRate: told.filter(({ success }) => success).length / told.length }),
  };
}
