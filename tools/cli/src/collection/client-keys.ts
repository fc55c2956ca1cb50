import type { CurveClientKeys } from '@understudy/rollout';

/** Where a client's keys are. */
export interface ClientKeyFlags {
  keys?: string;
  keyName?: string;
  serverKey?: string;
}

/**
 * The keys for an address: none on this machine.
 *
 * @throws InputError when they are missing or broken.
 */
export async function clientKeysFor(
  address: string,
  { keys, keyName, serverKey }: ClientKeyFlags,
): Promise<CurveClientKeys | undefined> {
  if (keys === undefined) return undefined;
  const { loadClientKeys, parseAddress } = await import('@understudy/rollout');
  if (parseAddress(address).local && serverKey === undefined) return undefined;
  return loadClientKeys(keys, { name: keyName, serverKeyFile: serverKey });
}
