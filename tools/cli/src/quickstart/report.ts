import { join } from 'node:path';
import { make } from '@understudy/envs';
import { collectReportInput, recordEpisodeTrace, writeReport } from '@understudy/report';
import { loadPolicy } from '@understudy/training';
import type { QuickstartSettings } from './journal.ts';
import { names, stageSeeds } from './stage.ts';

/** Writes `report.html` about everything in the directory, with pictures of the clone's first evaluated episode. */
export async function writeQuickstartReport(directory: string, settings: QuickstartSettings): Promise<void> {
  const env = await make(settings.environment);
  try {
    const policy = await loadPolicy(join(directory, names.clone));
    const seed = stageSeeds(settings).evaluation;
    const episodeTrace = recordEpisodeTrace(policy, env, { seed, policyName: 'clone' });
    writeReport({ ...collectReportInput(directory), episodeTrace }, { file: join(directory, names.report) });
  } finally {
    env.close();
  }
}
