import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * Starts a server in a thread of this process and connects to it: no address, no port, no configuration. They talk over a
 * socket in a folder that only this user may enter. (Not over `inproc`: there a message lies in its sender's memory, and a
 * sender's thread that ends before the receiver has let go of it takes the process with it.)
 *
 * @throws InputError as `EnvironmentServer.start` does.
 */
export async function connectInProcess(
  options: Omit<ServerThreadOptions, 'address'>,
  connectOptions: ConnectOptions = {},
): Promise<InProcessClient> {
  const folder = process.platform === 'win32' ? undefined : await mkdtemp(join(tmpdir(), 'understudy-'));
  const address = folder ? `ipc://${join(folder, 'socket')}` : 'tcp://127.0.0.1:*';
  const remove = async () => folder && rm(folder, { recursive: true, force: true });
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
        await remove();
      },
    };
  } catch (error) {
    await server?.stop();
    await remove();
    throw error;
  }
}
