import { parentPort, workerData } from 'node:worker_threads';
import { errorBody } from '../protocol/protocol-error.ts';
import type { HostAnswer, HostCall, HostSetup } from './host-messages.ts';
import { LocalHost } from './session-host.ts';

const { module, bounds } = workerData as HostSetup;
const port = parentPort!;

function answer(message: HostAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** The buffers of frames that hold nothing else, so that they can be handed over instead of copied. */
function ownBuffers(frames: readonly Uint8Array[]): ArrayBuffer[] {
  return frames
    .filter(({ byteLength, buffer }) => byteLength === buffer.byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);
}

async function serve(host: LocalHost, call: HostCall): Promise<void> {
  if (call.kind === 'drop') {
    host.drop(call.session);
    return;
  }
  try {
    if (call.kind === 'open') return answer({ call: call.call, made: await host.open(call.session, call.body) });
    const frames = host.perform(call.message);
    answer({ call: call.call, frames }, ownBuffers(frames));
  } catch (error) {
    answer({ call: call.call, error: errorBody(error, 'failed') });
  }
}

const host = await LocalHost.create({ module }, bounds);
port.on('message', (call: HostCall) => void serve(host, call));
port.postMessage('ready');
