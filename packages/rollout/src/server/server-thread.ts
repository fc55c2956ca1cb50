import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { errorBody } from '../protocol/protocol-error.ts';
import { EnvironmentServer } from './environment-server.ts';
import type { ServerThreadAnswer, ServerThreadCall, ServerThreadOptions } from './thread-server.ts';

const port = parentPort!;

try {
  const server = await EnvironmentServer.start(workerData as ServerThreadOptions);
  port.on('message', async (call: ServerThreadCall) => {
    if (call.kind === 'figures') {
      port.postMessage({ figures: server.figures } satisfies ServerThreadAnswer);
      return;
    }
    await server.drain({ seconds: call.seconds });
    // ZeroMQ hands the memory of sent messages back to this thread, which must still be there.
    await setTimeout(100);
    port.close();
  });
  port.postMessage({ address: server.address } satisfies ServerThreadAnswer);
} catch (error) {
  port.postMessage({ error: errorBody(error) } satisfies ServerThreadAnswer);
}
