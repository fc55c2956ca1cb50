export { type CurveKeyPair, checkCurve, createKeyPair, fingerprint } from './curve-key.ts';
export {
  type AllowList,
  allowKey,
  allowListPath,
  createKeys,
  defaultKeyDirectory,
  listKeys,
  publicKeyPath,
  readAllowList,
  revokeKey,
  secretKeyPath,
} from './key-directory.ts';
export {
  type PublicKey,
  readPublicKey,
  readSecretKey,
  type SecretKey,
  writePublicKey,
  writeSecretKey,
} from './key-file.ts';
export { type ClientKeyOptions, type LoadedServerKeys, loadClientKeys, loadServerKeys } from './load-keys.ts';
export { type Refusal, RefusalLog, type WriteLine, watchHandshakes } from './refusal-log.ts';
export { startZap, ZapHandler, type ZapOptions } from './zap-handler.ts';
