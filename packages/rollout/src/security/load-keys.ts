import { join } from 'node:path';
import type { CurveClientKeys, CurveServerKeys } from '../transport/socket-options.ts';
import { checkCurve } from './curve-key.ts';
import { allowListPath, secretKeyPath } from './key-directory.ts';
import { readPublicKey, readSecretKey } from './key-file.ts';

/** What a server needs of a key directory: its keys for the socket, and who may connect, for {@link startZap}. */
export interface LoadedServerKeys extends CurveServerKeys {
  readonly allowList: string;
}

/**
 * The keys of a server.
 *
 * @param directory - The key directory.
 * @param name - Of the pair in it.
 * @throws InputError when the secret key is missing, broken, or can be read by others.
 */
export function loadServerKeys(directory: string, name = 'server'): LoadedServerKeys {
  checkCurve();
  const { publicKey, secretKey } = readSecretKey(secretKeyPath(directory, name));
  return { publicKey, secretKey, allowList: allowListPath(directory) };
}

/** Where a client's keys are. */
export interface ClientKeyOptions {
  /** The name of the client's pair in the directory; `client` unless told. */
  readonly name?: string;
  /** The server's public key file; `server.public.json` in the directory unless told. */
  readonly serverKeyFile?: string;
}

/**
 * The keys of a client: its own pair, and the public key of the server that it will talk to and no other.
 *
 * @throws InputError when one is missing or broken, or the secret one can be read by others.
 */
export function loadClientKeys(directory: string, options: ClientKeyOptions = {}): CurveClientKeys {
  checkCurve();
  const { name = 'client', serverKeyFile = join(directory, 'server.public.json') } = options;
  const { publicKey, secretKey } = readSecretKey(secretKeyPath(directory, name));
  return { serverKey: readPublicKey(serverKeyFile).publicKey, publicKey, secretKey };
}
