import type { Address } from './address.ts';

/** Where Node finds an address of this machine: a port, 0 for the system's choice, or a socket in a folder. */
export type LocalPlace = { readonly host: string; readonly port: number } | { readonly path: string };

/** Undefined for addresses that only libzmq knows: of other machines, `inproc`, and sockets without a place in a folder. */
export function placeOf({ url, local }: Address): LocalPlace | undefined {
  if (!local) return undefined;
  const [, path] = /^ipc:\/\/([^@*].*)$/.exec(url) ?? [];
  // Windows' own sockets have names of another kind.
  if (path !== undefined) return process.platform === 'win32' ? undefined : { path };
  const [, host, port] = /^tcp:\/\/\[?(.+?)\]?:(\d+|\*)$/.exec(url) ?? [];
  return port === undefined ? undefined : { host, port: port === '*' ? 0 : Number(port) };
}
