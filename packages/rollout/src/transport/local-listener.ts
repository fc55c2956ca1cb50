import { once } from 'node:events';
import { existsSync, lstatSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { Place } from './place.ts';

/** Connections at a time; one more is closed at once. */
const MAX_CONNECTIONS = 4096;
/** Connections that the system holds until they are accepted. */
const BACKLOG = 128;

/**
 * Listens at a place of this machine. A socket that a process left behind in a folder, and at which nobody listens, is
 * removed first.
 *
 * @throws what `listen` emits: EADDRINUSE, EACCES, ENOENT for a folder that isn't there.
 */
export async function listenAt(place: Place): Promise<Server> {
  try {
    return await listen(place);
  } catch (error) {
    if (!('path' in place)) throw error;
    // libuv tells EACCES for both.
    if (!existsSync(dirname(place.path))) throw Object.assign(error as Error, { code: 'ENOENT' });
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isLeftBehind(place.path))) throw error;
    rmSync(place.path, { force: true });
    return listen(place);
  }
}

/** The address that a server listens at, as others give it. */
export function endpointOf(server: Server): string {
  const address = server.address() as AddressInfo | string;
  if (typeof address === 'string') return `ipc://${address}`;
  const { address: host, family, port } = address;
  return `tcp://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}

async function listen(place: Place): Promise<Server> {
  const server = createServer();
  server.maxConnections = MAX_CONNECTIONS;
  // In a cluster's worker too, the address is this server's own.
  server.listen({ ...place, backlog: BACKLOG, exclusive: true });
  await once(server, 'listening');
  return server;
}

/** Whether there is a socket that refuses connections. */
async function isLeftBehind(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  const stream = connect({ path });
  try {
    await once(stream, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    stream.destroy();
  }
}
