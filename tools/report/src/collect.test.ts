import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectReportInput } from './collect.ts';
import { composePage } from './page.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-collect-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = {
  format: 1,
  algorithm: 'ppo',
  environment: 'Hopper-v5',
  seed: 3,
  config: { learningRate: 0.0003 },
  versions: { '@understudy/ppo': '0.1.0' },
};
const runSummary = {
  format: 1,
  algorithm: 'ppo',
  environment: 'Hopper-v5',
  seed: 3,
  status: 'finished',
  unit: 'steps',
  steps: 4096,
  totalSteps: 4096,
  results: {},
  cost: { seconds: 2, stepsPerSecond: 2048, peakMemoryBytes: 2e8 },
  versions: {},
};
const quickstartSummary = {
  environment: 'Hopper-v5',
  random: { mean: 10, std: 2, episodes: 5 },
  expert: { mean: 2000, std: 40, episodes: 5, returns: [1950, 2000, 2050, 2010, 1990] },
  clone: { mean: 1900, std: 60, episodes: 5 },
  cloneToExpert: 0.95,
  demonstrations: { file: 'demos.hdf5', episodes: 10, transitions: 9000 },
  seconds: 61,
  seeds: { expert: 3 },
  versions: { node: 'v20' },
};

function writeRun(directory: string, files: Record<string, unknown> = {}): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

const rows = '{"step":2048,"meanReturn":null}\n{"step":4096,"meanReturn":12.5}\n';

test('a run directory gives its configuration, metrics, versions, seed and cost', () => {
  const input = collectReportInput(
    writeRun(join(folder, 'hopper'), { 'metrics.jsonl': rows, 'summary.json': runSummary }),
  );
  expect(input).toMatchObject({ environment: 'Hopper-v5', seconds: 2, peakMemoryBytes: 2e8, seeds: { training: 3 } });
  expect(input.runs[0]).toMatchObject({ name: 'hopper', algorithm: 'ppo', config: { learningRate: 0.0003 } });
  expect(input.runs[0].metrics).toHaveLength(2);
  expect(composePage(input).html).toContain('Its last training episodes returned 13 on average.');
});

test('a run that was killed in its first iteration is read without what it has not written', () => {
  const input = collectReportInput(writeRun(join(folder, 'young')));
  expect(input.runs[0].metrics).toEqual([]);
  expect(composePage(input).html).toContain('has logged no returns yet');
});

test("a quickstart's directory gives the expert before the clone, evaluations and demonstrations", () => {
  writeRun(join(folder, 'clone'), { 'metrics.jsonl': '' });
  writeRun(join(folder, 'expert'), { 'metrics.jsonl': rows, 'summary.json': runSummary });
  writeFileSync(join(folder, 'summary.json'), JSON.stringify(quickstartSummary));
  writeFileSync(join(folder, 'demos.hdf5'), 'x'.repeat(1234));
  const input = collectReportInput(folder);
  expect(input.runs.map(({ name }) => name)).toEqual(['expert', 'clone']);
  expect(input.evaluation.map(({ name, mean }) => [name, mean])).toEqual([
    ['random', 10],
    ['expert', 2000],
    ['clone', 1900],
  ]);
  expect(input.evaluation[1].returns).toHaveLength(5);
  expect(input).toMatchObject({ cloneToExpert: 0.95, seconds: 61, peakMemoryBytes: 2e8 });
  expect(input.demonstrations).toMatchObject({ transitions: 9000, bytes: 1234 });
  expect(composePage(input).html).toContain('A clone earns 95.0 % of its expert’s return on Hopper-v5');
});

test.each<[string, (folder: string) => string, RegExp]>([
  ['no directory', (at) => join(at, 'missing'), /is not a directory/],
  ['a file', (at) => join(writeRun(at), 'config.json'), /is not a directory/],
  ['an empty directory', (at) => at, /holds no run/],
  ['a config cut off', (at) => writeRun(at, { 'config.json': '{"format":1,' }), /config\.json is not JSON/],
  ['a config of another version', (at) => writeRun(at, { 'config.json': { ...config, format: 99 } }), /config\.json/],
  ['metrics that are none', (at) => writeRun(at, { 'metrics.jsonl': 'hello\n' }), /metrics\.jsonl, line 1/],
  ['a summary of something else', (at) => writeRun(at, { 'summary.json': [] }), /summary\.json/],
])('%s is told in one sentence', (_, prepare, message) => {
  const directory = prepare(folder);
  expect(() => collectReportInput(directory)).toThrow(message);
  expect(caught(() => collectReportInput(directory))).toSatisfy(isInputError);
});

test.each<[string, unknown, RegExp]>([
  ['text', 'hello', /summary\.json is not a JSON object/],
  ['no environment', { ...quickstartSummary, environment: undefined }, /lacks environment/],
  [
    'a mean of another type',
    { ...quickstartSummary, expert: { mean: 'high' } },
    /expert\.mean has to be a finite number/,
  ],
  ['returns that are none', { ...quickstartSummary, clone: { returns: [1, '2'] } }, /clone\.returns has to be a list/],
  ['a version that is no text', { ...quickstartSummary, versions: { node: 20 } }, /versions\.node has to be text/],
])('a quickstart summary with %s is told in one sentence', (_, summary, message) => {
  writeRun(join(folder, 'expert'));
  writeFileSync(join(folder, 'summary.json'), typeof summary === 'string' ? summary : JSON.stringify(summary));
  expect(() => collectReportInput(folder)).toThrow(message);
  expect(caught(() => collectReportInput(folder))).toSatisfy(isInputError);
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
