import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ReportInput, WrittenReport } from '@understudy/report';
import type { CommandContext } from './context.ts';
import { Interrupted } from './error-policy.ts';
import { prepareOutputFile } from './output-file.ts';
import { openTrainedRun } from './trained-run.ts';

/** Arguments of {@link writeRunReport}. */
export interface RunReportOptions {
  /** The page to write. */
  file: string;
  /** Episodes to show the returns of where the directory tells none; 0 for none. */
  episodes: number;
  /** Of these episodes and of the one in the pictures. */
  seed: number;
}

/**
 * Writes a report about a run directory, or about a quickstart's with all its runs and pictures of the clone.
 *
 * @throws InputError when the directory holds neither, or the page can't be written.
 */
export async function writeRunReport(
  directory: string,
  options: RunReportOptions,
  context: CommandContext,
): Promise<WrittenReport> {
  const { collectReportInput, writeReport } = await import('@understudy/report');
  const collected = collectReportInput(directory);
  prepareOutputFile(options.file);
  const played = await playPolicy(directory, collected, options, context);
  return writeReport({ ...collected, ...played }, { file: options.file });
}

/** What the report shows of the policy itself: its returns, where none are known yet, and one episode in pictures. */
async function playPolicy(
  directory: string,
  { evaluation }: ReportInput,
  { episodes, seed }: RunReportOptions,
  context: CommandContext,
): Promise<Partial<ReportInput>> {
  const run = [directory, join(directory, 'clone')].find((path) => existsSync(join(path, 'policy.safetensors')));
  if (run === undefined) return {};
  const [{ evaluatePolicy }, { recordEpisodeTrace }] = await Promise.all([
    import('@understudy/training'),
    import('@understudy/report'),
  ]);
  const { policy, env } = await openTrainedRun(run);
  const policyName = basename(resolve(run));
  try {
    const episodeTrace = recordEpisodeTrace(policy, env, { seed, policyName });
    if (evaluation.length > 0 || episodes === 0) return { episodeTrace };
    const progress = context.startProgress({ label: 'eval', total: episodes, unit: 'episodes' });
    const { returns, lengths, stopped } = await evaluatePolicy(policy, env, {
      episodes,
      seed,
      onEpisode: (episode) => progress.update(episode.finished, { return: episode.return }),
      signal: context.interruption(),
    });
    progress.stop();
    if (stopped) throw new Interrupted('Stopped; no report was written.');
    return { episodeTrace, evaluation: [{ name: policyName, returns, lengths }] };
  } finally {
    env.close();
  }
}
