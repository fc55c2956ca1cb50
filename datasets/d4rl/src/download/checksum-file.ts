import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '@understudy/errors';
import { writeFileAtomically } from '@understudy/training';

/** SHA-256 of a file, hexadecimal. */
export async function fileSha256(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(bytes);
  return hash.digest('hex');
}

/** The checksum that was recorded for a file when it was first seen, in `NAME.sha256`; undefined where none was. */
export function recordedSha256(path: string): string | undefined {
  const record = checksumPath(path);
  if (!existsSync(record)) return undefined;
  const [, sha256] = /^([0-9a-f]{64})\b/i.exec(readFileSync(record, 'latin1')) ?? [];
  if (sha256 !== undefined) return sha256.toLowerCase();
  throw new InputError(`${record} holds no SHA-256, so remove it to record the checksum anew.`);
}

/** Records a checksum in the form that `sha256sum --check` reads. */
export function recordSha256(path: string, sha256: string): void {
  writeFileAtomically(checksumPath(path), `${sha256}  ${basename(path)}\n`);
}

/** The file that records the checksum of another. */
export function checksumPath(path: string): string {
  return `${path}.sha256`;
}
