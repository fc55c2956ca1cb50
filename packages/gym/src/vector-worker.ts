import { setImmediate } from 'node:timers/promises';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { EnvRows } from './vector/env-rows.ts';
import { openRows } from './vector/open-rows.ts';
import {
  answerRequest,
  ControlWords,
  Job,
  packError,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
  waitWhile,
} from './vector/worker-protocol.ts';

/** Serves the main thread until it closes; never returns to the event loop meanwhile. */
function serve(rows: EnvRows, { control: buffer, port }: WorkerSetup): void {
  const control = new Int32Array(buffer);
  let closing = false;
  for (let served = 0; !closing; served++) {
    waitWhile(control, ControlWords.asked, served);
    try {
      Atomics.store(control, ControlWords.failed, 0);
      if (Atomics.load(control, ControlWords.job) === Job.step) {
        rows.step();
      } else {
        const request = receiveMessageOnPort(port)!.message as WorkerRequest;
        closing = request.kind === 'close';
        port.postMessage({ value: answerRequest(rows, request) } satisfies WorkerReply);
      }
    } catch (error) {
      port.postMessage({ error: packError(error) } satisfies WorkerReply);
      Atomics.store(control, ControlWords.failed, 1);
    }
    Atomics.store(control, ControlWords.answered, served + 1);
    Atomics.notify(control, ControlWords.answered);
  }
  port.close();
}

const setup = workerData as WorkerSetup;
try {
  for (const module of setup.modules) await import(module);
  const rows = await openRows(setup);
  // Only once its event loop has turned can the main thread tell a dead worker from a busy one.
  await setImmediate();
  parentPort!.postMessage({ value: null } satisfies WorkerReply);
  serve(rows, setup);
} catch (error) {
  parentPort!.postMessage({ error: packError(error) } satisfies WorkerReply);
}
