import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '@understudy/errors';
import { type Answer, Interruption, Refusal, request } from './http.ts';
import type { ContentIdentity, PartialFile } from './partial-file.ts';

/** Options of {@link fetchContent}. */
export interface FetchOptions {
  /** Bytes that the content is known to have. */
  readonly bytes?: number;
  /** Whether the whole is checked against a known checksum, so that a part may come from another server. */
  readonly checksumKnown: boolean;
  readonly idleSeconds: number;
  readonly signal?: AbortSignal;
  onProgress?(received: number, total: number): void;
}

/** When a download goes on, the last bytes that are there are fetched again and compared. */
const OVERLAP_BYTES = 2 ** 14;
const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * Fetches a content into a partial file, going on where that ends if it is the same content still.
 *
 * That it is the same is told by the validator (ETag, or else the date of its last change), the length, and the last
 * bytes that are there; without a validator or a known checksum everything is fetched anew.
 *
 * @throws Interruption when the connection breaks; what arrived is kept.
 * @throws Refusal when the server does not give the content.
 */
export async function fetchContent(url: URL, partial: PartialFile, options: FetchOptions): Promise<void> {
  if (!canGoOn(url, partial, options)) partial.restart(undefined);
  const from = Math.max(0, partial.size - OVERLAP_BYTES);
  const answer = await request(url, {
    ...options,
    headers: partial.size === 0 ? {} : rangeHeaders(url, partial, from),
  });
  try {
    if (!(await receive(url, partial, answer, from, options))) {
      answer.discard();
      partial.restart(undefined);
      const again = await request(url, { ...options, headers: {} });
      await receive(url, partial, again, 0, options).finally(() => again.discard());
    }
  } finally {
    answer.discard();
  }
}

function canGoOn(url: URL, { identity, size }: PartialFile, { bytes, checksumKnown }: FetchOptions): boolean {
  if (identity === undefined || size === 0) return false;
  if (bytes !== undefined && bytes !== identity.total) return false;
  return checksumKnown || (identity.url === url.href && validatorOf(identity) !== undefined);
}

/** A weak ETag promises less than equal bytes. */
function validatorOf({ etag, lastModified }: ContentIdentity): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}

function rangeHeaders(url: URL, { identity }: PartialFile, from: number): Record<string, string> {
  // Another server's validators mean nothing to this one.
  const validator = identity?.url === url.href ? validatorOf(identity) : undefined;
  return { range: `bytes=${from}-`, ...(validator !== undefined && { 'if-range': validator }) };
}

/** @returns False when the content is not the one that is there, and has to be fetched from its beginning. */
async function receive(
  url: URL,
  partial: PartialFile,
  answer: Answer,
  from: number,
  options: FetchOptions,
): Promise<boolean> {
  const encoding = answer.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new Refusal(`it packed the content (${encoding}) without being asked to`);
  if (answer.status === 206) {
    if (!isContinuation(url, partial, answer, from, options)) return false;
    return (await append(partial, answer, from, options)) !== 'changed';
  }
  // The end of what there is lies before the end of what is here: not the same content.
  if (answer.status === 416) return false;
  if (answer.status !== 200) throw statusError(answer.status);
  const total = Number(answer.header('content-length') ?? Number.NaN);
  if (!Number.isSafeInteger(total)) throw new Refusal('it does not tell how long the content is');
  if (options.bytes !== undefined && options.bytes !== total) {
    throw new Refusal(`it offers ${total} bytes where the published file has ${options.bytes}`);
  }
  checkSpace(partial, total);
  partial.restart(identityOf(url, total, answer));
  await append(partial, answer, 0, options);
  return true;
}

function isContinuation(
  url: URL,
  { identity }: PartialFile,
  answer: Answer,
  from: number,
  { checksumKnown }: FetchOptions,
): boolean {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.header('content-range') ?? '') ?? [];
  if (identity === undefined || Number(first) !== from || Number(total) !== identity.total) return false;
  const now = identityOf(url, identity.total, answer);
  const same = now.etag === identity.etag && now.lastModified === identity.lastModified;
  return same || (checksumKnown && now.url !== identity.url);
}

function identityOf(url: URL, total: number, answer: Answer): ContentIdentity {
  return { url: url.href, total, etag: answer.header('etag'), lastModified: answer.header('last-modified') };
}

/** Appends what the body has beyond what is there; what it has of that must be equal. */
async function append(
  partial: PartialFile,
  answer: Answer,
  from: number,
  { onProgress }: FetchOptions,
): Promise<'whole' | 'changed'> {
  const { total } = partial.identity!;
  let at = from;
  let head = new Uint8Array(0);
  onProgress?.(partial.size, total);
  for await (const received of answer.body()) {
    let bytes = received;
    if (at < SIGNATURE.length && partial.size < SIGNATURE.length) {
      // Held back until it is clear that this is HDF5 and not, for instance, a page about an error.
      head = Buffer.concat([head, bytes]);
      if (head.length < SIGNATURE.length) continue;
      if (!SIGNATURE.every((byte, i) => head[i] === byte)) throw new Refusal('it sent something else than HDF5');
      bytes = head;
    }
    const known = Math.min(bytes.length, partial.size - at);
    if (known > 0 && Buffer.compare(bytes.subarray(0, known), partial.read(at, known)) !== 0) return 'changed';
    if (at + bytes.length > total) throw new Refusal('it sent more than it announced');
    partial.append(bytes.subarray(Math.max(0, known)));
    at += bytes.length;
    onProgress?.(partial.size, total);
  }
  if (head.length < SIGNATURE.length && from === 0 && partial.size === 0) {
    throw new Refusal('it sent something else than HDF5');
  }
  if (partial.size < total) throw new Interruption('the connection was cut');
  return 'whole';
}

function statusError(status: number): Error {
  if (status === 429 || status >= 500) return new Interruption(`it answered with status ${status}`);
  return new Refusal(`it answered with status ${status}`);
}

function checkSpace({ path, destination }: PartialFile, total: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= total) return;
  throw new InputError(
    `${destination} needs ${total} bytes and the disk has ${bavail * bsize}, so free some space or choose another ` +
      'directory.',
  );
}
