import { afterEach, expect, test } from 'vitest';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  type MessageType,
  type OutgoingMessage,
  wireArray,
} from '../protocol/index.ts';
import { ServerSocket } from '../transport/index.ts';
import { AsyncRemoteVectorEnv } from './async-remote-vector-env.ts';
import { resolveConnectOptions } from './client-options.ts';
import { connect } from './connect.ts';

let server: ServerSocket | undefined;
afterEach(() => server?.close());

type Answer = { [T in MessageType]: OutgoingMessage<T> }[MessageType];

const box = { kind: 'box' as const, dtype: 'float32' as const, shape: [2], low: null, high: null };
const welcome = {
  version: 1,
  service: 'environments' as const,
  software: 'other 3',
  limits: { headerBytes: 2 ** 20, messageBytes: 2 ** 20 },
  heartbeatSeconds: 10,
  leaseSeconds: 60,
};
const made = {
  observationSpace: box,
  actionSpace: box,
  observationSize: 2,
  actionSize: 2,
  renders: false,
  leaseSeconds: 60,
};

/** A server that answers as it is told. */
async function serve(answer: (message: AnyMessage) => Answer | Uint8Array[] | undefined): Promise<string> {
  const socket = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*' });
  server = socket;
  void (async () => {
    for await (const { peer, frames } of socket) {
      const message = decodeMessage(frames);
      const { request, session } = message;
      const given =
        message.type === 'hello' ? (answer(message) ?? { type: 'welcome', body: welcome }) : answer(message);
      if (!given) continue;
      await socket.send(peer, Array.isArray(given) ? given : encodeMessage({ ...given, request, session } as Answer));
    }
  })();
  return socket.endpoint;
}

async function open(address: string): Promise<AsyncRemoteVectorEnv> {
  return AsyncRemoteVectorEnv.create(
    resolveConnectOptions(address, { requestSeconds: 0.5, retrySeconds: 0.2 }),
    'Any-v0',
  );
}

test('a server of another version is refused with both named', async () => {
  const older = Buffer.from('84a17602a174a568656c6c6fa17100a16280', 'hex');
  await expect(connect(await serve(() => [older]))).rejects.toThrow(
    /^The server at tcp:\S+ can't be understood: A message came in version 2 of the rollout protocol; this side speaks version 1\.$/,
  );
});

test.each([
  ['sizes that are not their spaces', { ...made, observationSize: 3 }, 'in other spaces'],
  ['actions that are not their space', { ...made, actionSize: 7 }, 'in other spaces'],
  [
    'rows that fit no message',
    { ...made, observationSpace: { ...box, shape: [2 ** 20] }, observationSize: 2 ** 20 },
    'fit no message',
  ],
])('%s are refused', async (_, body, words) => {
  const address = await serve(({ type }) => (type === 'make' ? { type: 'made', body } : undefined));
  await expect(open(address)).rejects.toThrow(words);
});

test('rows of another shape are refused, and answers of another type', async () => {
  const rows = (count: number) => ({
    observations: wireArray(new Float32Array(2 * count), [count, 2]),
    rewards: wireArray(new Float64Array(count)),
    terminated: wireArray(new Uint8Array(count)),
    truncated: wireArray(new Uint8Array(count)),
    wasReset: wireArray(new Uint8Array(count)),
  });
  const address = await serve(({ type }) => {
    if (type === 'make') return { type: 'made', body: made };
    if (type === 'reset') return { type: 'state', body: {}, arrays: rows(2) };
    return type === 'step' ? { type: 'closed', body: {} } : undefined;
  });
  const env = await open(address);
  await expect(env.reset()).rejects.toThrow('has observations of shape [2,2], expected [1,2]');
  await expect(env.step(new Float32Array(2))).rejects.toThrow('The server answered step by closed.');
  await expect(env.saveState()).rejects.toThrow(/did not answer within 0\.5 s/);
  await env.close();
});
