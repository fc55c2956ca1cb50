import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '@understudy/errors';
import { z } from 'zod';
import { checkKey, fingerprint, publicKeyOf } from './curve-key.ts';

const format = 'understudy-curve-key';
const MAX_FILE_BYTES = 4096;

/** Names of keys: they become file names, and user ids in logs. */
export const keyName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const publicKeyFile = z.strictObject({
  format: z.literal(format),
  version: z.literal(1),
  kind: z.literal('public'),
  name: z.string().regex(keyName),
  comment: z.string().max(512),
  publicKey: z.string(),
});

const secretKeyFile = publicKeyFile.extend({ kind: z.literal('secret'), secretKey: z.string() });

/** A public key as its file has it. */
export interface PublicKey {
  readonly name: string;
  /** What its owner says of it; may be empty. */
  readonly comment: string;
  readonly publicKey: string;
}

/** A secret key as its file has it, with the public one that belongs to it. */
export interface SecretKey extends PublicKey {
  readonly secretKey: string;
}

/** @throws InputError when a name can't be a key's. */
export function checkKeyName(name: string): void {
  if (keyName.test(name)) return;
  throw new InputError(
    `${JSON.stringify(name.slice(0, 80))} can't name a key: use up to 64 letters, digits, points, dashes and underscores.`,
  );
}

/** Writes a public key, readable by its owner only: written beside and renamed. */
export function writePublicKey(path: string, { name, comment, publicKey }: PublicKey): void {
  writePrivately(path, { format, version: 1, kind: 'public', name, comment, publicKey });
}

/** Writes a secret key, readable by its owner only: written beside and renamed. */
export function writeSecretKey(path: string, { name, comment, publicKey, secretKey }: SecretKey): void {
  writePrivately(path, { format, version: 1, kind: 'secret', name, comment, publicKey, secretKey });
}

function writePrivately(path: string, value: object): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // The point keeps those who read the directory meanwhile from taking it for a key.
  const beside = join(directory, `.${randomBytes(8).toString('hex')}.partial`);
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * Reads a public key; of a secret key's file it takes the public part.
 *
 * @throws InputError when there is none.
 */
export function readPublicKey(path: string): PublicKey {
  const parsed = z.union([publicKeyFile, secretKeyFile]).safeParse(readKeyFile(path).value);
  if (!parsed.success) throw notAKey(path, 'public');
  const { name, comment, publicKey } = parsed.data;
  checkKey(publicKey, `The public key in ${path}`);
  return { name, comment, publicKey };
}

/**
 * Reads a secret key.
 *
 * @throws InputError when there is none, when others than its owner may read it, and when its parts don't belong together.
 */
export function readSecretKey(path: string): SecretKey {
  const { value, mode } = readKeyFile(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const shown = (mode & 0o777).toString(8);
    throw new InputError(
      `The secret key ${path} can be read by others (mode ${shown}): run chmod 600 on it, or create a new one.`,
    );
  }
  const parsed = secretKeyFile.safeParse(value);
  if (!parsed.success) throw notAKey(path, 'secret');
  const { name, comment, publicKey, secretKey } = parsed.data;
  checkKey(publicKey, `The public key in ${path}`);
  checkKey(secretKey, `The secret key in ${path}`);
  if (publicKeyOf(secretKey) !== publicKey) {
    throw new InputError(
      `The public key in ${path} (${fingerprint(publicKey)}) is not that of its secret key; create a new pair.`,
    );
  }
  return { name, comment, publicKey, secretKey };
}

function readKeyFile(path: string): { value: unknown; mode: number } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw error;
    throw new InputError(`There is no key file ${path}; create one with understudy keys create.`);
  }
  try {
    const { size, mode } = fstatSync(file);
    if (size > MAX_FILE_BYTES) throw new InputError(`The file ${path} is too large for a key (${size} bytes).`);
    const bytes = Buffer.alloc(MAX_FILE_BYTES);
    const length = readSync(file, bytes, 0, MAX_FILE_BYTES, 0);
    return { value: parseJson(bytes.toString('utf8', 0, length)), mode };
  } finally {
    closeSync(file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notAKey(path: string, kind: string): InputError {
  return new InputError(`The file ${path} holds no ${kind} key; give one that understudy keys create wrote.`);
}
