import { encode } from '@msgpack/msgpack';
import { expect, onTestFinished, test } from 'vitest';
import { RolloutWorker } from '../collection/index.ts';
import { InferenceClient } from '../inference/index.ts';
import { ServerSocket } from '../transport/index.ts';
import { connect } from './index.ts';

/** A server of another version, which says so, or doesn't know how. */
async function startOther(answer: object): Promise<string> {
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*' });
  onTestFinished(() => server.close());
  void (async () => {
    for await (const { peer } of server) await server.send(peer, [encode(answer)]);
  })();
  return server.endpoint;
}

const message = 'The client speaks version 1, the server version 2.';
const refusal = { v: 1, t: 'error', q: 0, b: { code: 'version', message, versions: [2] } };
const foreign = { v: 2, t: 'welcome', q: 0, b: {} };

test.each([
  ['that refuses ours', refusal, /^The client speaks version 1, the server version 2\.$/],
  ['that knows no other', foreign, /can't be understood: A message came in version 2 .* this side speaks version 1\.$/],
])(
  'every client tells at once of a server of another version %s',
  async (_, answer, words) => {
    const address = await startOther(answer);
    const prepare = () => Promise.reject(new Error('There is no learner.'));
    for (const begin of [
      () => connect(address),
      () => InferenceClient.open({ address }),
      () => new RolloutWorker({ address, prepare }).run(),
    ]) {
      await expect(begin()).rejects.toThrow(words);
    }
  },
  4_000,
);
