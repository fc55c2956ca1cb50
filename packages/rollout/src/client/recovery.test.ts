import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeVector } from '@understudy/gym';
import { driftModule } from '@understudy/gym/testing/vector-forms';
import { defaultRng } from '@understudy/random';
import { afterEach, expect, test } from 'vitest';
import { EnvironmentServer, type EnvironmentServerOptions, ThreadServer } from '../server/index.ts';
import { MessageProxy } from '../testing/message-proxy.ts';
import { resolveConnectOptions } from './client-options.ts';
import { AsyncRemoteVectorEnv, connect, type RemoteVectorOptions, TimeoutError } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(address = 'tcp://127.0.0.1:*', options: Partial<EnvironmentServerOptions> = {}) {
  const server = await EnvironmentServer.start({
    address,
    environments: [{ id: 'Drift-v0' }],
    module: driftModule,
    ...options,
  });
  cleanups.push(() => server.close());
  return server;
}

const quick = { requestSeconds: 20, retrySeconds: 0.1 };

async function open(address: string, options: RemoteVectorOptions): Promise<AsyncRemoteVectorEnv> {
  const env = await AsyncRemoteVectorEnv.create(resolveConnectOptions(address, quick), 'Drift-v0', options);
  cleanups.push(() => env.close());
  return env;
}

test('nobody there: an answer within the time that was given', async () => {
  const begun = performance.now();
  await expect(connect('tcp://127.0.0.1:1', { connectSeconds: 0.3 })).rejects.toThrow(
    'No server answered at tcp://127.0.0.1:1 within 0.3 s; nobody listens there: start one (understudy serve) or correct the address.',
  );
  expect(performance.now() - begun).toBeGreaterThan(250);
});

test('dropped, doubled, late and damaged messages change nothing: every step is taken once', async () => {
  const server = await serve('tcp://127.0.0.1:*', {
    flood: { messagesPerSecond: 1e5, strangersPerSecond: 1e5, strikes: 1e9, peers: 1e4 },
  });
  const proxy = await MessageProxy.bind(server.address, defaultRng(5));
  cleanups.push(() => proxy.close());
  const options = { count: 2, seed: 3, autoresetMode: 'same-step' as const, options: { limit: 0.5 } };
  const env = await open(proxy.address, options);
  const local = await makeVector('Drift-v0', options);
  proxy.faults = { drop: 0.1, duplicate: 0.1, delay: 0.1, truncate: 0.05 };
  for (let step = 0; step < 60; step++) {
    const actions = Float32Array.from({ length: 4 }, (_, i) => Math.sin(step + i));
    await env.step(actions);
    local.step(actions);
    expect([...env.rows.observations, ...env.rows.rewards]).toEqual([...local.observations, ...local.rewards]);
  }
  expect(server.figures.steps).toBe(120);
  expect(Math.min(proxy.counts.drop, proxy.counts.truncate)).toBeGreaterThan(3);
  proxy.faults = { drop: 0, duplicate: 0, delay: 0, truncate: 0 };
});

test.each(['next-step', 'same-step', 'disabled'] as const)(
  'a server that dies at any time loses no step of a client that recovers (%s)',
  async (autoresetMode) => {
    let server = await serve();
    const { address } = server;
    const random = defaultRng(autoresetMode.length);
    const options = { count: 3, autoresetMode, options: { limit: 0.4 } };
    const env = await open(address, { ...options, recover: { everySteps: 7 } });
    const local = await makeVector('Drift-v0', options);
    let deaths = 0;
    const die = async () => {
      if (random.random() > 0.15) return;
      deaths += 1;
      await server.close();
      server = await serveAgain(address);
    };
    for (let step = 0; step < 60; step++) {
      if (step % 25 === 0) {
        await env.reset();
        local.reset();
      }
      await die();
      const actions = Float32Array.from({ length: 6 }, () => random.uniform(-1, 1));
      await env.step(actions);
      local.step(actions);
      for (let i = 0; i < 3 && autoresetMode === 'disabled'; i++) {
        if (!local.terminated[i] && !local.truncated[i]) continue;
        await env.resetAt(i);
        local.resetAt(i);
      }
      expect([...env.rows.observations, ...env.rows.rewards, ...env.rows.finalObservations]).toEqual([
        ...local.observations,
        ...local.rewards,
        ...local.finalObservations,
      ]);
    }
    expect(deaths).toBeGreaterThan(4);
    expect(env.recoveries).toBe(deaths);
    expect(await env.saveState()).toEqual(local.saveState());
  },
);

/** An address that was just let go of may take a moment. */
async function serveAgain(address: string): Promise<EnvironmentServer> {
  for (;;) {
    try {
      return await serve(address);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

test('without recovery a restarted server is an error that says so', async () => {
  const server = await serve();
  const env = await open(server.address, { seed: 1 });
  await server.close();
  await serveAgain(server.address);
  await expect(env.step(new Float32Array(2))).rejects.toMatchObject({
    code: 'unknown-session',
    message: expect.stringContaining('it was restarted, or the lease ended'),
  });
});

async function startProcess(address: string): Promise<{ child: ChildProcess; address: string }> {
  const file = fileURLToPath(new URL('./testing/serve-drift.js', import.meta.url));
  const rollout = new URL('../../dist/index.js', import.meta.url).href;
  const child = fork(file, [address, rollout, driftModule], { execArgv: [] });
  cleanups.push(() => child.kill('SIGKILL'));
  const [message] = (await once(child, 'message')) as [{ address: string }];
  return { child, address: message.address };
}

test('kill -9 of the server: an error in bounded time, or the same bytes as if nothing had been', async () => {
  const { child, address } = await startProcess('tcp://127.0.0.1:*');
  const client = await connect(address, { requestSeconds: 10, retrySeconds: 0.2 });
  const hasty = await connect(address, { requestSeconds: 0.6, retrySeconds: 0.2 });
  cleanups.push(
    () => client.close(),
    () => hasty.close(),
  );
  const local = await makeVector('Drift-v0', { count: 2, seed: 5 });
  const env = await client.makeVector('Drift-v0', { count: 2, seed: 5, recover: { everySteps: 4 } });
  const doomed = await hasty.makeVector('Drift-v0', { seed: 5 });
  const step = (i: number) => {
    const actions = Float32Array.of(0.1 * i, 0, -0.1, 0.05);
    env.step(actions);
    local.step(actions);
    expect([...env.observations]).toEqual([...local.observations]);
  };
  for (let i = 0; i < 6; i++) step(i);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => doomed.step(new Float32Array(2))).toThrow(TimeoutError);
  doomed.close();
  await startProcess(address);
  for (let i = 6; i < 12; i++) step(i);
  env.close();
});

test('in-process threads and sockets are gone when their owner is', async () => {
  const server = await ThreadServer.start({
    address: 'tcp://127.0.0.1:*',
    environments: [{ id: 'Drift-v0' }],
    module: driftModule,
  });
  const client = await connect(server.address);
  for (let i = 0; i < 3; i++) (await client.makeVector('Drift-v0', { seed: i })).close();
  expect(await server.figures()).toMatchObject({ sessions: 0, environments: 0 });
  await expect.poll(async () => (await server.figures()).peers).toBe(1);
  client.close();
  await server.stop();
  await expect(connect(server.address, { connectSeconds: 0.2 })).rejects.toThrow('No server answered');
});
