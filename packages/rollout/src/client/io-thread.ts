import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { EnvState } from '@understudy/gym';
import { wireArray } from '../protocol/arrays.ts';
import type { Message } from '../protocol/messages.ts';
import {
  IoJob,
  type IoReply,
  type IoRequest,
  type IoSetup,
  type IoValue,
  IoWords,
  packError,
  waitWhile,
} from './io-messages.ts';
import { RemoteSession } from './remote-session.ts';
import { type RemoteFacts, RemoteRows } from './rows.ts';

/**
 * Milliseconds between closing the socket and the thread's end. ZeroMQ may hold messages of a closed socket for a moment
 * and hands their memory back to this thread: if that is gone, the process aborts.
 */
const SOCKET_REST = 100;

/**
 * The thread that talks to the server while the stepping thread waits. It sleeps on the shared words, not on its event
 * loop, and lets the loop turn only while an answer is awaited: that is the shortest way between the two.
 */
class IoThread {
  readonly #setup: IoSetup;
  readonly #session: RemoteSession;
  readonly #rows: RemoteRows;
  readonly #facts: RemoteFacts;

  constructor(setup: IoSetup, session: RemoteSession, facts: RemoteFacts, buffer: SharedArrayBuffer) {
    this.#setup = setup;
    this.#session = session;
    this.#facts = facts;
    this.#rows = new RemoteRows(facts, buffer);
  }

  async serve(): Promise<void> {
    const { port } = this.#setup;
    const control = new Int32Array(this.#setup.control);
    const heartbeat = 1000 * this.#session.heartbeatSeconds;
    let closing = false;
    for (let served = 0; !closing; served++) {
      while (!waitWhile(control, IoWords.asked, served, heartbeat)) await this.#session.ping();
      try {
        Atomics.store(control, IoWords.failed, 0);
        if (Atomics.load(control, IoWords.job) === IoJob.step) {
          await this.#step();
        } else {
          const request = receiveMessageOnPort(port)!.message as IoRequest;
          closing = request.kind === 'close';
          port.postMessage({ value: await this.#answer(request) } satisfies IoReply);
        }
      } catch (error) {
        port.postMessage({ error: packError(error) } satisfies IoReply);
        Atomics.store(control, IoWords.failed, 1);
      }
      Atomics.store(control, IoWords.answered, served + 1);
      Atomics.notify(control, IoWords.answered);
    }
    port.close();
  }

  async #step(): Promise<void> {
    const { count, actionSize } = this.#facts;
    const actions = wireArray(this.#rows.actions, [count, actionSize]);
    this.#rows.takeStep(
      (await this.#session.change({ type: 'step', body: {}, arrays: { actions } })) as Message<'stepped'>,
    );
  }

  async #answer(request: IoRequest): Promise<IoValue> {
    switch (request.kind) {
      case 'reset': {
        const state = await this.#session.change({ type: 'reset', body: request.options, arrays: {} });
        this.#rows.takeState(state as Message<'state'>);
        return this.#rows.resetInfos;
      }
      case 'resetAt': {
        const { index, options } = request;
        const state = await this.#session.change({ type: 'resetAt', body: { index, ...options }, arrays: {} });
        this.#rows.takeState(state as Message<'state'>, index);
        return [this.#rows.resetInfos[index]];
      }
      case 'saveState':
        return readStates(await this.#session.save());
      case 'restoreState': {
        const state = wireArray(new TextEncoder().encode(JSON.stringify(request.states)));
        this.#rows.takeState(
          (await this.#session.change({ type: 'restore', body: {}, arrays: { state } })) as Message<'state'>,
        );
        return undefined;
      }
      case 'render': {
        const { shape, data } = (await this.#session.render(request.body)).arrays.pixels;
        return { height: shape[0], width: shape[1], data: data.slice() };
      }
      case 'close':
        await this.#session.close();
        return undefined;
    }
  }
}

function readStates({ arrays }: Message<'saved'>): EnvState[] {
  return JSON.parse(new TextDecoder().decode(arrays.state.data));
}

const setup = workerData as IoSetup;
try {
  const session = await RemoteSession.make(setup.connect, setup.make, setup.recover);
  const { id, count, autoresetMode, stepInfos = false } = setup.make;
  const { observationSize, actionSize } = session.made;
  const facts = { id, count, autoresetMode, observationSize, actionSize, stepInfos };
  const rows = new SharedArrayBuffer(RemoteRows.byteLength(facts));
  // Only once its event loop has turned can the other thread tell a dead thread from a busy one.
  await setImmediate();
  parentPort!.postMessage({ value: { made: session.made, rows } } satisfies IoReply);
  await new IoThread(setup, session, facts, rows).serve();
} catch (error) {
  parentPort!.postMessage({ error: packError(error) } satisfies IoReply);
}
await setTimeout(SOCKET_REST);
