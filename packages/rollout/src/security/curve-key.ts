import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { InputError } from '@understudy/errors';
import { capability, curveKeyPair } from 'zeromq';
import { decodeKey, encodeKey } from './z85.ts';

/** A public key and the secret one that belongs to it, Z85 text of 40 characters each. */
export interface CurveKeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

/**
 * A new pair of keys, from the system's randomness.
 *
 * @throws InputError when the ZeroMQ library was built without CURVE.
 */
export function createKeyPair(): CurveKeyPair {
  checkCurve();
  return curveKeyPair();
}

/** @throws InputError when the ZeroMQ library was built without CURVE. */
export function checkCurve(): void {
  if (capability.curve) return;
  throw new InputError('This build of the zeromq package has no CURVE; install one with libsodium to use keys.');
}

/**
 * What people compare to be sure of a key: `SHA256:` and the hash of its bytes.
 *
 * @throws InputError when the text is no key.
 */
export function fingerprint(publicKey: string): string {
  const digest = createHash('sha256').update(checkKey(publicKey, 'The public key')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** @throws InputError when a text is no key; the text isn't repeated, for it may be secret. */
export function checkKey(text: string, what: string): Uint8Array {
  const key = decodeKey(text);
  if (key) return key;
  throw new InputError(
    `${what} is no CURVE key: expected 40 characters of Z85, as understudy keys create writes them.`,
  );
}

/** What precedes the 32 bytes of an X25519 private key in PKCS #8, which is the only form that Node reads. */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The public key of a secret one: CURVE keys are Curve25519 keys. */
export function publicKeyOf(secretKey: string): string {
  const der = Buffer.concat([pkcs8Prefix, checkKey(secretKey, 'The secret key')]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(secret).export({ format: 'jwk' });
  return encodeKey(Buffer.from(x as string, 'base64url'));
}
