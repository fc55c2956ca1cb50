import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Dealer, Router } from 'zeromq';
import { RawPeer, greeting as rawGreeting, readyCommand } from '../testing/zmtp.ts';
import { ClientSocket, ServerSocket, type ServerSocketOptions } from './index.ts';
import { encodeCommand, encodeReady } from './zmtp-frames.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** The address of a socket in a folder of its own. */
function socketInFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  open.push({ close: () => rmSync(folder, { recursive: true }) });
  return `ipc://${join(folder, 'socket')}`;
}

const places: [string, () => string][] = [
  ['TCP', () => 'tcp://127.0.0.1:*'],
  ['a socket in a folder', socketInFolder],
];

async function serve(options: Partial<ServerSocketOptions> = {}): Promise<ServerSocket> {
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*', ...options });
  open.push(server);
  return server;
}

function client(address: string, highWaterMark?: number): ClientSocket {
  const socket = ClientSocket.connect({ address, highWaterMark });
  open.push(socket);
  return socket;
}

async function echo(server: ServerSocket): Promise<void> {
  for await (const { peer, frames } of server) await server.send(peer, frames);
}

const text = (frames: readonly Uint8Array[] | undefined) => frames?.map((frame) => Buffer.from(frame).toString());
const sizes = [0, 1, 255, 256, 32_000, 70_000, 3_000_000];

test.each(places)('a DEALER of libzmq talks to this server over %s, by messages of all sizes', async (_, address) => {
  const server = await serve({ address: address() });
  expect(server.router).toBeUndefined();
  void echo(server);
  const dealer = new Dealer({ linger: 0, receiveTimeout: 5_000, heartbeatInterval: 50 });
  open.push(dealer);
  dealer.connect(server.endpoint);
  for (const size of sizes) {
    const data = Buffer.alloc(size, size % 251);
    await dealer.send(['head', data]);
    const [head, echoed] = await dealer.receive();
    expect(head.toString()).toBe('head');
    expect(data.equals(echoed)).toBe(true);
  }
});

test.each(places)('this client talks to a ROUTER of libzmq over %s, by messages of all sizes', async (_, address) => {
  const router = new Router({ linger: 0 });
  open.push(router);
  await router.bind(address());
  const socket = client(router.lastEndpoint!.replace(/\0$/, ''));
  for (const size of sizes) {
    const data = Buffer.alloc(size, size % 251);
    await socket.send([Buffer.from('head'), data]);
    await router.send(await router.receive());
    const echoed = await socket.receive(5_000);
    expect(text(echoed?.slice(0, 1))).toEqual(['head']);
    expect(data.equals(echoed![1])).toBe(true);
  }
});

test('libzmq stays connected through its heartbeats, whose answers repeat what they were asked with', async () => {
  const server = await serve();
  void echo(server);
  const dealer = new Dealer({ linger: 0, receiveTimeout: 2_000, heartbeatInterval: 30, heartbeatTimeout: 60 });
  open.push(dealer);
  let lost = 0;
  dealer.events.on('disconnect', () => lost++);
  dealer.connect(server.endpoint);
  await dealer.send('a');
  await dealer.receive();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lost).toBe(0);
  const raw = await RawPeer.connect(server.endpoint);
  open.push(raw);
  const answered = new Promise<string>((resolve) => {
    let received = '';
    raw.socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (received.includes('PONG')) resolve(received.slice(-9));
    });
  });
  raw.write(encodeCommand('PING', Buffer.from('\0\x50hello')));
  expect((await answered).endsWith('PONGhello')).toBe(true);
});

test.each([
  ['text', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ['ZMTP 2', [Buffer.from('ff00000000000000017f02', 'hex')]],
  ['CURVE', [Buffer.from(rawGreeting).fill('CURVE', 12, 17)]],
  ['a message before READY', [rawGreeting, Buffer.from('000161', 'hex')]],
  ['a socket of another pattern', [rawGreeting, encodeReady('SUB')]],
  ['READY without a type', [rawGreeting, encodeCommand('READY')]],
  [
    'READY that is cut',
    [rawGreeting, encodeCommand('READY', Buffer.from('\x0bSocket-Type\0\0\0\xffDEALER', 'latin1'))],
  ],
  ['ERROR', [rawGreeting, readyCommand, encodeCommand('ERROR', Buffer.from('\0'))]],
  ['flags that mean nothing', [rawGreeting, readyCommand, Buffer.from('f000', 'hex')]],
  ['a frame of 2 GB', [rawGreeting, readyCommand, Buffer.from('020000000080000000', 'hex')]],
])('a peer that sends %s is cut off, and others are served', async (_, parts) => {
  const server = await serve();
  void echo(server);
  const raw = await RawPeer.connect(server.endpoint, false);
  raw.write(...parts);
  await raw.closed;
  const good = client(server.endpoint);
  await good.send([Buffer.from('x')]);
  expect(text(await good.receive(5_000))).toEqual(['x']);
});

test('a client finds a server that starts late, comes back to one that went, and sends what has waited', async () => {
  const first = await serve();
  const { endpoint } = first;
  first.close();
  const socket = client(endpoint);
  await socket.send([Buffer.from('early')]);
  await new Promise((resolve) => setTimeout(resolve, 120));
  const second = await serve({ address: endpoint });
  void echo(second);
  expect(text(await socket.receive(5_000))).toEqual(['early']);
  second.close();
  await vi.waitFor(async () => {
    const third = await serve({ address: endpoint });
    void echo(third);
  });
  await vi.waitFor(
    async () => {
      await socket.send([Buffer.from('again')]);
      expect(text(await socket.receive(200))).toEqual(['again']);
    },
    { timeout: 5_000 },
  );
});

test('what a server sent before it closed arrives', async () => {
  const server = await serve();
  const socket = client(server.endpoint);
  await socket.send([Buffer.from('x')]);
  const { peer } = (await server[Symbol.asyncIterator]().next()).value!;
  const large = Buffer.alloc(5_000_000, 3);
  expect(await server.send(peer, [large])).toBe(true);
  server.close();
  const [received] = (await socket.receive(5_000))!;
  expect(received.equals(large)).toBe(true);
});

test('peers are heard in turn, however much one of them has to say', async () => {
  const server = await serve();
  const [loud, quiet] = [client(server.endpoint), client(server.endpoint)];
  for (let i = 0; i < 20; i++) await loud.send([Buffer.from(`loud ${i}`)]);
  await quiet.send([Buffer.from('quiet')]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const heard: string[] = [];
  for await (const { frames } of server) {
    heard.push(...text(frames)!);
    if (heard.includes('quiet')) break;
  }
  expect(heard.length).toBeLessThan(4);
});

test('a server that does not read holds no more than its mark, and loses nothing', async () => {
  const server = await serve({ highWaterMark: 8 });
  const raw = await RawPeer.connect(server.endpoint);
  open.push(raw);
  const body = Buffer.alloc(50_000, 1);
  const head = Buffer.from('02000000000000c350', 'hex');
  const count = 400;
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count; i++) raw.write(head, body);
  await new Promise((resolve) => setTimeout(resolve, 300));
  // The rest lies with the sender, and in the system's buffers.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 50_000 + 2 ** 22);
  let received = 0;
  for await (const { frames } of server) {
    expect(frames[0].equals(body)).toBe(true);
    if (++received === count) break;
  }
});

test('a server does not pile up what a peer does not take', async () => {
  const server = await serve({ highWaterMark: 4 });
  const raw = await RawPeer.connect(server.endpoint);
  open.push(raw);
  raw.socket.pause();
  raw.write(Buffer.from('000161', 'hex'));
  const { peer } = (await server[Symbol.asyncIterator]().next()).value!;
  const sent: boolean[] = [];
  for (let i = 0; i < 100; i++) sent.push(await server.send(peer, [Buffer.alloc(2 ** 20)]));
  expect(sent[0]).toBe(true);
  expect(sent.slice(20)).not.toContain(true);
});

test('a client that does not receive leaves the rest with the sender', async () => {
  const message = Buffer.concat([Buffer.from('02000000000000c350', 'hex'), Buffer.alloc(50_000)]);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    for (const part of [rawGreeting, encodeReady('ROUTER')]) socket.write(part);
    for (let i = 0; i < 400; i++) socket.write(message);
  });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, 4);
  await vi.waitFor(() => expect(sockets.length).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  // What was not taken lies here, beyond what the system's buffers hold.
  expect(sockets[0].writableLength).toBeGreaterThan(4_000_000);
  sockets[0].destroy();
});

test('a connection that falls silent is given up, and one that is quiet is not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  try {
    const sockets: Socket[] = [];
    const pings: number[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        if (!bytes.includes('PING')) return;
        pings.push(sockets.indexOf(socket));
        if (pings.length < 12) socket.write(encodeCommand('PONG'));
      });
      socket.write(rawGreeting);
      socket.write(encodeReady('ROUTER'));
    });
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = client(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    for (let i = 0; i < 50; i++) await turn();
    // Twelve answered, then none.
    for (let second = 0; second < 55; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      for (let i = 0; i < 10; i++) await turn();
    }
    expect(sockets.length).toBe(1);
    for (let second = 0; second < 45; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      for (let i = 0; i < 10; i++) await turn();
    }
    expect(sockets.length).toBeGreaterThan(1);
    socket.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a client that waits keeps its process, one that only is there does not', async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket.on('error', () => {}).unref()));
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const held = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  // Those of the tests before linger for a moment.
  await vi.waitFor(() => expect(held()).toBe(0));
  const socket = client(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await vi.waitFor(() => expect(accepted).toHaveLength(1));
  expect(held()).toBe(0);
  const received = socket.receive(Number.POSITIVE_INFINITY);
  expect(held()).toBe(1);
  socket.close();
  expect(await received).toBeUndefined();
  await vi.waitFor(() => expect(held()).toBe(0));
});

test("a socket in a folder is there while its server is, and one that was left behind is in nobody's way", async () => {
  const address = socketInFolder();
  const path = address.slice('ipc://'.length);
  // Who connects first waits until somebody is there.
  const early = client(address);
  await early.send([Buffer.from('early')]);
  await leaveSocketBehind(path);
  expect(existsSync(path)).toBe(true);
  const server = await serve({ address });
  expect(server.endpoint).toBe(address);
  const { frames } = (await server[Symbol.asyncIterator]().next()).value!;
  expect(text(frames)).toEqual(['early']);
  await expect(serve({ address })).rejects.toThrow(`The address ${address} is in use, or a file that is no socket`);
  server.close();
  expect(existsSync(path)).toBe(false);
});

test('a file that is no socket is not removed for one', async () => {
  const address = socketInFolder();
  const path = address.slice('ipc://'.length);
  writeFileSync(path, 'precious');
  await expect(serve({ address })).rejects.toThrow(`The address ${address} is in use, or a file that is no socket`);
  expect(existsSync(path)).toBe(true);
});

/** Leaves a socket at which nobody listens, as a process does that is killed. */
async function leaveSocketBehind(path: string): Promise<void> {
  const code = `
    const { createServer } = require('node:net');
    const server = createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'));`;
  const child = spawn(process.execPath, ['-e', code]);
  await once(child, 'exit');
}
