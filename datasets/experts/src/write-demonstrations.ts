import { D4rlWriter } from '@understudy/d4rl';
import type { EpisodeRecord, EpisodeStore, RecordedBlock } from './episode-store.ts';
import type { Amount } from './record-demonstrations.ts';

/** Arguments of {@link writeDemonstrations}. */
export interface WriteDemonstrationsOptions {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly amount: Amount;
  readonly precision: 'float32' | 'float64';
  /** Nothing in it may tell a mode. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Writes recorded episodes as one D4RL file: no more than a block of them is in memory. A recording of more transitions
 * than asked for is cut in its last episode. The modes are not among the columns.
 *
 * Episodes are appended one by one, because where the file's chunks lie depends on what is appended at once, and blocks
 * end where the recording was interrupted.
 *
 * @returns The episodes of the file and its transitions.
 */
export function writeDemonstrations(
  path: string,
  store: EpisodeStore,
  options: WriteDemonstrationsOptions,
): { episodes: EpisodeRecord[]; transitions: number } {
  const { observationSize, actionSize, amount, precision, metadata } = options;
  const { episodes, transitions } = extent(store.episodes, amount);
  let writer: D4rlWriter | undefined;
  try {
    for (const { rows, start, end } of episodesOf(store, transitions)) {
      writer ??= new D4rlWriter(path, {
        observationSize,
        actionSize,
        dtype: precision,
        nextObservations: true,
        infos: infoLayouts(rows),
        metadata,
      });
      writer.append(slice(rows, start, end));
    }
    writer?.close();
  } catch (error) {
    writer?.discard();
    throw error;
  }
  return { episodes, transitions };
}

/** The episodes that the amount comes to; the store may have more of an earlier call. */
function extent(recorded: readonly EpisodeRecord[], { unit, count }: Amount) {
  const episodes: EpisodeRecord[] = [];
  let transitions = 0;
  for (const episode of recorded) {
    if ((unit === 'episodes' ? episodes.length : transitions) >= count) break;
    episodes.push(episode);
    transitions += episode.length;
  }
  return { episodes, transitions: unit === 'transitions' ? Math.min(count, transitions) : transitions };
}

/** The episodes of a store with the block that holds each, up to a number of transitions. */
function* episodesOf(store: EpisodeStore, transitions: number) {
  let left = transitions;
  for (let block = 0; block < store.blocks && left > 0; block++) {
    const rows = store.read(block);
    let start = 0;
    for (const { length } of store.episodesOf(block)) {
      const end = start + Math.min(length, left);
      if (end > start) yield { rows, start, end };
      left -= end - start;
      start += length;
    }
  }
}

function infoLayouts({ rewards, infos }: RecordedBlock) {
  return Object.fromEntries(
    Object.entries(infos).map(([name, data]) => [name, { shape: [data.length / rewards.length] }]),
  );
}

function slice(rows: RecordedBlock, start: number, end: number): RecordedBlock {
  const total = rows.rewards.length;
  const cut = <T extends Float32Array | Float64Array | Uint8Array>(data: T) => {
    const width = data.length / total;
    return data.subarray(width * start, width * end) as T;
  };
  return {
    observations: cut(rows.observations),
    actions: cut(rows.actions),
    rewards: cut(rows.rewards),
    nextObservations: cut(rows.nextObservations),
    terminals: cut(rows.terminals),
    timeouts: cut(rows.timeouts),
    infos: Object.fromEntries(Object.entries(rows.infos).map(([name, data]) => [name, cut(data)])),
  };
}
