import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';
import { createDirectory, loadPolicy, type NetworkPolicy, readRunConfig, savePolicy } from '@understudy/training';
import { readEmbeddedPolicy } from './embedded-policy.ts';
import { conditionedExpert, type Expert, type ExpertSource, policyExpert } from './expert.ts';
import { modeCodeSize } from './mode-code.ts';
import type { ExpertTask } from './task.ts';

/** What has to fit a policy: sizes of the environment as the data will have it. */
export interface TaskSizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** Name of a policy that serves all modes, and of one of each. */
const allModesFile = 'all-modes.safetensors';
const modeFile = (mode: number) => `mode-${mode}.safetensors`;

/** Where this package keeps a task's trained policies; nothing may be there. */
export function storedPolicies(id: string): string {
  return fileURLToPath(new URL(`../policies/${id}`, import.meta.url));
}

/** Whether the package brings policies of a task. */
export function hasStoredPolicies(id: string): boolean {
  return existsSync(storedPolicies(id));
}

/**
 * Writes policies as {@link openPolicies} reads them: one file for each mode, or one for all.
 *
 * @param policies - By mode; null is the mode of one that serves all, or of a task without modes.
 */
export function savePolicies(directory: string, policies: ReadonlyMap<number | null, NetworkPolicy>): void {
  createDirectory(directory);
  for (const [mode, policy] of policies)
    savePolicy(policy, join(directory, mode === null ? allModesFile : modeFile(mode)));
}

/** How {@link openPolicies} chooses. */
export interface OpenPoliciesOptions {
  /** In run directories: the policy with the best training return instead of the last. */
  best?: boolean;
}

/**
 * Experts from files: a policy file or checkpoint, a run directory, a directory as {@link savePolicies} writes, or a
 * D4RL file with a policy in it.
 *
 * @throws InputError when there is no policy, or it was made for another environment.
 */
export async function openPolicies(
  path: string,
  task: ExpertTask,
  sizes: TaskSizes,
  options: OpenPoliciesOptions = {},
): Promise<ExpertSource> {
  if (!existsSync(path)) throw new InputError(`There is nothing at ${path}; name a run, a policy file or a D4RL file.`);
  if (!statSync(path).isDirectory()) {
    if (!isHdf5(path)) return single(path, await loadPolicy(path), task, sizes);
    return single(path, await readEmbeddedPolicy(path, task.id), task, sizes);
  }
  const names = readdirSync(path);
  if (names.includes(allModesFile)) {
    const file = join(path, allModesFile);
    return single(file, await loadPolicy(file), task, sizes, path);
  }
  const modes = names.map((name) => Number(/^mode-(\d+)\.safetensors$/.exec(name)?.[1])).filter((mode) => mode >= 0);
  if (modes.length === 0) return openRun(path, task, sizes, options);
  const experts = new Map<number, Expert>();
  for (const mode of modes.sort((a, b) => a - b)) {
    const file = join(path, modeFile(mode));
    experts.set(mode, expertOfPolicy(await loadPolicy(file), task, sizes, file));
  }
  return { name: path, modes, expertOf: (mode) => experts.get(mode as number) ?? missing(path, mode) };
}

async function openRun(path: string, task: ExpertTask, sizes: TaskSizes, { best }: OpenPoliciesOptions) {
  const policy = await loadPolicy(path, { which: best ? 'best' : 'last' });
  const source = single(path, policy, task, sizes);
  if (!existsSync(join(path, 'config.json'))) return source;
  const { mode } = (readRunConfig(path).config.environmentOptions ?? {}) as { mode?: unknown };
  return typeof mode === 'number' && task.modes.kind !== 'none' ? { ...source, modes: [mode] } : source;
}

function single(file: string, policy: NetworkPolicy, task: ExpertTask, sizes: TaskSizes, name = file): ExpertSource {
  const expert = expertOfPolicy(policy, task, sizes, file);
  return { name, expertOf: () => expert };
}

/**
 * A policy as an expert of a task; one whose observations are longer by a mode's code gets the code.
 *
 * @param source - Where it comes from, for errors.
 * @throws InputError when it was made for another environment.
 */
export function expertOfPolicy(policy: NetworkPolicy, task: ExpertTask, sizes: TaskSizes, source: string): Expert {
  const { environment, observationSize, actionSize } = policy.metadata;
  const code = modeCodeSize(task.modes);
  const conditioned = code > 0 && observationSize === sizes.observationSize + code;
  const fits = conditioned || observationSize === sizes.observationSize;
  if (environment !== task.id || !fits || actionSize !== sizes.actionSize) {
    throw new InputError(
      `${source} holds a policy for ${environment} (${observationSize} observation and ${actionSize} action numbers) and ` +
        `${task.id} has ${sizes.observationSize} and ${sizes.actionSize}; choose a policy trained on ${task.id}.`,
    );
  }
  const fingerprint = fingerprintOf(policy);
  return conditioned ? conditionedExpert(policy, task.modes, fingerprint) : policyExpert(policy, fingerprint);
}

/** A hash of everything that a policy's actions depend on. */
function fingerprintOf(policy: NetworkPolicy): string {
  const hash = createHash('sha256').update(JSON.stringify(policy.spec));
  for (const [name, { data }] of policy.tensors()) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function missing(path: string, mode: number | null): never {
  throw new InputError(`${path} holds no policy of mode ${mode}; name other modes, or train this one.`);
}

/** HDF5's signature at the beginning, where all of D4RL's files have it. */
function isHdf5(path: string): boolean {
  const start = Buffer.alloc(4);
  // A pipe without a writer would keep a call that blocks for ever.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    readSync(file, start, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  return start.equals(Buffer.from('\x89HDF', 'latin1'));
}
