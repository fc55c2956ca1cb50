import type { Command } from 'commander';

/** Where a server's keys are. */
export interface ServerKeyFlags {
  keys?: string;
  keyName: string;
}

/** Adds to a command that binds an address which keys it has. */
export function addServerKeyOptions(command: Command): Command {
  return command
    .option('--keys <directory>', 'use these CURVE keys and their allow-list; needed beyond this machine')
    .option('--key-name <name>', "the server's pair among the keys", 'server');
}

/**
 * Opens what decides who may connect to a server; before it binds.
 *
 * @param keys - The key directory; without it there are no keys, and the server stays on this machine.
 * @param rebind - Makes everybody connect again, for when a key was revoked.
 * @returns Options of the server, and what is to be closed after it.
 * @throws InputError when keys are missing or broken.
 */
export async function openServerSecurity(
  { keys, keyName }: ServerKeyFlags,
  note: (line: string) => void,
  rebind: () => void,
) {
  if (keys === undefined) return { options: {}, close: async () => {} };
  const { loadServerKeys, RefusalLog, startZap, watchHandshakes } = await import('@understudy/rollout');
  const { allowList, ...curve } = loadServerKeys(keys, keyName);
  const log = new RefusalLog(note);
  const zap = await startZap({ allowList, log, onRevoked: rebind });
  const onSocket = (router: Parameters<typeof watchHandshakes>[0]) => watchHandshakes(router, log);
  return { options: { curve, onSocket }, close: () => zap.close() };
}
