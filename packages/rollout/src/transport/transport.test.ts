import { afterEach, expect, test } from 'vitest';
import { ClientSocket, checkReach, parseAddress, ServerSocket, TokenBucket } from './index.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

test.each([
  ['tcp://127.0.0.1:5555', true],
  ['tcp://127.9.8.7:0', true],
  ['tcp://localhost:80', true],
  ['tcp://[::1]:5555', true],
  ['ipc:///tmp/socket', true],
  ['inproc://name', true],
  ['tcp://*:5555', false],
  ['tcp://0.0.0.0:5555', false],
  ['tcp://[::]:5555', false],
  ['tcp://192.168.0.1:5555', false],
  ['tcp://127.0.0.1.example.org:5555', false],
  ['tcp://learner:5555', false],
])('%s is reached from this machine alone: %s', (text, local) => {
  const address = parseAddress(text);
  expect(address.local).toBe(local);
  const check = () => checkReach(address, undefined);
  if (local) check();
  else expect(check).toThrow('needs CURVE keys');
  checkReach(address, {});
});

test.each([
  '',
  'tcp://',
  'tcp://host',
  'tcp://host:x',
  'tcp://1.2.3.4:70000',
  'http://a:1',
  'udp://a:1',
  'tcp://a b:1',
])('%j is no address', (text) => {
  expect(() => parseAddress(text)).toThrow('is none; expected tcp://HOST:PORT');
});

test('a name of a pipe that is too long is refused with the limit', () => {
  expect(() => parseAddress(`ipc:///tmp/${'x'.repeat(120)}`)).toThrow('at most 107 bytes');
});

test('messages go both ways, and answers only to those who asked', async () => {
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*' });
  const [one, two] = [
    ClientSocket.connect({ address: server.endpoint }),
    ClientSocket.connect({ address: server.endpoint }),
  ];
  open.push(server, one, two);
  expect(server.endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  await one.send([Buffer.from('one')]);
  await two.send([Buffer.from('two'), Buffer.alloc(70_000, 7)]);
  const arrivals = server[Symbol.asyncIterator]();
  for (let i = 0; i < 2; i++) {
    const { peer, frames } = (await arrivals.next()).value!;
    expect(await server.send(peer, frames)).toBe(true);
  }
  expect(String(await one.receive(5000))).toBe('one');
  const echoed = await two.receive(5000);
  expect([String(echoed?.[0]), echoed?.[1].length]).toEqual(['two', 70_000]);
  expect(await one.receive(20)).toBeUndefined();
});

test('sending to a peer that is gone tells so, and nothing waits', async () => {
  const server = await ServerSocket.bind({ address: 'inproc://gone' });
  open.push(server);
  expect(await server.send('nobody', [Buffer.from('x')])).toBe(false);
});

test('a client whose server takes nothing is told when its queue is full', async () => {
  const client = ClientSocket.connect({ address: 'tcp://127.0.0.1:1', highWaterMark: 3 });
  open.push(client);
  const sent: boolean[] = [];
  for (let i = 0; i < 5; i++) sent.push(await client.send([Buffer.from('x')]));
  expect(sent).toEqual([true, true, true, false, false]);
});

test('a frame beyond the limit ends the connection of its sender only', async () => {
  const limits = { headerBytes: 1000, messageBytes: 5000 };
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*', limits });
  const [bad, good] = [
    ClientSocket.connect({ address: server.endpoint }),
    ClientSocket.connect({ address: server.endpoint }),
  ];
  open.push(server, bad, good);
  await bad.send([Buffer.alloc(6000)]);
  await good.send([Buffer.from('small')]);
  const { frames } = (await server[Symbol.asyncIterator]().next()).value!;
  expect(String(frames[0])).toBe('small');
});

test('an address in use, or not of this machine, is refused in a sentence', async () => {
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*' });
  open.push(server);
  await expect(ServerSocket.bind({ address: server.endpoint })).rejects.toThrow('is in use; choose another port');
  await expect(ServerSocket.bind({ address: 'ipc:///no/such/folder/socket' })).rejects.toThrow(
    'lies in a directory that does not exist',
  );
});

test('a bucket lets its burst pass, then its rate', () => {
  const bucket = new TokenBucket(10, 3, 0);
  expect([0, 0, 0, 0].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
  expect([bucket.take(0.1), bucket.take(0.1)]).toEqual([true, false]);
  expect([100, 100, 100, 100].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
});

test.each(['tcp://127.0.0.1:*', 'tcp://localhost:0'])('%s is no place to connect to', (address) => {
  expect(() => ClientSocket.connect({ address })).toThrow(/has no port to connect to/);
});
