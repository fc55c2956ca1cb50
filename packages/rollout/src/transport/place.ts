import type { Address } from './address.ts';

/** Where Node finds what listens at an address: a port, 0 for the system's choice, or a socket in a folder. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** Undefined for addresses that only libzmq knows: `inproc`, and sockets without a place in a folder. */
export function placeOf({ url }: Address): Place | undefined {
  const [, path] = /^ipc:\/\/([^@*].*)$/.exec(url) ?? [];
  // Windows' own sockets have names of another kind.
  if (path !== undefined) return process.platform === 'win32' ? undefined : { path };
  const [, host, port] = /^tcp:\/\/\[?(.+?)\]?:(\d+|\*)$/.exec(url) ?? [];
  return port === undefined ? undefined : { host, port: port === '*' ? 0 : Number(port) };
}

/** The place of an address that nothing beyond this machine can reach; undefined for others. */
export function localPlaceOf(address: Address): Place | undefined {
  return address.local ? placeOf(address) : undefined;
}
