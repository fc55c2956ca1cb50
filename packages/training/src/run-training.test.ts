import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingHooks } from './hooks.ts';
import { loadPolicy } from './policy-file.ts';
import { listCheckpoints, readRunConfig, readRunMetrics, readRunSummary, runPaths } from './run-files.ts';
import { runTraining } from './run-training.ts';
import { DriftingLearner } from './testing/drifting-learner.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

const iterations = 17;

/** Runs the drifting learner, with a checkpoint every 5 of its 17 iterations. */
function drift(runDirectory: string, hooks: TrainingHooks = {}, { seed = 3, step = 0.1 } = {}) {
  return runTraining(new DriftingLearner(iterations, seed), {
    identity: { algorithm: 'drift', environment: 'Ramp-v0', seed, config: { seed, step, sizes: [3] } },
    hooks: { runDirectory, ...hooks },
    checkpointEvery: 5,
    keepCheckpoints: 2,
  });
}

/** Everything in a run directory but what the clock decides, and earlier checkpoints: a stop adds one. */
function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names
      .filter(({ name }) => name !== 'summary.json' && !/checkpoint-0000000(?!01700)/.test(name))
      .map(({ name, parentPath }) => [
        join(parentPath, name).slice(directory.length),
        readFileSync(join(parentPath, name), 'hex'),
      ]),
  );
}

test('a run directory holds config, metrics, checkpoints, policies and a summary', async () => {
  const directory = join(temporaryDirectory(), 'a', 'run');
  const result = await drift(directory);
  expect(result).toMatchObject({ stopped: false, steps: 1700 });
  expect(readRunConfig(directory)).toMatchObject({ algorithm: 'drift', seed: 3, config: { step: 0.1, sizes: [3] } });
  const metrics = readRunMetrics(directory);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: iterations }, (_, i) => 100 * (i + 1)));
  expect(listCheckpoints(directory).map(({ step }) => step)).toEqual([1500, 1700]);
  const scores = [5, 10, 15, 17].map((iteration) => metrics[iteration - 1].score as number);
  const summary = readRunSummary(directory);
  expect(summary).toMatchObject({ status: 'finished', steps: 1700, results: { best: Math.max(...scores) } });
  const best = await loadPolicy(directory, { which: 'best' });
  expect(best.tensors()[0][1].data[0]).toBe(Math.max(...scores));
  expect((await loadPolicy(directory)).tensors()).toEqual(result.policy.tensors());
  expect((await loadPolicy(listCheckpoints(directory)[1].path)).tensors()).toEqual(result.policy.tensors());
});

test('the same run twice gives the same bytes', async () => {
  const root = temporaryDirectory();
  await drift(join(root, 'a'));
  await drift(join(root, 'b'));
  expect(contentOf(join(root, 'b'))).toEqual(contentOf(join(root, 'a')));
});

test.each([1, 4, 5, 12, 16])(
  'stopped after iteration %i and resumed: the bytes of a run that went through',
  async (at) => {
    const root = temporaryDirectory();
    await drift(join(root, 'whole'));
    const abort = new AbortController();
    const stopped = await drift(join(root, 'parts'), {
      signal: abort.signal,
      onProgress: ({ step }) => step === 100 * at && abort.abort(),
    });
    expect(stopped).toMatchObject({ stopped: true, steps: 100 * at });
    expect(readRunSummary(join(root, 'parts')).status).toBe('stopped');
    expect(await drift(join(root, 'parts'), { resume: true })).toMatchObject({ stopped: false, steps: 1700 });
    expect(contentOf(join(root, 'parts'))).toEqual(contentOf(join(root, 'whole')));
  },
);

test.each([1, 5, 7, 11, 16])(
  'killed in iteration %i and resumed from what the disk held: the same bytes',
  async (at) => {
    const root = temporaryDirectory();
    await drift(join(root, 'whole'), {
      onProgress: ({ step }) =>
        step === 100 * at && cpSync(join(root, 'whole'), join(root, 'dead'), { recursive: true }),
    });
    // A process killed while it writes leaves half a line and half a file beside the whole one.
    writeFileSync(runPaths(join(root, 'dead')).metrics, '{"step":', { flag: 'a' });
    writeFileSync(
      join(runPaths(join(root, 'dead')).checkpoints, 'checkpoint-000000009900.safetensors.partial'),
      'half',
    );
    expect(readRunMetrics(join(root, 'dead'))).toHaveLength(at);
    await drift(join(root, 'dead'), { resume: true });
    rmSync(join(runPaths(join(root, 'dead')).checkpoints, 'checkpoint-000000009900.safetensors.partial'));
    expect(contentOf(join(root, 'dead'))).toEqual(contentOf(join(root, 'whole')));
  },
);

test('resuming a finished run does nothing more, and resuming nothing starts', async () => {
  const directory = join(temporaryDirectory(), 'run');
  await drift(directory, { resume: true });
  const before = contentOf(directory);
  expect(await drift(directory, { resume: true })).toMatchObject({ stopped: false, steps: 1700 });
  expect(contentOf(directory)).toEqual(before);
});

test('progress tells steps, speed and time left', async () => {
  const told: number[][] = [];
  await runTraining(new DriftingLearner(3, 0), {
    identity: { algorithm: 'drift', environment: 'Ramp-v0', seed: 0, config: {} },
    hooks: {
      onProgress: ({ step, totalSteps, stepsPerSecond }) => told.push([step, totalSteps, Number(stepsPerSecond > 0)]),
    },
    checkpointEvery: 1,
    keepCheckpoints: 1,
  });
  expect(told).toEqual([
    [100, 300, 1],
    [200, 300, 1],
    [300, 300, 1],
  ]);
});

test('a directory in use is left alone', async () => {
  const root = temporaryDirectory();
  await drift(join(root, 'run'));
  const before = contentOf(root);
  await expect(drift(join(root, 'run'))).rejects.toThrow(/already holds a drift run on Ramp-v0; resume it or choose/);
  await expect(drift(join(root, 'run'), { resume: true }, { step: 0.2 })).rejects.toThrow(/a run with another step;/);
  await expect(drift(join(root, 'run'), { resume: true }, { seed: 4 })).rejects.toThrow(/a run with another seed;/);
  await expect(drift(root)).rejects.toThrow(/holds other files \(run\)/);
  expect(contentOf(root)).toEqual(before);
});

test('damaged and foreign files are errors of one sentence that name them', async () => {
  const root = temporaryDirectory();
  await drift(join(root, 'run'));
  const broken = (name: string, damage: (paths: ReturnType<typeof runPaths>) => void) => {
    cpSync(join(root, 'run'), join(root, name), { recursive: true });
    damage(runPaths(join(root, name)));
    return drift(join(root, name), { resume: true });
  };
  const last = (paths: { checkpoints: string }) => join(paths.checkpoints, 'checkpoint-000000001700.safetensors');
  const inputError = (message: RegExp) =>
    expect.objectContaining({ name: 'InputError', message: expect.stringMatching(message) });
  await expect(
    broken('cut', (paths) => writeFileSync(last(paths), readFileSync(last(paths)).subarray(0, 500))),
  ).rejects.toThrow(inputError(/1700\.safetensors/));
  await expect(broken('config', ({ config }) => writeFileSync(config, '{"format":2}'))).rejects.toThrow(
    inputError(/config\.json is not what this version/),
  );
  await expect(broken('json', ({ config }) => writeFileSync(config, 'nonsense'))).rejects.toThrow(
    inputError(/config\.json is not JSON/),
  );
  await expect(broken('lines', ({ metrics }) => writeFileSync(metrics, '{}\n'))).rejects.toThrow(
    inputError(/has 1 lines where its checkpoint expects 17/),
  );
  const older = (paths: { checkpoints: string }) => {
    const text = readFileSync(last(paths), 'latin1').replace('"format_version":"1"', '"format_version":"0"');
    writeFileSync(last(paths), text, 'latin1');
  };
  await expect(broken('version', older)).rejects.toThrow(inputError(/format 0 .* reads format 1/));
});

test('a place that cannot be written is an error of one sentence', async () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  await expect(drift(join(root, 'file'))).rejects.toThrow(/Could not write .*file.*: a file is in the way/);
  await expect(drift(join(root, 'file', 'run'))).rejects.toThrow(/a file is in the way/);
  mkdirSync(join(root, 'run', 'metrics.jsonl'), { recursive: true });
  await expect(drift(join(root, 'run'))).rejects.toThrow(/holds other files/);
});
