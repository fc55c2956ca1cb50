import { join } from 'node:path';
import { type BcOptions, train } from '@understudy/bc';
import { readD4rl } from '@understudy/d4rl';
import { make } from '@understudy/envs';
import { actionBounds, listCheckpoints } from '@understudy/training';
import { Interrupted } from '../error-policy.ts';
import { engineVersions } from '../versions.ts';
import { names, type StageInput, stageSeeds } from './stage.ts';

/** What the journal keeps of the clone. */
export interface CloneResult {
  epochs: number;
}

/** How the clone differs from behavioural cloning's defaults. */
const cloneSettings: Partial<BcOptions> = {};

/** Clones the demonstrations, read back from their file, or goes on with the last checkpoint. */
export async function trainClone({ directory, settings, context, signal }: StageInput): Promise<CloneResult> {
  const { environment, epochs } = settings;
  const runDirectory = join(directory, names.clone);
  const demonstrations = await readD4rl(join(directory, names.demonstrations));
  const env = await make(environment);
  const bounds = actionBounds(env.actionSpace);
  const versions = engineVersions(env);
  env.close();
  const done = listCheckpoints(runDirectory).at(-1)?.step ?? 0;
  const progress = context.startProgress({ label: 'clone', total: epochs, unit: 'epochs', done });
  const { stopped, steps } = await train(
    { ...cloneSettings, environment, epochs, seed: stageSeeds(settings).clone },
    { ...demonstrations, actionBounds: bounds },
    {
      runDirectory,
      resume: true,
      versions,
      signal,
      onProgress: ({ step, metrics }) => progress.update(step, { loss: metrics.bestLoss ?? undefined }),
    },
  );
  progress.stop();
  if (stopped) throw new Interrupted(`Stopped the clone at ${steps} of ${epochs} epochs`);
  return { epochs: steps };
}
