import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, isInputError } from '@understudy/errors';
import { createDirectory } from '@understudy/training';
import { type D4rlEntry, d4rlBaseUrl, d4rlEntry } from '../catalogue/catalogue.ts';
import { recordSha256 } from './checksum-file.ts';
import { fetchContent } from './fetch-content.ts';
import { checkBaseUrl, Interruption, Refusal } from './http.ts';
import { d4rlDirectory, d4rlPath } from './local-files.ts';
import { withLock } from './lock.ts';
import { PartialFile } from './partial-file.ts';
import { checkContent, type VerifiedFile, verifyD4rl } from './verify.ts';

/** Options of {@link downloadD4rl}. */
export interface DownloadOptions {
  /** Default: {@link d4rlDirectory}. */
  readonly directory?: string;
  /** Servers to try in turn, each with D4RL's directories below. Default: the one that D4RL published them on. */
  readonly baseUrls?: readonly string[];
  /** Stops the download; what arrived is kept, and the next one goes on from there. */
  readonly signal?: AbortSignal;
  /** Attempts in a row without a byte of progress before the next server is tried; default 5, 0 never tries again. */
  readonly attempts?: number;
  /** Seconds that nothing may arrive for; default 60. */
  readonly idleSeconds?: number;
  /** Seconds before the second attempt, doubled before each further one; default 1. */
  readonly retrySeconds?: number;
  /** @param received - Bytes that are there, those of an earlier attempt included. */
  onProgress?(received: number, total: number): void;
  /** Told when an attempt fails and another one follows. */
  onRetry?(reason: string): void;
}

/** What {@link downloadD4rl} gives. */
export interface DownloadedFile extends VerifiedFile {
  /** False when it was there already. */
  readonly fetched: boolean;
}

const MAX_RETRY_SECONDS = 30;

/**
 * Fetches a dataset of D4RL, or finds it where it was fetched before; either way its checksum is checked.
 *
 * A download that was stopped, cut or killed goes on where it ended. The file gets its name only when it is whole, opens
 * as what it should be, and has the published or the recorded checksum.
 *
 * @param name - For instance `hopper-medium-v2`.
 * @throws InputError when there is no such dataset, no server gives it, what it gives is something else, or the disk is
 *   full; the signal's reason when it was stopped.
 */
export async function downloadD4rl(name: string, options: DownloadOptions = {}): Promise<DownloadedFile> {
  const entry = d4rlEntry(name);
  const secure = d4rlBaseUrl.replace('http:', 'https:');
  const baseUrls = (options.baseUrls ?? [secure, d4rlBaseUrl]).map(checkBaseUrl);
  if (baseUrls.length === 0) throw new InputError('There is no server to fetch from, so give a base URL.');
  const { directory = d4rlDirectory(), signal } = options;
  const path = d4rlPath(entry, directory);
  if (existsSync(path)) return { ...(await verifyD4rl(path, { entry, signal })), fetched: false };
  createDirectory(directory);
  return withLock(path, async () => {
    const partial = new PartialFile(path);
    try {
      const checked = await fetchFromAny(entry, baseUrls, partial, options);
      if (checked.against !== 'recorded') recordSha256(path, checked.sha256);
      partial.commit();
      return { ...checked, fetched: true };
    } finally {
      partial.close();
    }
  });
}

/** What the first server gives that has the right content. */
async function fetchFromAny(
  entry: D4rlEntry,
  baseUrls: readonly string[],
  partial: PartialFile,
  options: DownloadOptions,
): Promise<VerifiedFile> {
  const failures: string[] = [];
  for (const baseUrl of baseUrls) {
    const url = new URL(`${baseUrl}/${entry.path}`);
    const outcome = (await fetchFrom(url, entry, partial, options)) ?? (await checkArrived(entry, partial, options));
    if (typeof outcome !== 'string') return outcome;
    failures.push(`${url.href}: ${outcome}`);
  }
  const kept = partial.size > 0 ? `; ${partial.size} bytes are kept, and the next download goes on from there` : '';
  throw new InputError(
    `${entry.name} could not be fetched (${failures.join('; ')}), so try again later or give another base URL${kept}.`,
  );
}

/** @returns Why this server failed, or undefined when everything arrived. */
async function fetchFrom(
  url: URL,
  entry: D4rlEntry,
  partial: PartialFile,
  options: DownloadOptions,
): Promise<string | undefined> {
  const { attempts = 5, idleSeconds = 60, retrySeconds = 1, signal, onProgress } = options;
  const fetchOptions = { bytes: entry.bytes, checksumKnown: entry.sha256 !== undefined, idleSeconds, signal };
  for (let failed = 0; ; ) {
    const before = partial.size;
    try {
      await fetchContent(url, partial, { ...fetchOptions, onProgress });
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      if (!(error instanceof Interruption)) throw error;
      failed = partial.size > before ? 0 : failed + 1;
      if (failed >= attempts) return error.message;
      options.onRetry?.(error.message);
      await sleep(1000 * Math.min(MAX_RETRY_SECONDS, retrySeconds * 2 ** failed), undefined, { signal }).catch(
        () => {},
      );
      signal?.throwIfAborted();
    }
  }
}

/** @returns Why what arrived whole is not what it should be; it is dropped then. */
async function checkArrived(
  entry: D4rlEntry,
  partial: PartialFile,
  { signal }: DownloadOptions,
): Promise<VerifiedFile | string> {
  try {
    return await checkContent(partial.path, partial.destination, { entry, signal });
  } catch (error) {
    if (!isInputError(error)) throw error;
    partial.restart(undefined);
    // The file is gone, and what to do is said once, for all servers.
    const reason = error.message
      .replaceAll(partial.path, 'it')
      .replace(/(, so get a [a-z]+ copy|, so choose [^,]*)?\.$/, '');
    return `what it sent was dropped, since ${reason}`;
  }
}
