import { makeVector } from '@understudy/gym';
import { driftModule } from '@understudy/gym/testing/vector-forms';
import { afterEach, expect, test } from 'vitest';
import { resolveConnectOptions } from '../client/client-options.ts';
import { AsyncRemoteVectorEnv, type RemoteVectorOptions } from '../client/index.ts';
import { type AnyMessage, encodeMessage, wireArray } from '../protocol/index.ts';
import { EnvironmentServer, type EnvironmentServerOptions } from './index.ts';
import { RawClient } from './testing/raw-client.ts';

const slowModule = new URL('./testing/slow-env.js', import.meta.url).href;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Partial<EnvironmentServerOptions> = {}): Promise<EnvironmentServer> {
  await import(driftModule);
  await import(slowModule);
  const server = await EnvironmentServer.start({
    address: 'tcp://127.0.0.1:*',
    environments: [{ id: 'Drift-v0', description: 'A point that drifts.' }, { id: 'Slow-v0' }],
    ...options,
  });
  cleanups.push(() => server.close());
  return server;
}

function raw(server: EnvironmentServer): RawClient {
  const client = new RawClient(server.address);
  cleanups.push(() => client.close());
  return client;
}

async function open(
  server: EnvironmentServer,
  id: string,
  options?: RemoteVectorOptions,
): Promise<AsyncRemoteVectorEnv> {
  const connect = resolveConnectOptions(server.address, { requestSeconds: 10, retrySeconds: 1 });
  const env = await AsyncRemoteVectorEnv.create(connect, id, options);
  cleanups.push(() => env.close());
  return env;
}

/** The code of an error message; undefined for any other. */
const codeOf = (message: AnyMessage | undefined) => (message?.type === 'error' ? message.body.code : undefined);

const stepOf = (client: RawClient, request: number, actions = Float32Array.of(0.5, -0.5)) => ({
  type: 'step' as const,
  request,
  session: client.session,
  body: {},
  arrays: { actions: wireArray(actions, [1, 2]) },
});

test('a request is done once however often it is sent, and the answer is the same bytes', async () => {
  const server = await start();
  const client = raw(server);
  await client.hello();
  await client.make('Drift-v0');
  await client.ask({ type: 'reset', request: 2, session: client.session, body: { seed: 4 } });
  const local = await makeVector('Drift-v0', { seed: 4 });
  for (let step = 0; step < 3; step++) {
    const frames = encodeMessage(stepOf(client, 3 + step));
    const answers: string[] = [];
    for (let repeat = 0; repeat < 3; repeat++) {
      await client.socket.send(frames);
      answers.push(Buffer.concat((await client.socket.receive(5000))!).toString('hex'));
    }
    expect(new Set(answers).size).toBe(1);
    local.step(Float32Array.of(0.5, -0.5));
  }
  const last = await client.ask(stepOf(client, 6, Float32Array.of(0, 0)));
  local.step(Float32Array.of(0, 0));
  expect(last?.type === 'stepped' && [...last.arrays.observations.data]).toEqual([...local.observations]);
  expect(server.figures.steps).toBe(4);
  for (const request of [5, 8, 4, 0]) expect(codeOf(await client.ask(stepOf(client, request)))).toBe('sequence');
});

test('several steps in one message are those steps one after the other', async () => {
  const server = await start();
  for (const autoresetMode of ['next-step', 'same-step'] as const) {
    const options = { count: 2, seed: 6, autoresetMode, options: { limit: 0.3 } };
    const env = await open(server, 'Drift-v0', options);
    const local = await makeVector('Drift-v0', options);
    const steps = 40;
    const actions = Float32Array.from({ length: steps * 4 }, (_, i) => Math.sin(i));
    const { observations, rewards, terminated, wasReset, finalRows, finalObservations } = await env.stepMany(
      actions,
      steps,
    );
    expect(observations.shape).toEqual([steps, 2, 3]);
    const finals: number[][] = [];
    const rows: number[] = [];
    for (let step = 0; step < steps; step++) {
      local.step(actions.subarray(step * 4, step * 4 + 4));
      expect([...observations.data.subarray(step * 6, step * 6 + 6)]).toEqual([...local.observations]);
      expect([...rewards.data.subarray(step * 2, step * 2 + 2)]).toEqual([...local.rewards]);
      expect([...wasReset.data.subarray(step * 2, step * 2 + 2)]).toEqual([...local.wasReset]);
      for (let i = 0; i < 2; i++) {
        if (!local.terminated[i] && !local.truncated[i]) continue;
        rows.push(step * 2 + i);
        finals.push([...local.finalObservations.subarray(i * 3, i * 3 + 3)]);
      }
    }
    expect(terminated.data.reduce((sum, flag) => sum + flag)).toBeGreaterThan(2);
    expect([...(finalRows?.data ?? [])]).toEqual(autoresetMode === 'same-step' ? rows : []);
    expect([...(finalObservations?.data ?? [])]).toEqual(autoresetMode === 'same-step' ? finals.flat() : []);
  }
});

test('versions that differ are refused with both named', async () => {
  const client = raw(await start());
  const answer = await client.hello([2, 3]);
  expect(answer).toMatchObject({ type: 'error', request: 0, body: { code: 'version', versions: [1] } });
  expect(answer?.type === 'error' && answer.body.message).toMatch(
    /^raw 7 speaks version 2, 3 of the rollout protocol, the server \(understudy-ts [\d.]+\) version 1\.$/,
  );
  expect(await client.hello()).toBeUndefined();
}, 10_000);

test('who has not greeted, or asks for another service, is told so; strangers are heard no more', async () => {
  const server = await start();
  const early = raw(server);
  expect(codeOf(await early.ask({ type: 'list', request: 0, body: {} }))).toBe('unknown-session');
  expect(await early.ask({ type: 'list', request: 0, body: {} }, 100)).toBeUndefined();
  const lost = raw(server);
  const body = { versions: [1], service: 'inference' as const, software: 'raw' };
  expect(codeOf(await lost.ask({ type: 'hello', request: 0, body }))).toBe('invalid');
});

test('malformed messages are answered, up to a point, and the server serves on', async () => {
  const server = await start({
    flood: { messagesPerSecond: 1000, strangersPerSecond: 1000, strikes: 3, peers: 10 },
  });
  const client = raw(server);
  await client.hello();
  for (let i = 0; i < 3; i++) expect(codeOf(await client.askFrames([Buffer.from('c1', 'hex')]))).toBe('malformed');
  expect(await client.askFrames([Buffer.from('c1', 'hex')], 100)).toBeUndefined();
  const other = raw(server);
  expect((await other.hello())?.type).toBe('welcome');
  expect((await other.ask({ type: 'list', request: 9, body: {} }))?.body).toEqual({
    environments: [{ id: 'Drift-v0', description: 'A point that drifts.' }, { id: 'Slow-v0' }],
  });
  expect(server.figures.refused).toBeGreaterThanOrEqual(4);
});

test('what is beyond the limits, or not offered, is refused in a sentence', async () => {
  const server = await start({
    maxSessions: 2,
    maxEnvironments: 10,
    limits: { headerBytes: 2 ** 16, messageBytes: 2 ** 17 },
  });
  const refuse = async (id: string, options: RemoteVectorOptions, words: string) =>
    expect(open(server, id, options)).rejects.toThrow(words);
  await refuse('Drif-v0', {}, 'does not offer the environment Drif-v0; did you mean Drift-v0');
  await refuse('Drift-v0', { options: { limits: 1 } }, 'Drift-v0 has no option limits (did you mean limit)');
  await refuse('Drift-v0', { count: 11 }, 'holds 0 environments and may hold 10; 11 more are too many');
  expect(server.figures).toMatchObject({ sessions: 0, environments: 0 });
  const env = await open(server, 'Drift-v0', { count: 4, seed: 0 });
  await open(server, 'Drift-v0', { count: 4 });
  expect(server.figures).toMatchObject({ sessions: 2, environments: 8 });
  await refuse('Drift-v0', {}, 'holds 2 sessions, as many as it may');
  await expect(env.stepMany(new Float32Array(8 * 1000), 1000)).rejects.toThrow(
    "exceeds the server's messages of 131072",
  );
  await expect(env.stepMany(new Float32Array(8), 2)).rejects.toThrow('are 8 numbers, expected 2 x 4 x 2');
  await env.step(new Float32Array(8));
  await env.close();
  expect(server.figures).toMatchObject({ sessions: 1, environments: 4 });
});

test('a session lives as long as its client does', async () => {
  const server = await start({ leaseSeconds: 0.4 });
  const alive = await open(server, 'Drift-v0', { seed: 0 });
  const silent = raw(server);
  await silent.hello();
  await silent.make('Drift-v0');
  expect(server.figures.sessions).toBe(2);
  await expect.poll(() => server.figures.sessions, { timeout: 5000 }).toBe(1);
  expect(codeOf(await silent.ask({ type: 'attach', request: 0, session: silent.session, body: {} }))).toBe(
    'unknown-session',
  );
  await alive.step(new Float32Array(2));
});

test('a session moves to the connection that attaches; the other may not use it', async () => {
  const server = await start();
  const [first, second] = [raw(server), raw(server)];
  await first.hello();
  await second.hello();
  await first.make('Drift-v0');
  const { session } = first;
  expect(codeOf(await second.ask({ type: 'reset', request: 2, session, body: {} }))).toBe('unknown-session');
  const attached = await second.ask({ type: 'attach', request: 0, session, body: {} });
  expect(attached).toMatchObject({ type: 'attached', body: { lastRequest: 1 } });
  expect((await second.ask({ type: 'reset', request: 2, session, body: {} }))?.type).toBe('state');
  expect(codeOf(await first.ask({ type: 'reset', request: 2, session, body: {} }))).toBe('unknown-session');
});

test('environments spread over threads of their own give the same bytes', async () => {
  const server = await start({ threadsPerSession: 2, module: driftModule });
  const options = { count: 5, seed: 8, autoresetMode: 'same-step' as const, options: { limit: 0.4 } };
  const env = await open(server, 'Drift-v0', options);
  const local = await makeVector('Drift-v0', options);
  for (let step = 0; step < 30; step++) {
    const actions = Float32Array.from({ length: 10 }, (_, i) => Math.sin(step * i));
    await env.step(actions);
    local.step(actions);
    expect([...env.rows.observations, ...env.rows.finalObservations]).toEqual([
      ...local.observations,
      ...local.finalObservations,
    ]);
  }
});

test('one slow session stalls no other', async () => {
  const server = await start({ workers: 2, module: slowModule });
  const slow = await open(server, 'Slow-v0', { seed: 0, options: { milliseconds: 1000 } });
  const quick = await open(server, 'Slow-v0', { seed: 0 });
  let slowDone = false;
  const step = slow.step(new Float32Array(1)).then(() => {
    slowDone = true;
  });
  for (let i = 0; i < 20; i++) await quick.step(new Float32Array(1));
  expect(slowDone).toBe(false);
  await step;
});

test('a thread that dies fails its sessions and no other, and is replaced', async () => {
  const server = await start({ workers: 2, module: driftModule });
  const doomed = await open(server, 'Drift-v0', { seed: 0, options: { trouble: 'exit' } });
  const other = await open(server, 'Drift-v0', { seed: 0 });
  const actions = new Float32Array(2);
  for (let i = 0; i < 2; i++) await doomed.step(actions);
  const failed = expect.objectContaining({ code: 'failed', message: expect.stringContaining('thread') });
  await expect(doomed.step(actions)).rejects.toEqual(failed);
  await expect(doomed.reset()).rejects.toEqual(failed);
  await other.step(actions);
  for (let i = 0; i < 2; i++) await (await open(server, 'Drift-v0', { seed: 1 })).step(actions);
});

test('a request that never ends takes its thread down, not the server', async () => {
  const server = await start({ workers: 1, module: slowModule, leaseSeconds: 0.4, requestSeconds: 0.3 });
  const stuck = await open(server, 'Slow-v0', { seed: 0, options: { milliseconds: 1e9 } });
  await expect(stuck.step(new Float32Array(1))).rejects.toThrow('A request took more than 0.3 s');
  await (await open(server, 'Slow-v0', { seed: 0 })).step(new Float32Array(1));
});

test('draining finishes what is under way, refuses what is new, and says goodbye', async () => {
  const server = await start({ workers: 1, module: slowModule });
  const slow = await open(server, 'Slow-v0', { seed: 0, options: { milliseconds: 500 } });
  const idle = raw(server);
  await idle.hello();
  const step = slow.step(new Float32Array(1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const drained = server.drain();
  expect(codeOf(await idle.make('Slow-v0'))).toBe('draining');
  await step;
  expect(slow.rows.rewards[0]).toBe(1);
  expect(await idle.next()).toMatchObject({ type: 'bye', body: { reason: 'It shuts down.' } });
  await drained;
  await expect(slow.step(new Float32Array(1))).rejects.toMatchObject({ code: 'draining' });
});

test('sessions outlast a socket that is bound anew', async () => {
  const server = await start();
  const { address } = server;
  const env = await open(server, 'Drift-v0', { seed: 2 });
  const local = await makeVector('Drift-v0', { seed: 2 });
  for (let i = 0; i < 6; i++) {
    if (i === 3) await server.rebind();
    const actions = Float32Array.of(0.1 * i, 0);
    await env.step(actions);
    local.step(actions);
    expect([...env.rows.observations]).toEqual([...local.observations]);
  }
  expect(server.address).toBe(address);
  expect(server.figures.steps).toBe(6);
});

test('infos travel as plain data, and pictures as pixels', async () => {
  const server = await start();
  const env = await open(server, 'Slow-v0', { seed: 0 });
  expect(env.resetInfos).toEqual([{ image: [1, 2] }]);
  const bare = await open(server, 'Slow-v0', { seed: 0, infos: false });
  expect(bare.resetInfos).toEqual([{}]);
  const client = raw(server);
  await client.hello();
  await client.make('Slow-v0');
  await client.ask({ type: 'reset', request: 2, session: client.session, body: {} });
  const frame = await client.ask({ type: 'render', request: 3, session: client.session, body: { index: 0 } });
  expect(frame?.type === 'frame' && frame.arrays.pixels).toMatchObject({
    shape: [1, 2, 3],
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
  });
  const beyond = await client.ask({ type: 'render', request: 4, session: client.session, body: { index: 1 } });
  expect(codeOf(beyond)).toBe('invalid');
  const saved = await client.ask({ type: 'save', request: 5, session: client.session, body: {} });
  expect(saved?.type === 'error' && saved.body).toMatchObject({
    code: 'invalid',
    message: expect.stringContaining("can't save"),
  });
});

test('a server needs something to offer, an address that is free, and a module for its threads', async () => {
  const server = await start();
  await expect(start({ address: server.address })).rejects.toThrow('is in use');
  await expect(start({ environments: [] })).rejects.toThrow('needs at least one environment');
  await expect(start({ workers: 1 })).rejects.toThrow('need the module that makes the environments');
});
