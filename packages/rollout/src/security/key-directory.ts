import { existsSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError, isInputError } from '@understudy/errors';
import { createKeyPair, fingerprint } from './curve-key.ts';
import {
  checkKeyName,
  type PublicKey,
  readPublicKey,
  readSecretKey,
  type SecretKey,
  writePublicKey,
  writeSecretKey,
} from './key-file.ts';

/** Where keys lie unless told: `UNDERSTUDY_KEYS`, or `.understudy/keys` in the home directory. */
export function defaultKeyDirectory(): string {
  return process.env.UNDERSTUDY_KEYS || join(homedir(), '.understudy', 'keys');
}

/** The file of a pair's secret key, to be kept. */
export const secretKeyPath = (directory: string, name: string): string => join(directory, `${name}.secret.json`);

/** The file of a pair's public key, to be given away. */
export const publicKeyPath = (directory: string, name: string): string => join(directory, `${name}.public.json`);

/** The directory that lists who may connect to the servers of this key directory, one file a client. */
export const allowListPath = (directory: string): string => join(directory, 'allowed');

/**
 * Creates a pair of keys and its two files.
 *
 * @throws InputError when the name is none or taken.
 */
export function createKeys(directory: string, name: string, comment = ''): SecretKey {
  checkKeyName(name);
  const path = secretKeyPath(directory, name);
  if (existsSync(path) || existsSync(publicKeyPath(directory, name))) {
    throw new InputError(`There is a key named ${name} in ${directory} already; choose another name.`);
  }
  const key = { name, comment, ...createKeyPair() };
  writeSecretKey(path, key);
  writePublicKey(publicKeyPath(directory, name), key);
  return key;
}

/**
 * Lets the owner of a public key connect. Servers that run already notice.
 *
 * @throws InputError when another key is allowed under this name.
 */
export function allowKey(allowList: string, key: PublicKey): void {
  checkKeyName(key.name);
  const print = fingerprint(key.publicKey);
  for (const { name, publicKey } of readAllowList(allowList).keys) {
    if (name === key.name && publicKey !== key.publicKey) {
      throw new InputError(`Another key is allowed as ${name} (${fingerprint(publicKey)}); choose a name with --name.`);
    }
    if (name !== key.name && publicKey === key.publicKey) {
      throw new InputError(`The key ${print} is allowed already, as ${name}.`);
    }
  }
  writePublicKey(allowedPath(allowList, key.name), key);
}

/**
 * Lets a client no longer connect, and ends its connections where servers run.
 *
 * @param nameOrFingerprint - As {@link readAllowList} lists it.
 * @throws InputError when none is listed by that name.
 */
export function revokeKey(allowList: string, nameOrFingerprint: string): PublicKey {
  const { keys } = readAllowList(allowList);
  const key = keys.find(
    ({ name, publicKey }) => name === nameOrFingerprint || fingerprint(publicKey) === nameOrFingerprint,
  );
  if (!key) {
    const names = keys.map(({ name }) => name).join(', ') || 'none';
    throw new InputError(`No key ${JSON.stringify(nameOrFingerprint)} is allowed; these are: ${names}.`);
  }
  rmSync(allowedPath(allowList, key.name));
  return key;
}

const allowedPath = (allowList: string, name: string): string => join(allowList, `${name}.json`);

/** Who may connect, and what in the directory could not be read as a key. */
export interface AllowList {
  readonly keys: readonly PublicKey[];
  /** Sentences, one a file. */
  readonly problems: readonly string[];
}

/** Reads an allow-list; a directory that isn't there allows nobody. A file that is no key allows nobody either. */
export function readAllowList(allowList: string): AllowList {
  const keys: PublicKey[] = [];
  const problems: string[] = [];
  for (const file of listFiles(allowList)) {
    if (file.startsWith('.') || !file.endsWith('.json')) continue;
    const path = join(allowList, file);
    try {
      const key = readPublicKey(path);
      if (`${key.name}.json` === file) keys.push(key);
      else problems.push(`The file ${path} holds a key named ${key.name}; name the file ${key.name}.json.`);
    } catch (error) {
      // One that was revoked between listing and reading is simply not allowed.
      if (isInputError(error) && !existsSync(path)) continue;
      problems.push((error as Error).message);
    }
  }
  return { keys, problems };
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Pairs whose secret key lies in a key directory. */
export function listKeys(directory: string): SecretKey[] {
  const suffix = '.secret.json';
  return listFiles(directory)
    .filter((file) => file.endsWith(suffix) && !file.startsWith('.'))
    .map((file) => readSecretKey(join(directory, file)));
}
