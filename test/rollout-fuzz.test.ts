import { make } from '@understudy/envs';
import { SyncVectorEnv, type VectorEnv } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { connect, decodeMessage, encodeMessage, type MessageType, ProtocolError } from '@understudy/rollout';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dealer } from 'zeromq';
import { type Frames, invalidMessages, MessageFuzzer } from '../packages/rollout/src/testing/fuzz.ts';
import { frameHead, RawPeer } from '../packages/rollout/src/testing/zmtp.ts';
import { ServerProcess } from './rollout-server-process.ts';

/** More by `UNDERSTUDY_FUZZ=100000 npx vitest run rollout-fuzz`. */
const messages = Number(process.env.UNDERSTUDY_FUZZ ?? 10_000);
const seed = Number(process.env.UNDERSTUDY_FUZZ_SEED ?? 1);
const megabyte = 2 ** 20;

let server: ServerProcess;
let local: VectorEnv;
let remote: VectorEnv;

beforeAll(async () => {
  server = await ServerProcess.start({});
  const client = await connect(server.address);
  remote = await client.makeVector('CartPole-v1', { count: 4, seed: 9 });
  client.close();
  const envs = await Promise.all(Array.from({ length: 4 }, () => make('CartPole-v1')));
  local = new SyncVectorEnv(envs);
  local.reset({ seed: 9 });
});

afterAll(async () => {
  remote.close();
  expect(await server.end('SIGTERM'), server.log.slice(-20).join('\n')).toBe(0);
});

/** What another client sees all the while: its own environments, step by step as if it were alone. */
function expectUndisturbed(): void {
  for (let step = 0; step < 10; step++) {
    const actions = Float32Array.of(0, 1, step % 2, 1);
    local.step(actions);
    remote.step(actions);
    expect(remote.observations).toEqual(local.observations);
    expect(remote.rewards).toEqual(local.rewards);
  }
}

/** What a client may send to a server of environments. */
const requests = 'hello ping bye list make attach reset resetAt step save restore render close'.split(' ');
const accept = new Set(requests as MessageType[]);

/** The code that a message must be refused with; undefined where it is whole. */
function expectedCode(frames: Frames): string | undefined {
  try {
    decodeMessage(frames, { accept });
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

class Peer {
  readonly #socket = new Dealer({ linger: 0, receiveTimeout: 10_000, sendTimeout: 10_000 });
  #pings = 1_000_000;

  async greet(): Promise<void> {
    this.#socket.connect(server.address);
    const body = { versions: [1], service: 'environments', software: 'fuzz' } as const;
    await this.#socket.send(encodeMessage({ type: 'hello', request: 0, body: { ...body, versions: [1] } }));
    expect(decodeMessage(await this.#socket.receive()).type).toBe('welcome');
  }

  /** Everything that is answered to a message, before a ping after it is answered. */
  async tell(frames: Frames) {
    await this.#socket.send(frames);
    const request = this.#pings++;
    await this.#socket.send(encodeMessage({ type: 'ping', request, body: {} }));
    const answers = [];
    for (;;) {
      const answer = decodeMessage(await this.#socket.receive());
      if (answer.request === request) return answers;
      answers.push(answer);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** So many broken messages of one peer are answered before it is heard no more. */
const perPeer = 30;

test(`${messages} fuzzed messages are refused by their codes, and the server goes on`, {
  timeout: 600_000,
}, async () => {
  const fuzzer = new MessageFuzzer(defaultRng(seed));
  const codes: Record<string, number> = {};
  let before = 0;
  for (let sent = 0; sent < messages; ) {
    const peer = new Peer();
    await peer.greet();
    for (let i = 0; i < perPeer && sent < messages; i++, sent++) {
      const frames = fuzzer.next();
      const expected = expectedCode(frames);
      // Whole after all, and a farewell: the next one needs a greeting.
      if (expected === undefined && decodeMessage(frames).type === 'bye') break;
      const answers = await peer.tell(frames);
      const errors = answers.flatMap((answer) => (answer.type === 'error' ? [answer.body.code as string] : []));
      if (expected !== undefined) expect(errors, `message ${sent} of seed ${seed}`).toEqual([expected]);
      for (const code of errors) codes[code] = (codes[code] ?? 0) + 1;
    }
    peer.close();
    if (sent % 1_000 < perPeer) expectUndisturbed();
    if (before === 0 && sent > messages / 4) before = (await server.look()).memory;
  }
  const { memory } = await server.look();
  console.log(
    `fuzz: ${JSON.stringify(codes)}; memory ${((memory - before) / megabyte).toFixed(1)} MiB more than before`,
  );
  expect(memory - before).toBeLessThan(64 * megabyte);
  expect(Object.keys(codes)).toEqual(expect.arrayContaining(['malformed', 'unknown-type', 'version', 'limit']));
  expectUndisturbed();
});

test('every invalid vector is refused by its code over the wire', async () => {
  for (const { name, code, frames } of invalidMessages()) {
    if (frames.length === 0) continue;
    const peer = new Peer();
    await peer.greet();
    const [answer] = await peer.tell(frames);
    // What only a server says is no server's to read.
    const refusal = Buffer.from(frames[0]).includes('stepped') ? 'unknown-type' : code;
    expect(answer, name).toMatchObject({ type: 'error', body: { code: refusal } });
    peer.close();
  }
});

test('2 GB that a ZMTP frame claims end the connection, and take no memory', async () => {
  const { memory } = await server.look();
  for (const length of [2n ** 31n, 2n ** 31n - 1n, 2n ** 40n, 2n ** 63n - 1n, 2n ** 64n - 1n, 65n * 2n ** 20n]) {
    const peer = await RawPeer.connect(server.address);
    peer.write(frameHead(length), Buffer.alloc(1_000));
    await peer.closed;
  }
  // Within the limit, but never sent: what is claimed is not touched.
  const waiting = await Promise.all(Array.from({ length: 20 }, () => RawPeer.connect(server.address)));
  for (const peer of waiting) peer.write(frameHead(60n * 2n ** 20n), Buffer.alloc(1_000));
  expectUndisturbed();
  expect((await server.look()).memory - memory).toBeLessThan(64 * megabyte);
  for (const peer of waiting) peer.close();
});

test('floods of strangers, of a greeted peer that reads nothing, and of silent connections are outlived', async () => {
  const frame = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
  const hello = encodeMessage({
    type: 'hello',
    request: 0,
    body: { versions: [1], service: 'environments', software: 'flood' },
  });
  const list = encodeMessage({ type: 'list', request: 0, body: {} });
  const { memory } = await server.look();
  const silent = await Promise.all(Array.from({ length: 200 }, () => RawPeer.connect(server.address, false)));
  const garbage = Buffer.concat(Array.from({ length: 2_000 }, () => frame(Buffer.from('abcdef', 'hex'))));
  const strangers = await Promise.all(Array.from({ length: 20 }, () => RawPeer.connect(server.address)));
  for (const stranger of strangers) stranger.write(garbage);
  const greedy = await RawPeer.connect(server.address);
  greedy.socket.pause();
  greedy.write(frame(hello[0]), Buffer.concat(Array.from({ length: 20_000 }, () => frame(list[0]))));
  expectUndisturbed();
  const { memory: after, figures } = await server.look();
  expect(figures.refused).toBeGreaterThan(20);
  expect(after - memory).toBeLessThan(96 * megabyte);
  for (const peer of [...silent, ...strangers, greedy]) peer.close();
  expectUndisturbed();
});

test('versions that differ are told, both of them', async () => {
  const socket = new Dealer({ linger: 0, receiveTimeout: 5_000 });
  socket.connect(server.address);
  const body = { versions: [2, 3], service: 'environments', software: 'future 2.0' } as const;
  await socket.send(encodeMessage({ type: 'hello', request: 0, body: { ...body, versions: [2, 3] } }));
  const answer = decodeMessage(await socket.receive());
  expect(answer).toMatchObject({ type: 'error', body: { code: 'version', versions: [1] } });
  expect(answer.body).toMatchObject({ message: expect.stringMatching(/future 2\.0 speaks version 2, 3.*version 1/) });
  socket.close();
});
