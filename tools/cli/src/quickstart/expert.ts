import { join } from 'node:path';
import { make } from '@understudy/envs';
import { type PpoOptions, train } from '@understudy/ppo';
import { listCheckpoints } from '@understudy/training';
import { Interrupted } from '../error-policy.ts';
import { formatCount } from '../format.ts';
import { engineVersions } from '../versions.ts';
import { names, type StageInput, stageSeeds } from './stage.ts';

/** What the journal keeps of the expert. */
export interface ExpertResult {
  steps: number;
  /** Of the engine the environment ran in. */
  versions: Record<string, string>;
}

/**
 * How the expert differs from PPO's defaults: it explores with less noise from the start. With the defaults it settles
 * for a shuffle at a third of the return.
 */
const expertSettings: Partial<PpoOptions> = { initialLogStandardDeviation: -1 };

/** Trains the expert by PPO, or goes on with its last checkpoint. */
export async function trainExpert({ directory, settings, context, signal }: StageInput): Promise<ExpertResult> {
  const { environment, steps: totalSteps } = settings;
  const runDirectory = join(directory, names.expert);
  const env = await make(environment);
  const versions = engineVersions(env);
  env.close();
  const done = listCheckpoints(runDirectory).at(-1)?.step ?? 0;
  const progress = context.startProgress({ label: 'expert', total: totalSteps, unit: 'steps', done });
  const { stopped, steps } = await train(
    { ...expertSettings, environment, totalSteps, seed: stageSeeds(settings).expert },
    {
      runDirectory,
      resume: true,
      versions,
      signal,
      onProgress: (now) => progress.update(now.step, { return: now.meanReturn }),
    },
  );
  progress.stop();
  if (stopped) throw new Interrupted(`Stopped the expert at ${formatCount(steps)} of ${formatCount(totalSteps)} steps`);
  return { steps, versions };
}
