import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import { type ServerThreadOptions, ThreadServer } from '../server/thread-server.ts';
import type { ConnectOptions } from './client-options.ts';
import { EnvironmentClient } from './connect.ts';

/** An environment client whose server is a thread of this process. */
export interface InProcessClient {
  readonly client: EnvironmentClient;
  readonly server: ThreadServer;
  /** Ends both. */
  close(): Promise<void>;
}

/** Folders whose sockets are in use; what nobody closed goes with the process. */
const folders = new Set<string>();
const removeAll = (): void => folders.forEach(remove);

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  if (folders.size === 0) process.on('exit', removeAll);
  folders.add(folder);
  return folder;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off('exit', removeAll);
}

/**
 * Starts a server in a thread of this process and connects to it: no address, no port, no configuration. They talk over a
 * socket in a folder that only this user may enter. (Not over `inproc`: there a message lies in its sender's memory, and a
 * sender's thread that ends before the receiver has let go of it takes the process with it.)
 *
 * @throws InputError as `EnvironmentServer.start` does, and for keys, which nothing here needs.
 */
export async function connectInProcess(
  options: Omit<ServerThreadOptions, 'address' | 'curve'>,
  connectOptions: Omit<ConnectOptions, 'curve'> = {},
): Promise<InProcessClient> {
  if ('curve' in options || 'curve' in connectOptions) {
    throw new InputError('connectInProcess takes no keys, as nobody else reaches its server; ThreadServer does.');
  }
  const folder = process.platform === 'win32' ? undefined : createFolder();
  const address = folder ? `ipc://${join(folder, 'socket')}` : 'tcp://127.0.0.1:*';
  let server: ThreadServer | undefined;
  try {
    server = await ThreadServer.start({ ...options, address });
    const client = await EnvironmentClient.connect(server.address, connectOptions);
    const started = server;
    return {
      client,
      server,
      async close() {
        client.close();
        await started.stop();
        if (folder) remove(folder);
      },
    };
  } catch (error) {
    await server?.stop();
    if (folder) remove(folder);
    throw error;
  }
}
