import { KEY_BYTES } from './z85.ts';

/** What libzmq asks before it lets a client in (RFC 27). */
export interface ZapRequest {
  readonly id: Buffer;
  readonly domain: string;
  /** Where the client comes from: an IP address. */
  readonly address: string;
  readonly mechanism: string;
  /** The client's public key; undefined for mechanisms that know none. */
  readonly publicKey?: Uint8Array;
}

/** A request that is none: `id` is there when an answer can be addressed. */
export interface MalformedZapRequest {
  readonly id?: Buffer;
  readonly reason: string;
}

/** Frames of a request before its credentials: version, id, domain, address, routing id, mechanism. */
const FIXED_FRAMES = 6;
const MAX_FRAME_BYTES = 255;

/**
 * Reads a request strictly.
 *
 * @param frames - All frames after the empty delimiter.
 */
export function parseZapRequest(frames: readonly Buffer[]): ZapRequest | MalformedZapRequest {
  const [version, id, domain, address, , mechanism] = frames;
  if (frames.length < FIXED_FRAMES) return { reason: `a ZAP request of ${frames.length} frames` };
  if (id.length > MAX_FRAME_BYTES) return { reason: 'a ZAP request with a long id' };
  if (!version.equals(Buffer.from('1.0'))) return { id, reason: 'a ZAP request of another version than 1.0' };
  if (frames.some((frame) => frame.length > MAX_FRAME_BYTES)) return { id, reason: 'a ZAP request with a long frame' };
  const request = { id, domain: domain.toString('latin1'), address: address.toString('latin1') };
  const credentials = frames.slice(FIXED_FRAMES);
  const name = mechanism.toString('latin1');
  if (name !== 'CURVE') return { ...request, mechanism: name };
  if (credentials.length !== 1 || credentials[0].length !== KEY_BYTES) {
    return { id, reason: 'a ZAP request whose CURVE credentials are no single key' };
  }
  return { ...request, mechanism: name, publicKey: credentials[0] };
}
