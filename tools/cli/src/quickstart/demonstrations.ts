import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeD4rl } from '@understudy/d4rl';
import { make } from '@understudy/envs';
import { loadPolicy, recordEpisodes, summarizeReturns } from '@understudy/training';
import { Interrupted } from '../error-policy.ts';
import { names, type StageInput, stageSeeds } from './stage.ts';

/** What the journal keeps of the demonstrations. */
export interface DemonstrationsResult {
  /** Name inside the quickstart's directory. */
  file: string;
  episodes: number;
  transitions: number;
  meanReturn: number;
  minReturn: number;
  maxReturn: number;
}

/** Records the expert's episodes as a D4RL file. */
export async function recordDemonstrations(input: StageInput): Promise<DemonstrationsResult> {
  const { directory, settings, context, signal } = input;
  const { environment, demonstrations: episodes } = settings;
  const seed = stageSeeds(settings).demonstrations;
  // A clone of other demonstrations is none of these.
  rmSync(join(directory, names.clone), { recursive: true, force: true });
  const policy = await loadPolicy(join(directory, names.expert), { environment });
  const env = await make(environment);
  const progress = context.startProgress({ label: 'record', total: episodes, unit: 'episodes' });
  try {
    const recording = await recordEpisodes(policy, env, {
      episodes,
      seed,
      deterministic: true,
      onProgress: (now) => progress.update(now.episodes),
      signal,
    });
    progress.stop();
    if (recording.stopped) throw new Interrupted('Stopped recording the demonstrations');
    const infos = Object.fromEntries(Object.entries(recording.infos).map(([name, { data }]) => [name, data]));
    const metadata = { algorithm: policy.metadata.algorithm, environment, seed, deterministic: true };
    await writeD4rl(join(directory, names.demonstrations), { ...recording, infos }, { metadata });
    return {
      file: names.demonstrations,
      episodes: recording.returns.length,
      transitions: recording.transitions,
      meanReturn: summarizeReturns(recording.returns).mean,
      minReturn: Math.min(...recording.returns),
      maxReturn: Math.max(...recording.returns),
    };
  } finally {
    env.close();
  }
}
