import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { errorBody } from '../protocol/protocol-error.ts';
import { EnvironmentServer } from './environment-server.ts';
import type { ServerThreadAnswer, ServerThreadCall, ServerThreadSetup } from './thread-server.ts';

const port = parentPort!;
const { options, ended: word } = workerData as ServerThreadSetup;
const ended = new Int32Array(word);

async function rebind(server: EnvironmentServer): Promise<ServerThreadAnswer> {
  try {
    await server.rebind();
    return { rebound: true };
  } catch (error) {
    return { error: errorBody(error) };
  }
}

try {
  const server = await EnvironmentServer.start(options);
  port.on('message', async (call: ServerThreadCall) => {
    if (call.kind === 'figures') {
      port.postMessage({ figures: server.figures } satisfies ServerThreadAnswer);
      return;
    }
    if (call.kind === 'rebind') {
      port.postMessage(await rebind(server));
      return;
    }
    if (call.kind === 'end') {
      await server.close();
      Atomics.store(ended, 0, 1);
      Atomics.notify(ended, 0);
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
