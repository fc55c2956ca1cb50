import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import { z } from 'zod';
import { explainingFileErrors } from './file-errors.ts';

/** Version of the files in a run directory; raised when a reader of the old ones would go wrong. */
export const runFormat = 1;

const runConfigSchema = z.object({
  format: z.literal(runFormat),
  algorithm: z.string(),
  environment: z.string(),
  seed: z.number().int(),
  config: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
});

/** `config.json`: what was run, wholly. */
export type RunConfig = z.infer<typeof runConfigSchema>;

const runSummarySchema = z.object({
  format: z.literal(runFormat),
  algorithm: z.string(),
  environment: z.string(),
  seed: z.number().int(),
  status: z.enum(['running', 'stopped', 'finished']),
  unit: z.enum(['steps', 'epochs']),
  steps: z.number(),
  totalSteps: z.number(),
  results: z.record(z.string(), z.number().nullable()),
  cost: z.object({ seconds: z.number(), stepsPerSecond: z.number(), peakMemoryBytes: z.number() }),
  versions: z.record(z.string(), z.string()),
});

/** `summary.json`: how far a run got, what came out and what it cost. */
export type RunSummary = z.infer<typeof runSummarySchema>;

/** Where the files of a run lie. */
export function runPaths(directory: string) {
  return {
    config: join(directory, 'config.json'),
    metrics: join(directory, 'metrics.jsonl'),
    summary: join(directory, 'summary.json'),
    policy: join(directory, 'policy.safetensors'),
    checkpoints: join(directory, 'checkpoints'),
    /** What off-policy learners replay. */
    replay: join(directory, 'replay.bin'),
    best: join(directory, 'checkpoints', 'best.safetensors'),
  };
}

/**
 * Reads `config.json` of a run directory.
 *
 * @throws InputError when the directory holds no run, or one of another version.
 */
export function readRunConfig(directory: string): RunConfig {
  const { config } = runPaths(directory);
  if (!existsSync(config)) throw new InputError(`${directory} holds no run: there is no config.json in it.`);
  return parseJsonFile(config, runConfigSchema);
}

/**
 * Reads `summary.json` of a run directory.
 *
 * @throws InputError when there is none, or it is of another version.
 */
export function readRunSummary(directory: string): RunSummary {
  return parseJsonFile(runPaths(directory).summary, runSummarySchema);
}

/**
 * Reads `metrics.jsonl` of a run directory, oldest line first.
 *
 * @throws InputError when there is none or a line is no JSON object.
 */
export function readRunMetrics(directory: string): Record<string, number | null>[] {
  const path = runPaths(directory).metrics;
  const text = explainingFileErrors('read', path, () => readFileSync(path, 'utf8'));
  // What a killed run left of its last line is no line yet.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const schema = z.record(z.string(), z.number().nullable());
  return lines.slice(0, -1).map((line, index) => parseJson(`${path}, line ${index + 1},`, line, schema));
}

/** Checkpoints of a run directory, oldest first. */
export function listCheckpoints(directory: string): { path: string; step: number }[] {
  const { checkpoints } = runPaths(directory);
  if (!existsSync(checkpoints)) return [];
  return readdirSync(checkpoints)
    .map((name) => ({ path: join(checkpoints, name), step: Number(/^checkpoint-(\d+)\.safetensors$/.exec(name)?.[1]) }))
    .filter(({ step }) => !Number.isNaN(step))
    .sort((a, b) => a.step - b.step);
}

function parseJsonFile<T>(path: string, schema: z.ZodType<T>): T {
  const text = explainingFileErrors('read', path, () => readFileSync(path, 'utf8'));
  return parseJson(path, text, schema);
}

/** Parses and checks JSON that some file held; `where` begins the error's sentence. */
export function parseJson<T>(where: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${where} is not JSON; the file was damaged or is none of ours.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `${where} is not what this version of Understudy writes (${issue.path.join('.') || 'whole'}: ${issue.message}); ` +
      'use the version that wrote it or start a new run.',
  );
}
