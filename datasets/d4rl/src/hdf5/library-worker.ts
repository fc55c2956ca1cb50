/** The thread that libhdf5 runs in; see library-thread.ts for the other end. */
import { workerData } from 'node:worker_threads';
import { isInputError } from '@understudy/errors';
import { LibraryFile } from './library-file.ts';
import type { LibraryReply, LibraryRequest, LibrarySetup } from './library-protocol.ts';

const { port, answered } = workerData as LibrarySetup;
const counter = new Int32Array(answered);
const files = new Map<number, LibraryFile>();
let opened = 0;

port.on('message', async (request: LibraryRequest) => {
  let reply: LibraryReply;
  try {
    reply = { value: await answer(request) };
  } catch (error) {
    const { message, stack } = error as Error;
    reply = { error: { message, stack, wrongInput: isInputError(error) } };
  }
  const { value } = reply as { value?: unknown };
  // Rows are handed over, not copied.
  port.postMessage(reply, ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
});

async function answer(request: LibraryRequest): Promise<unknown> {
  if (request.kind === 'open') {
    const file = await (request.lazily ? LibraryFile.openLazily(request.path) : LibraryFile.open(request.path));
    files.set(++opened, file);
    return { file: opened, datasets: [...file.datasets.values()] };
  }
  const file = files.get(request.file);
  if (file === undefined) throw new Error(`File ${request.file} is not open.`);
  if (request.kind === 'close') {
    files.delete(request.file);
    return file.close();
  }
  const call = file[request.method] as (...parameters: unknown[]) => unknown;
  return call.apply(file, [...request.parameters]);
}
