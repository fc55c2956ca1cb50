import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EnvironmentHooks, TrainingResult } from '../hooks.ts';
import { listCheckpoints, runPaths } from '../run-files.ts';

/** Bytes of a run's last checkpoint, the best policy, the last one, the metrics and the replay buffer. */
function bytesOf(directory: string): string[] {
  const { best, metrics, policy, replay } = runPaths(directory);
  return [listCheckpoints(directory).at(-1)!.path, best, policy, metrics, replay].map((path) =>
    readFileSync(path, 'hex'),
  );
}

/** Steps at which a run is broken off. */
export interface Breaks {
  killAt: number;
  stopAt?: number;
}

/** Expects that a training which was killed or stopped and resumed ends with the bytes of one that ran through. */
export async function expectSameBytesResumed(
  root: string,
  train: (hooks: EnvironmentHooks) => Promise<TrainingResult>,
  { killAt, stopAt }: Breaks,
): Promise<void> {
  const run = (name: string, hooks: EnvironmentHooks = {}) => train({ runDirectory: join(root, name), ...hooks });
  const { steps } = await run('whole', {
    onProgress: ({ step }) => step === killAt && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  expect(listCheckpoints(join(root, 'whole')).at(-1)!.step).toBe(steps);
  await run('killed', { resume: true });
  expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'whole')));
  if (stopAt === undefined) return;
  const abort = new AbortController();
  const stop = { signal: abort.signal, onProgress: ({ step }: { step: number }) => step === stopAt && abort.abort() };
  expect(await run('stopped', stop)).toMatchObject({ stopped: true, steps: stopAt });
  await run('stopped', { resume: true });
  expect(bytesOf(join(root, 'stopped'))).toEqual(bytesOf(join(root, 'whole')));
}
