import { createMlpNetwork, type Tensor, tensorOf } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { ObservationNormalizer, type PolicySpec } from '@understudy/training';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { encodeMessage } from '../protocol/codec.ts';
import { ClientSocket } from '../transport/index.ts';
import { InferenceClient } from './inference-client.ts';
import { InferenceServer, type InferenceServerOptions } from './inference-server.ts';

const spec: PolicySpec = {
  algorithm: 'ppo',
  environment: 'Test-v0',
  observationSize: 5,
  actionSize: 3,
  distribution: 'gaussian',
  outputSize: 3,
  hiddenSizes: [24, 17],
  activation: 'tanh',
  observationClip: null,
};

function randomTensors(seed: number, { observationSize, hiddenSizes, outputSize }: PolicySpec): Map<string, Tensor> {
  const generator = defaultRng(seed);
  const sizes = [observationSize, ...hiddenSizes, outputSize];
  const random = (shape: number[]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b));
    generator.fillStandardNormal(data);
    return tensorOf(data, shape);
  };
  return new Map(
    sizes.slice(1).flatMap((fanOut, i) => [
      [`actor.${i}.weight`, random([sizes[i], fanOut])],
      [`actor.${i}.bias`, random([fanOut])],
    ]),
  );
}

/** The same network here, one row at a time. */
function localOutputs(tensors: ReadonlyMap<string, Tensor>, observations: Float32Array): Float32Array {
  const sizes = [spec.observationSize, ...spec.hiddenSizes, spec.outputSize];
  const network = createMlpNetwork({ sizes, maxBatch: 1, name: 'actor' });
  for (const { name, offset } of network.layout) {
    network.parameters.set(tensors.get(name)?.data as Float32Array, offset);
  }
  const rows = observations.length / spec.observationSize;
  const outputs = new Float32Array(rows * spec.outputSize);
  for (let i = 0; i < rows; i++) {
    const row = observations.subarray(i * spec.observationSize, (i + 1) * spec.observationSize);
    outputs.set(network.forward(row, 1), i * spec.outputSize);
  }
  return outputs;
}

function randomRows(seed: number, rows: number): Float32Array {
  const observations = new Float32Array(rows * spec.observationSize);
  defaultRng(seed).fillStandardNormal(observations);
  return observations;
}

async function serve(options: Partial<InferenceServerOptions> = {}) {
  const server = await InferenceServer.start({ address: 'tcp://127.0.0.1:*', ...options });
  onTestFinished(() => server.close());
  return server;
}

async function connect(address: string, options = {}) {
  const client = await InferenceClient.open({ address, ...options });
  onTestFinished(() => client.close());
  return client;
}

test('whatever is joined to a batch, every row has the bytes of the row alone', async () => {
  const server = await serve({ maxBatch: 32 });
  const clients = await Promise.all([1, 2, 3].map(() => connect(server.address)));
  const tensors = randomTensors(1, spec);
  await clients[0].publish('one', 0, spec, tensors);
  const request = fc.record({ client: fc.nat(2), rows: fc.integer({ min: 1, max: 70 }), seed: fc.nat(1000) });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (requests) => {
      const answers = await Promise.all(
        requests.map(({ client, rows, seed }) => clients[client].infer('one', randomRows(seed, rows), rows)),
      );
      requests.forEach(({ rows, seed }, i) => {
        expect(answers[i].outputs).toEqual(localOutputs(tensors, randomRows(seed, rows)));
      });
    }),
    { numRuns: 30, seed: 4 },
  );
  const { requests, batches, largestBatch } = server.figures;
  expect(batches).toBeLessThan(requests);
  expect(largestBatch).toBeGreaterThan(70);
});

test('several learners have models of their own, each with its last versions', async () => {
  const server = await serve({ keepVersions: 2, maxModels: 2 });
  const [a, b] = await Promise.all([connect(server.address), connect(server.address)]);
  const rows = randomRows(3, 2);
  const versions = [1, 2, 3].map((seed) => randomTensors(seed, spec));
  for (const [version, tensors] of versions.entries()) await a.publish('a', version, spec, tensors);
  await b.publish('b', 7, spec, randomTensors(9, spec));
  expect(await a.infer('a', rows, 2)).toEqual({ version: 2, outputs: localOutputs(versions[2], rows) });
  expect(await b.infer('a', rows, 2, 1)).toEqual({ version: 1, outputs: localOutputs(versions[1], rows) });
  expect((await b.infer('b', rows, 2)).version).toBe(7);
  await expect(a.infer('a', rows, 2, 0)).rejects.toMatchObject({ code: 'stale' });
  await expect(a.infer('c', rows, 2)).rejects.toMatchObject({ code: 'stale' });
  // Publishing is repeatable, and the third model makes the one go that was used least recently.
  await a.publish('a', 2, spec, versions[2]);
  await a.publish('c', 0, spec, versions[0]);
  await expect(b.infer('b', rows, 2)).rejects.toMatchObject({ code: 'stale' });
  expect(server.figures.models).toBe(2);
});

test('a model with a normaliser gets observations as they are', async () => {
  const server = await serve();
  const client = await connect(server.address);
  const normalizer = new ObservationNormalizer(spec.observationSize, { clip: 2 });
  normalizer.update(
    randomRows(5, 40).map((value) => 3 * value + 1),
    40,
  );
  const tensors = new Map([...randomTensors(1, spec), ...normalizer.tensors()]);
  await client.publish('normalised', 0, { ...spec, observationClip: 2 }, tensors);
  const rows = randomRows(6, 9);
  const normalised = new Float32Array(rows.length);
  normalizer.normalizeInto(rows, normalised, 9);
  expect((await client.infer('normalised', rows, 9)).outputs).toEqual(localOutputs(tensors, normalised));
});

test('what does not fit is refused, and the server goes on', async () => {
  const server = await serve({ maxQueuedRows: 10 });
  const client = await connect(server.address, { requestSeconds: 0.3 });
  const tensors = randomTensors(1, spec);
  await client.publish('one', 0, spec, tensors);
  await expect(client.infer('one', new Float32Array(8), 2)).rejects.toThrow(/takes 5 numbers a row, not 4/);
  await expect(client.publish('two', 0, { ...spec, hiddenSizes: [3] }, tensors)).rejects.toThrow(/actor\.0\.weight/);
  await expect(client.publish('two', 0, { ...spec, hiddenSizes: [60_000, 60_000] }, tensors)).rejects.toThrow(
    /more than/,
  );
  await expect(client.publish('two', 0, { ...spec, observationSize: -1 }, tensors)).rejects.toMatchObject({
    code: 'malformed',
  });
  // More rows than may ever wait: busy until the client's patience ends.
  await expect(client.infer('one', randomRows(1, 11), 11)).rejects.toThrow(/gave no answer/);
  const socket = ClientSocket.connect({ address: server.address });
  onTestFinished(() => socket.close());
  await socket.send([Buffer.from('garbage')]);
  await socket.send(
    encodeMessage({ type: 'hello', request: 0, body: { versions: [9], service: 'inference', software: '' } }),
  );
  expect((await client.infer('one', randomRows(1, 2), 2)).version).toBe(0);
});

test('a server that comes back is only a delay', async () => {
  const first = await serve();
  const { address } = first;
  const client = await connect(address);
  const tensors = randomTensors(1, spec);
  await client.publish('one', 0, spec, tensors);
  await first.close();
  const published = client.publish('one', 1, spec, tensors);
  await serve({ address });
  await published;
  expect((await client.infer('one', randomRows(1, 2), 2)).outputs).toEqual(localOutputs(tensors, randomRows(1, 2)));
});

test('no server at the address is told in bounded time', async () => {
  const nobody = InferenceClient.open({ address: 'tcp://127.0.0.1:9', connectSeconds: 0.2 });
  await expect(nobody).rejects.toThrow(
    /^No inference server answered at tcp:\/\/127\.0\.0\.1:9 within 0\.2 s; nobody listens there: start one/,
  );
});
