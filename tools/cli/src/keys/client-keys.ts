import { InputError } from '@understudy/errors';
import type { CurveClientKeys } from '@understudy/rollout';
import type { Command } from 'commander';

/** Where a client's keys are. */
export interface ClientKeyFlags {
  keys?: string;
  keyName?: string;
  serverKey?: string;
}

/**
 * Adds to a command that connects to a server which keys it shows.
 *
 * @param server - Who the server is: `the learner`.
 */
export function addClientKeyOptions(command: Command, server: string): Command {
  return command
    .option('--keys <directory>', `show ${server} one of the CURVE keys in here; needed beyond this machine`)
    .option('--key-name <name>', 'the own pair among the keys; client by default')
    .option('--server-key <file>', `the public key of ${server}; server.public.json among the keys by default`);
}

/** @throws InputError when a command that may connect is given keys, but no address. */
export function checkKeysAreNeeded({ address, keys, keyName, serverKey }: ClientKeyFlags & { address?: string }): void {
  if (address !== undefined || (keys ?? keyName ?? serverKey) === undefined) return;
  throw new InputError('Keys are for a server elsewhere: say where it is by --address, or leave them out.');
}

/**
 * The keys for a server, wherever it is; undefined where none are given.
 *
 * @throws InputError when they are missing or broken.
 */
export async function clientKeys({ keys, keyName, serverKey }: ClientKeyFlags): Promise<CurveClientKeys | undefined> {
  if (keys === undefined) {
    const given = serverKey === undefined ? keyName && '--key-name' : '--server-key';
    if (given) throw new InputError(`${given} says which key is meant, but not where keys are: add --keys DIRECTORY.`);
    return undefined;
  }
  const { loadClientKeys } = await import('@understudy/rollout');
  return loadClientKeys(keys, { name: keyName, serverKeyFile: serverKey });
}

/**
 * Adds to a training's command which keys it has, for workers that connect and for what it connects to itself.
 *
 * @param hasWorkers - Whether others can collect for it.
 */
export function addTrainingKeyOptions(command: Command, hasWorkers: boolean): Command {
  if (!hasWorkers) return addClientKeyOptions(command, 'the server at --address');
  command
    .option(
      '--keys <directory>',
      'the CURVE keys for --listen (with their allow-list), --address and --inference; needed beyond this machine',
    )
    .option('--key-name <name>', 'the own pair among the keys; server with --listen, client otherwise')
    .option('--server-key <file>', 'the public key of the server at --address; server.public.json by default');
  return addInferenceKeyOption(command);
}

/** Where a training connects and is connected to, and with which keys. */
interface TrainingKeyFlags extends InferenceKeyFlags {
  address?: string;
  listen?: string;
  inference?: string | true;
}

/** @throws InputError when keys are given that nothing needs. */
export function checkTrainingKeys({ keys, serverKey, address, listen, inference }: TrainingKeyFlags): void {
  const connects = address ?? listen ?? (typeof inference === 'string' ? inference : undefined);
  if (keys !== undefined && connects === undefined) {
    throw new InputError('--keys is for connections: add --listen, --address or --inference ADDRESS.');
  }
  if (serverKey !== undefined && address === undefined) {
    throw new InputError('--server-key is the key of the server at --address, which was not given.');
  }
}

/** Where the keys for an inference server are. */
export interface InferenceKeyFlags extends ClientKeyFlags {
  inferenceKey?: string;
}

/** Adds to a command that asks an inference server, beside another server, what key that one has. */
export function addInferenceKeyOption(command: Command): Command {
  return command.option(
    '--inference-key <file>',
    'the public key of the inference server; on this machine none, elsewhere that of --server-key by default',
  );
}

/**
 * The keys for an inference server: on this machine it has none unless its public key is given.
 *
 * @throws InputError when they are missing or broken.
 */
export async function inferenceKeys(
  address: string,
  { inferenceKey, ...flags }: InferenceKeyFlags,
): Promise<CurveClientKeys | undefined> {
  if (inferenceKey !== undefined && flags.keys === undefined) {
    throw new InputError('--inference-key names a server, but not the own key for it: add --keys DIRECTORY.');
  }
  const { parseAddress } = await import('@understudy/rollout');
  if (inferenceKey === undefined && parseAddress(address).local) return undefined;
  return clientKeys({ ...flags, serverKey: inferenceKey ?? flags.serverKey });
}
