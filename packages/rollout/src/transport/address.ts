import { InputError } from '@understudy/errors';

/** An address that a socket can bind or connect to. */
export interface Address {
  /** As ZeroMQ takes it: `tcp://127.0.0.1:5555`. */
  readonly url: string;
  /** Whether nothing beyond this machine can reach it. */
  readonly local: boolean;
  readonly ipv6: boolean;
}

const expected = 'expected tcp://HOST:PORT, ipc://PATH or inproc://NAME';

/**
 * Reads an address.
 *
 * @throws InputError when it is none.
 */
export function parseAddress(text: string): Address {
  const [, scheme, rest] = /^([a-z]+):\/\/(.+)$/.exec(text) ?? [];
  if (scheme === 'inproc' || scheme === 'ipc') {
    const longest = scheme === 'ipc' ? 107 : 255;
    if (Buffer.byteLength(rest) > longest) {
      throw new InputError(`The address ${text} is too long: at most ${longest} bytes may follow ${scheme}://.`);
    }
    return { url: text, local: true, ipv6: false };
  }
  if (scheme !== 'tcp') throw new InputError(`The address ${JSON.stringify(text)} is none; ${expected}.`);
  return parseTcp(text, rest);
}

function parseTcp(text: string, rest: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d+|\*)$/.exec(rest) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new InputError(`The address ${JSON.stringify(text)} is none; ${expected}, the port at most 65535.`);
  }
  const host = bracketed ?? plain;
  if (host === 'localhost') return { url: `tcp://127.0.0.1:${port}`, local: true, ipv6: false };
  const local = host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
  return { url: text, local, ipv6: bracketed !== undefined };
}

/**
 * Refuses a port that only a server may leave to the system.
 *
 * @throws InputError for ports * and 0.
 */
export function checkPort({ url }: Address): void {
  if (!/^tcp:.*:(\*|0+)$/.test(url)) return;
  throw new InputError(`${url} has no port to connect to: give the one that the server tells when it starts.`);
}

/**
 * Refuses what would let others in: an address beyond this machine without keys.
 *
 * @throws InputError when the address isn't local and no keys are given.
 */
export function checkReach({ url, local }: Address, keys: object | undefined): void {
  if (local || keys !== undefined) return;
  throw new InputError(
    `${url} can be reached from other machines, which needs CURVE keys: give keys, or an address on 127.0.0.1.`,
  );
}
