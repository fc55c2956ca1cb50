import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '@understudy/errors';

/** A simulator state of a reference. */
export interface ReferenceState {
  qpos: number[];
  qvel: number[];
  qacc_warmstart?: number[];
  mocap_pos?: number[][];
  mocap_quat?: number[][];
}

/** Numbers in the shape that an environment gives them: a list, or lists by name for goal environments. */
export type ReferenceValue = number | boolean | string | null | ReferenceValue[] | { [name: string]: ReferenceValue };

/** One step from a known state. */
export interface ReferenceStep {
  before: ReferenceState;
  action: number[];
  obs: ReferenceValue;
  reward: number;
  terminated: boolean;
  /** False where an episode without a seed doesn't say. */
  truncated?: boolean;
  /** Empty where an episode without a seed doesn't say. */
  info?: { [name: string]: ReferenceValue };
  after: { qpos: number[]; qvel: number[] };
}

/** One episode: what `reset({ seed })` gave, then its steps. Without a seed its start was drawn elsewhere. */
export interface ReferenceEpisode {
  seed?: number;
  reset: { qpos: number[]; qvel: number[]; obs: ReferenceValue; info?: { [name: string]: ReferenceValue } };
  steps: ReferenceStep[];
}

/** Rollouts of native MuJoCo with Gymnasium to hold an environment against. */
export interface Reference {
  meta: { env: string; note?: string; [field: string]: unknown };
  episodes: ReferenceEpisode[];
}

/**
 * Reads a gzipped (or plain) JSON file.
 *
 * @throws InputError if it can't be read or isn't JSON.
 */
export function readJsonFile(file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`"${file}" can't be read (${code}); give the path of a reference file`, { cause: error });
  }
  try {
    const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new InputError(`"${file}" isn't gzipped JSON; give a reference file`, { cause: error });
  }
}

/**
 * Checks that a value is a reference: episodes with their seeds, or with starts that were drawn elsewhere.
 *
 * @throws InputError naming the first thing that is missing.
 */
export function parseReference(value: unknown): Reference {
  const reference = value as Reference;
  demand(typeof reference?.meta?.env === 'string', 'meta.env is missing');
  demand(Array.isArray(reference.episodes) && reference.episodes.length > 0, 'it has no episodes');
  reference.episodes.forEach((episode, e) => {
    const at = `episodes[${e}]`;
    const seeded = episode?.seed !== undefined;
    demand(!seeded || Number.isSafeInteger(episode.seed), `${at}.seed is no whole number`);
    demand(isNumbers(episode?.reset?.qpos) && isNumbers(episode.reset.qvel), `${at}.reset has no qpos and qvel`);
    demand(episode.reset.obs !== undefined, `${at}.reset has no obs`);
    demand(Array.isArray(episode.steps), `${at}.steps is missing`);
    episode.steps.forEach((step, s) => {
      demandStep(step, `${at}.steps[${s}]`, seeded);
    });
  });
  return reference;
}

function demandStep(step: ReferenceStep, at: string, seeded: boolean): void {
  demand(isNumbers(step?.before?.qpos) && isNumbers(step.before.qvel), `${at}.before has no qpos and qvel`);
  demand(isNumbers(step.after?.qpos) && isNumbers(step.after.qvel), `${at}.after has no qpos and qvel`);
  demand(isNumbers(step.action), `${at}.action is missing`);
  demand(step.obs !== undefined && typeof step.reward === 'number', `${at} has no obs or reward`);
  const truncated = seeded ? step.truncated : (step.truncated ?? false);
  demand(typeof step.terminated === 'boolean' && typeof truncated === 'boolean', `${at} has no flags`);
}

function demand(holds: boolean, complaint: string): asserts holds {
  if (!holds) throw new InputError(`the reference isn't a file of seeded episodes with simulator states: ${complaint}`);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
