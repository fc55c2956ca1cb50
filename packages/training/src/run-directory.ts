import { existsSync, readdirSync, rmSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { encodeSafetensors } from '@understudy/nn';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createDirectory } from './create-directory.ts';
import { MetricsFile } from './metrics-file.ts';
import type { PolicySpec } from './network-policy.ts';
import { packageVersion } from './package-version.ts';
import { policyFileMetadata, readPolicyContent, readPolicySpec } from './policy-file.ts';
import {
  listCheckpoints,
  parseJson,
  type RunConfig,
  type RunSummary,
  readRunConfig,
  readRunSummary,
  runFormat,
  runPaths,
} from './run-files.ts';

/** What a run is: everything that its results depend on. */
export interface RunIdentity {
  algorithm: string;
  environment: string;
  seed: number;
  /** The whole configuration with its defaults filled in; plain JSON. */
  config: Readonly<Record<string, unknown>>;
}

/** Arguments of {@link RunDirectory.open}. */
export interface OpenRunOptions {
  /** Go on with the run that the directory holds, if it holds one. */
  resume?: boolean;
  /** Keep so many of the last checkpoints; 2 by default. */
  keepCheckpoints?: number;
  versions?: Readonly<Record<string, string>>;
}

/** The best figure so far and where it was reached. */
const bestSchema = z.object({ score: z.number(), step: z.number() }).nullable();
export type BestScore = z.infer<typeof bestSchema>;

/** What {@link RunDirectory} keeps in a checkpoint beside the learner's own state. */
const runStateSchema = z.object({
  step: z.number(),
  iteration: z.number().int().min(0),
  metricsLines: z.number().int().min(0),
  best: bestSchema,
});
const checkpointStateSchema = z.object({ run: runStateSchema, learner: z.unknown() });

/** A checkpoint read back. */
export interface SavedCheckpoint extends Checkpoint {
  path: string;
  step: number;
  /** Iterations done. */
  iteration: number;
  /** Lines of `metrics.jsonl` by then. */
  metricsLines: number;
  best: BestScore;
}

/**
 * The files of one training: `config.json`, `metrics.jsonl`, `checkpoints/`, `policy.safetensors`, `summary.json`.
 *
 * Whatever moment the process dies at, the directory can be resumed: checkpoints appear whole or not at all, and
 * metrics lines that no checkpoint knows of are cut off. No file but the summary and the versions in `config.json`
 * depends on the time or the machine.
 */
export class RunDirectory {
  readonly path: string;
  /** The checkpoint to go on from, when the directory held one. */
  readonly checkpoint: SavedCheckpoint | undefined;
  /** Seconds that earlier processes have trained for this run, as far as they could write it down. */
  readonly earlierSeconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly #identity: RunIdentity;
  readonly #metrics: MetricsFile;
  readonly #keepCheckpoints: number;

  private constructor(path: string, identity: RunIdentity, options: OpenRunOptions) {
    this.path = path;
    this.#identity = identity;
    this.#keepCheckpoints = options.keepCheckpoints ?? 2;
    this.versions = { understudy: packageVersion, node: process.versions.node, ...options.versions };
    const paths = runPaths(path);
    const exists = existsSync(paths.config);
    if (exists) this.#checkContinues(options.resume ?? false);
    else startRun(path, identity, this.versions);
    this.checkpoint = exists ? lastCheckpoint(path) : undefined;
    this.earlierSeconds = this.checkpoint && existsSync(paths.summary) ? readRunSummary(path).cost.seconds : 0;
    this.#metrics = new MetricsFile(paths.metrics, this.checkpoint?.metricsLines ?? 0);
  }

  /**
   * Opens a directory for a new run, or for going on with the one in it.
   *
   * @throws InputError when it holds another run, can't be written, or its files are damaged.
   */
  static open(path: string, identity: RunIdentity, options: OpenRunOptions = {}): RunDirectory {
    return new RunDirectory(path, identity, options);
  }

  appendMetrics(metrics: Readonly<Record<string, number | null>>): void {
    this.#metrics.append(metrics);
  }

  /**
   * Writes a checkpoint and the policy in it, and removes the oldest.
   *
   * @param isBest - Keep it as `checkpoints/best.safetensors` too.
   */
  saveCheckpoint(
    checkpoint: Checkpoint & { step: number; iteration: number; best: BestScore },
    spec: PolicySpec,
    policyTensorNames: ReadonlySet<string>,
    isBest: boolean,
  ): void {
    const { step, iteration, best, tensors, state } = checkpoint;
    const run = { step, iteration, metricsLines: this.#metrics.lines, best };
    const metadata = policyFileMetadata(spec);
    const bytes = encodeSafetensors(tensors, { ...metadata, checkpoint: JSON.stringify({ run, learner: state }) });
    const policy = encodeSafetensors(
      [...tensors].filter(([name]) => policyTensorNames.has(name)),
      metadata,
    );
    const paths = runPaths(this.path);
    // In this order, a process that dies in between leaves nothing that a resumed one would not write again.
    this.#metrics.sync();
    if (isBest) writeFileAtomically(paths.best, policy);
    writeFileAtomically(`${paths.checkpoints}/checkpoint-${String(step).padStart(12, '0')}.safetensors`, bytes);
    writeFileAtomically(paths.policy, policy);
    for (const old of listCheckpoints(this.path).slice(0, -this.#keepCheckpoints)) rmSync(old.path, { force: true });
  }

  saveSummary(summary: Omit<RunSummary, 'format' | 'algorithm' | 'environment' | 'seed' | 'versions'>): void {
    const { algorithm, environment, seed } = this.#identity;
    const whole: RunSummary = {
      format: runFormat,
      algorithm,
      environment,
      seed,
      ...summary,
      versions: { ...this.versions },
    };
    writeFileAtomically(runPaths(this.path).summary, `${JSON.stringify(whole, null, 2)}\n`);
  }

  close(): void {
    this.#metrics.close();
  }

  /** Whether the run in the directory is this one, and may be gone on with. */
  #checkContinues(resume: boolean): void {
    const saved = readRunConfig(this.path);
    if (!resume) {
      throw new InputError(
        `${this.path} already holds a ${saved.algorithm} run on ${saved.environment}; resume it or choose another directory.`,
      );
    }
    const { algorithm, environment, seed, config } = this.#identity;
    const differing = firstDifference({ algorithm, environment, seed, ...config }, { ...saved, ...saved.config });
    if (differing === undefined) return;
    throw new InputError(
      `${this.path} holds a run with another ${differing}; resume it with its own configuration or choose another directory.`,
    );
  }
}

function startRun(path: string, identity: RunIdentity, versions: Readonly<Record<string, string>>): void {
  const paths = runPaths(path);
  const config: RunConfig = {
    format: runFormat,
    algorithm: identity.algorithm,
    environment: identity.environment,
    seed: identity.seed,
    config: { ...identity.config },
    versions: { ...versions },
  };
  createDirectory(paths.checkpoints);
  const foreign = readdirSync(path).filter((name) => name !== 'checkpoints' && !name.endsWith('.partial'));
  if (foreign.length > 0 || listCheckpoints(path).length > 0) {
    throw new InputError(
      `${path} holds other files (${foreign[0] ?? 'checkpoints'}); choose a new or empty directory.`,
    );
  }
  writeFileAtomically(paths.config, `${JSON.stringify(config, null, 2)}\n`);
}

function lastCheckpoint(directory: string): SavedCheckpoint | undefined {
  const last = listCheckpoints(directory).at(-1);
  if (!last) return undefined;
  const content = readPolicyContent(last.path);
  readPolicySpec(last.path, content);
  const text = content.metadata.checkpoint ?? '';
  const { run, learner } = parseJson(`The training state in ${last.path}`, text, checkpointStateSchema);
  return { path: last.path, ...run, tensors: content.tensors, state: learner };
}

/** The first name, of those in `wanted`, whose values differ as JSON. */
function firstDifference(wanted: Record<string, unknown>, saved: Record<string, unknown>): string | undefined {
  return Object.keys(wanted).find((name) => canonical(wanted[name]) !== canonical(saved[name]));
}

/** JSON with the names of every object in order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}
