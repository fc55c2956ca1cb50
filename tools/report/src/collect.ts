import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '@understudy/errors';
import { readRunConfig, readRunMetrics, readRunSummary } from '@understudy/training';
import type { ReportInput, RunRecord } from './input.ts';
import { readQuickstartSummary } from './quickstart-summary.ts';

/** A run directory as it was read. */
interface RunDirectory {
  record: RunRecord;
  environment: string;
  seed: number;
  versions: Readonly<Record<string, string>>;
}

/**
 * Reads what a report needs from a directory: that of one run (`config.json`, `metrics.jsonl`, `summary.json`), or that
 * of a quickstart, which holds run directories and a `summary.json` about all of them. A run that is still going on, or
 * was interrupted, has no metrics or summary yet and is read without.
 *
 * @throws InputError when the directory holds neither, or a file in it is damaged.
 */
export function collectReportInput(directory: string): ReportInput {
  if (!isDirectory(directory)) {
    throw new InputError(`${directory} is not a directory; give the directory of a run or of a quickstart.`);
  }
  if (existsSync(join(directory, 'config.json'))) return runInput(directory);
  const runs = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((path) => isDirectory(path) && existsSync(join(path, 'config.json')));
  if (runs.length > 0) return quickstartInput(directory, runs);
  throw new InputError(
    `${directory} holds no run: neither it nor a directory in it has a config.json; give the directory that a training wrote.`,
  );
}

function runInput(directory: string): ReportInput {
  const run = readRun(directory);
  const cost = run.record.summary?.cost;
  return {
    environment: run.environment,
    runs: [run.record],
    evaluation: [],
    versions: run.versions,
    seeds: { training: run.seed },
    seconds: cost?.seconds,
    peakMemoryBytes: cost?.peakMemoryBytes,
  };
}

function quickstartInput(directory: string, paths: readonly string[]): ReportInput {
  const runs = paths.map(readRun).sort((a, b) => rank(a) - rank(b));
  const path = join(directory, 'summary.json');
  const summary = existsSync(path) ? readQuickstartSummary(path, readFileSync(path, 'utf8')) : undefined;
  const peaks = runs.map((run) => run.record.summary?.cost?.peakMemoryBytes ?? 0);
  return {
    environment: summary?.environment ?? runs[0].environment,
    runs: runs.map((run) => run.record),
    evaluation: summary?.evaluation ?? [],
    cloneToExpert: summary?.cloneToExpert,
    demonstrations: summary?.demonstrations && withSize(directory, summary.demonstrations),
    versions: summary?.versions ?? Object.assign({}, ...runs.map((run) => run.versions)),
    seeds: summary?.seeds ?? Object.fromEntries(runs.map((run) => [run.record.name, run.seed])),
    seconds: summary?.seconds,
    peakMemoryBytes: summary?.peakMemoryBytes ?? (Math.max(...peaks) || undefined),
    command: summary?.command,
  };
}

/** Experts come before their clones; other runs keep the directory's order between. */
function rank({ record }: RunDirectory): number {
  return record.name === 'expert' ? 0 : record.name === 'clone' ? 2 : 1;
}

function readRun(directory: string): RunDirectory {
  const { algorithm, environment, seed, config, versions } = readRunConfig(directory);
  const record: RunRecord = {
    name: basename(resolve(directory)),
    algorithm,
    config: { environment, seed, ...config },
    metrics: existsSync(join(directory, 'metrics.jsonl')) ? readRunMetrics(directory) : [],
    summary: existsSync(join(directory, 'summary.json')) ? readRunSummary(directory) : undefined,
  };
  return { record, environment, seed, versions };
}

/** The demonstrations' size on disk, where their file lies in the directory itself. */
function withSize<Facts extends { file: string }>(directory: string, facts: Facts): Facts & { bytes?: number } {
  const path = join(directory, basename(facts.file));
  return existsSync(path) ? { ...facts, bytes: statSync(path).size } : facts;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
