import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isInputError } from '@understudy/errors';
import { type EpisodeRange, writeFileAtomically } from '@understudy/training';
import { type OpenD4rlOptions, openD4rl } from './d4rl-file.ts';
import { checkMaxEpisodeSteps, findEpisodes, timeoutsByLength } from './episodes.ts';

/** Options of {@link indexEpisodes}. */
export interface IndexEpisodesOptions extends OpenD4rlOptions {
  /** Where the file has no `timeouts`, episodes end after so many steps. Default: only at terminals. */
  readonly maxEpisodeSteps?: number;
  /** Whether the index is kept in `NAME.episodes` beside the file; default true. */
  readonly cache?: boolean;
}

/** What a kept index belongs to. */
interface IndexIdentity {
  readonly format: 'understudy-episodes-1';
  readonly bytes: number;
  readonly modified: number;
  /** SHA-256 of the file's first 64 KiB. */
  readonly head: string;
  readonly maxEpisodeSteps: number | null;
  readonly fixes: readonly string[];
  readonly chunk: number | null;
}

const BLOCK_ROWS = 2 ** 18;
const HEAD_BYTES = 2 ** 16;

/**
 * Finds a file's episodes as {@link findEpisodes} does, reading its flags in slices, and keeps them beside the file for
 * the next time. A kept index counts only for a file of the same size, time of change and beginning.
 *
 * @throws InputError as {@link openD4rl}.
 */
export async function indexEpisodes(path: string, options: IndexEpisodesOptions = {}): Promise<EpisodeRange[]> {
  const { maxEpisodeSteps, cache = true } = options;
  if (maxEpisodeSteps !== undefined) checkMaxEpisodeSteps(maxEpisodeSteps);
  if (!cache || !existsSync(path)) return readIndex(path, options);
  const identity = identify(path, options);
  const kept = readKept(indexPath(path), identity);
  if (kept !== undefined) return kept;
  const episodes = await readIndex(path, options);
  keep(indexPath(path), identity, episodes);
  return episodes;
}

/** Where the index of a file is kept. */
export function indexPath(path: string): string {
  return `${path}.episodes`;
}

async function readIndex(path: string, options: IndexEpisodesOptions): Promise<EpisodeRange[]> {
  const file = await openD4rl(path, options);
  try {
    const stored = file.columns.has('timeouts');
    const terminals = new Uint8Array(file.transitions);
    const timeouts = new Uint8Array(stored ? file.transitions : 0);
    for (let start = 0; start < file.transitions; start += BLOCK_ROWS) {
      const stop = Math.min(file.transitions, start + BLOCK_ROWS);
      terminals.set(await file.readFlags('terminals', start, stop), start);
      if (stored) timeouts.set(await file.readFlags('timeouts', start, stop), start);
    }
    return findEpisodes(terminals, stored ? timeouts : timeoutsByLength(terminals, options.maxEpisodeSteps));
  } finally {
    file.close();
  }
}

function identify(path: string, options: IndexEpisodesOptions): IndexIdentity {
  const { size, mtimeMs } = statSync(path);
  const head = new Uint8Array(Math.min(size, HEAD_BYTES));
  // A pipe without a writer would keep a call that blocks for ever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  const { maxEpisodeSteps = Number.POSITIVE_INFINITY } = options;
  return {
    format: 'understudy-episodes-1',
    bytes: size,
    modified: mtimeMs,
    head: createHash('sha256').update(head).digest('hex'),
    maxEpisodeSteps: maxEpisodeSteps === Number.POSITIVE_INFINITY ? null : maxEpisodeSteps,
    fixes: [...(options.fixes ?? [])].sort(),
    chunk: options.chunk ?? null,
  };
}

/** @returns Undefined where nothing is kept, it belongs to another file, or it is damaged. */
function readKept(path: string, identity: IndexIdentity): EpisodeRange[] | undefined {
  if (!existsSync(path)) return undefined;
  let kept: Record<string, unknown>;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8')) ?? {};
  } catch {
    return undefined;
  }
  const { lengths, complete, checksum, ...rest } = kept;
  if (JSON.stringify(rest) !== JSON.stringify(identity)) return undefined;
  if (!Array.isArray(lengths) || typeof complete !== 'boolean') return undefined;
  if (checksum !== checksumOf(lengths)) return undefined;
  let start = 0;
  const episodes = lengths.map((length: number) => {
    const end = start + length;
    const episode = { start, end, complete: true };
    start = end;
    return episode;
  });
  const last = episodes.at(-1);
  if (last) last.complete = complete;
  return episodes;
}

/** That it cannot be kept, in a directory that is read-only for instance, is no reason to fail. */
function keep(path: string, identity: IndexIdentity, episodes: readonly EpisodeRange[]): void {
  const lengths = episodes.map(({ start, end }) => end - start);
  const complete = episodes.at(-1)?.complete ?? true;
  try {
    writeFileAtomically(path, JSON.stringify({ ...identity, complete, checksum: checksumOf(lengths), lengths }));
  } catch (error) {
    if (!isInputError(error)) throw error;
  }
}

function checksumOf(lengths: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(lengths)).digest('hex');
}
