import { setTimeout } from 'node:timers/promises';
import { ServerSocket, type ServerSocketOptions } from '../transport/index.ts';

/** Milliseconds. */
const times = { patience: 5_000, pause: 20 };

/** Binds an address whose socket was just closed: the system frees it a moment later. @throws InputError as `bind` does. */
export async function bindAgain(options: ServerSocketOptions): Promise<ServerSocket> {
  const until = performance.now() + times.patience;
  for (;;) {
    try {
      return await ServerSocket.bind(options);
    } catch (error) {
      if (performance.now() > until) throw error;
      await setTimeout(times.pause);
    }
  }
}
