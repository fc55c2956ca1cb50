export { type Address, checkReach, parseAddress } from './address.ts';
export { ClientSocket, type ClientSocketOptions } from './client-socket.ts';
export { type Arrival, ServerSocket, type ServerSocketOptions } from './server-socket.ts';
export { type CurveClientKeys, type CurveServerKeys, type SocketOptions, zapDomain } from './socket-options.ts';
export { TokenBucket } from './token-bucket.ts';
export { whySilent } from './why-silent.ts';
