import type { Address } from './address.ts';

/** Where a TCP address of this machine is for Node; undefined for other addresses. Port 0 is the system's choice. */
export function placeOf({ url, local }: Address): { host: string; port: number } | undefined {
  const [, host, port] = /^tcp:\/\/\[?(.+?)\]?:(\d+|\*)$/.exec(url) ?? [];
  if (!local || port === undefined) return undefined;
  return { host, port: port === '*' ? 0 : Number(port) };
}
