import { type AnyEnv, recordEpisodes, yieldToEvents } from '@understudy/training';
import { Demonstrator, WatchedEnv } from './demonstrator.ts';
import type { EpisodeStore } from './episode-store.ts';
import type { ExpertSource } from './expert.ts';
import { type PlannedEpisode, planEpisodes } from './mode-choice.ts';
import type { ExpertTask } from './task.ts';

/** How much to record: either whole episodes or transitions. */
export type Amount =
  | { readonly unit: 'episodes'; readonly count: number }
  | { readonly unit: 'transitions'; readonly count: number };

/** Arguments of {@link recordDemonstrations}. */
export interface RecordDemonstrationsOptions {
  readonly amount: Amount;
  /** As {@link planEpisodes} takes them. */
  readonly modes?: readonly number[];
  readonly seed: number;
  readonly deterministic: boolean;
  readonly precision: 'float32' | 'float64';
  /** Called after every episode. */
  onProgress?(done: { episodes: number; transitions: number }): void;
  readonly signal?: AbortSignal;
}

/**
 * Records the planned episodes that the store doesn't have yet. Each has a seed of its own, so it is the same whether
 * others were recorded in the same process or not.
 *
 * @returns False when the signal ended the recording early; whole episodes are in the store then.
 */
export async function recordDemonstrations(
  task: ExpertTask,
  env: AnyEnv,
  source: ExpertSource,
  store: EpisodeStore,
  options: RecordDemonstrationsOptions,
): Promise<boolean> {
  const { amount, modes, seed, signal, onProgress } = options;
  const watched = new WatchedEnv(env, task.modes);
  const recorded = store.episodes;
  const done = { episodes: recorded.length, transitions: recorded.reduce((sum, { length }) => sum + length, 0) };
  onProgress?.({ ...done });
  for (const planned of planEpisodes(task.modes, modes, seed)) {
    if (done[amount.unit] >= amount.count) break;
    if (planned.index < recorded.length) continue;
    const length = signal?.aborted ? undefined : await recordOne(watched, source, planned, store, options);
    if (length === undefined) {
      store.flush();
      return false;
    }
    done.episodes++;
    done.transitions += length;
    onProgress?.({ ...done });
    await yieldToEvents();
  }
  store.flush();
  return true;
}

/** @returns Transitions of the episode; undefined when it was interrupted. */
async function recordOne(
  env: WatchedEnv,
  source: ExpertSource,
  planned: PlannedEpisode,
  store: EpisodeStore,
  { deterministic, precision, signal }: RecordDemonstrationsOptions,
): Promise<number | undefined> {
  env.plan(planned);
  const demonstrator = new Demonstrator(source.expertOf(planned.mode), env, planned.seed);
  const recording = await recordEpisodes(demonstrator, env, {
    episodes: 1,
    seed: planned.seed,
    deterministic,
    precision,
    signal,
  });
  if (recording.stopped) return undefined;
  const success = env.info.is_success ?? env.info.success;
  store.add(recording, {
    mode: env.mode,
    return: recording.returns[0],
    length: recording.transitions,
    ...(success !== undefined && { success: Number(success) > 0 }),
  });
  return recording.transitions;
}
