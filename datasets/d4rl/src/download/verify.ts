import { statSync } from 'node:fs';
import { InputError, isInputError } from '@understudy/errors';
import type { D4rlEntry } from '../catalogue/catalogue.ts';
import { openD4rl } from '../d4rl-file.ts';
import { checksumPath, fileSha256, recordedSha256, recordSha256 } from './checksum-file.ts';

/** Options of {@link verifyD4rl}. */
export interface VerifyOptions {
  /** What the file should be: its published size, checksum and dimensions are checked too. */
  readonly entry?: D4rlEntry;
  readonly signal?: AbortSignal;
}

/** What is known of a file that was found right. */
export interface VerifiedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What the checksum was compared with; `first-seen` is recorded now and compared from now on. */
  readonly against: 'published' | 'recorded' | 'first-seen';
  readonly transitions: number;
}

/**
 * Checks a file: that it is a whole D4RL file with the dimensions of its environment, and that its SHA-256 is the
 * published one and the one recorded beside it. Where none was recorded, it is now.
 *
 * @throws InputError when something is wrong with it.
 */
export async function verifyD4rl(path: string, options: VerifyOptions = {}): Promise<VerifiedFile> {
  const checked = await checkContent(path, path, options);
  if (checked.against === 'recorded') return checked;
  try {
    recordSha256(path, checked.sha256);
  } catch (error) {
    // Where nothing can be written, a published checksum is as good; without any there would be nothing to compare with.
    if (checked.against !== 'published' || !isInputError(error)) throw error;
  }
  return checked;
}

/**
 * Like {@link verifyD4rl}, for a file that does not have its name yet, and without recording anything.
 *
 * @param path - Of the file.
 * @param destination - The name that it is to have.
 */
export async function checkContent(
  path: string,
  destination: string,
  { entry, signal }: VerifyOptions,
): Promise<VerifiedFile> {
  const expect = entry && { ...entry, name: `${entry.name} of D4RL` };
  const file = await openD4rl(path, { expect });
  const { transitions } = file;
  file.close();
  const bytes = statSync(path).size;
  if (entry?.bytes !== undefined && entry.bytes !== bytes) {
    throw new InputError(`${path} has ${bytes} bytes and ${entry.name} ${entry.bytes}, so get a fresh copy.`);
  }
  const sha256 = await fileSha256(path, signal);
  const known = [
    {
      value: recordedSha256(destination),
      source: `the one that ${checksumPath(destination)} recorded`,
      is: 'recorded',
    },
    { value: entry?.sha256, source: `the one published for ${entry?.name}`, is: 'published' },
  ] as const;
  const wrong = known.find(({ value }) => value !== undefined && value !== sha256);
  if (wrong !== undefined) {
    const advice = 'get a fresh copy, or remove that record if the change is meant';
    const fresh = wrong.is === 'recorded' ? advice : 'get a fresh copy';
    throw new InputError(`The SHA-256 of ${path} is ${sha256} and not ${wrong.source}, ${wrong.value}, so ${fresh}.`);
  }
  const against = known.find(({ value }) => value !== undefined)?.is ?? 'first-seen';
  return { path: destination, bytes, sha256, against, transitions };
}
