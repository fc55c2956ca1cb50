import type { MetricsRow, ReportInput } from '../input.ts';
import { cheetahTrace } from './cheetah.ts';

/** A whole quickstart's input, of made-up but plausible figures. */
export function sampleInput(): ReportInput {
  return {
    environment: 'HalfCheetah-v5',
    runs: [
      {
        name: 'expert',
        algorithm: 'ppo',
        config: { totalSteps: 300_000, learningRate: 0.0003, hiddenSizes: [64, 64], seed: 1 },
        metrics: Array.from({ length: 100 }, (_, i) => ppoRow(i)),
        summary: { status: 'finished', steps: 300_000, unit: 'steps', cost: { seconds: 29, stepsPerSecond: 10_300 } },
      },
      {
        name: 'clone',
        algorithm: 'bc',
        config: { epochs: 30, loss: 'mse' },
        metrics: Array.from({ length: 30 }, (_, i) => bcRow(i)),
      },
    ],
    evaluation: [
      { name: 'random', returns: [-300, -280, -260, -290] },
      { name: 'expert', returns: [1400, 1500, 1450, 1450] },
      { name: 'clone', returns: [1380, 1450, 1410, 1400] },
    ],
    episodeTrace: cheetahTrace(),
    demonstrations: { file: 'demos.hdf5', episodes: 20, transitions: 20_000, minReturn: 1300, maxReturn: 1520 },
    versions: { node: 'v20.20.2' },
    seeds: { expert: 1 },
    seconds: 103,
    peakMemoryBytes: 3.1e8,
    command: 'npx understudy quickstart --seed 1',
  };
}

function ppoRow(i: number): MetricsRow {
  return {
    step: (i + 1) * 3000,
    episodes: (i + 1) * 3,
    meanReturn: i === 0 ? null : -300 + 17 * i + 40 * Math.sin(i),
    policyLoss: -0.01 + 0.002 * Math.sin(3 * i),
    valueLoss: 1 / (i + 1),
    kl: 0.01 + 0.002 * Math.cos(i),
    clipFraction: 0.1,
    explainedVariance: 1 - 1 / (i + 1),
  };
}

function bcRow(i: number): MetricsRow {
  return { epoch: i + 1, step: i + 1, trainingLoss: 0.5 * 0.8 ** i, validationLoss: 0.55 * 0.82 ** i };
}
