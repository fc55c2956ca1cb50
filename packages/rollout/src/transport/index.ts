export { type Address, checkReach, parseAddress } from './address.ts';
export { ClientSocket } from './client-socket.ts';
export { ServerSocket } from './server-socket.ts';
export {
  type ClientSocketOptions,
  type CurveClientKeys,
  type CurveServerKeys,
  type ServerSocketOptions,
  type SocketOptions,
  zapDomain,
} from './socket-options.ts';
export { TokenBucket } from './token-bucket.ts';
export type { Arrival } from './transports.ts';
export { whySilent } from './why-silent.ts';
