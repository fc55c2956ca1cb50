import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { beforeAll, expect, test } from 'vitest';
import { type ServedContent, startFileServer } from '../testing/file-server.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { writeD4rl } from '../write-d4rl.ts';
import { type DownloadOptions, downloadD4rl } from './download.ts';
import { verifyD4rl } from './verify.ts';

const name = 'maze2d-umaze-v1';
const file = 'maze2d-umaze-sparse-v1.hdf5';
let content: Buffer;
let otherContent: Buffer;

/** A maze2d file of about 600 kB; bytes that pack badly, so that each part is unlike the others. */
async function recordingBytes(directory: string, seed: number, observationSize = 4): Promise<Buffer> {
  const rows = 20_000;
  const generator = defaultRng(seed);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => generator.random());
  const path = join(directory, `${seed}.hdf5`);
  await writeD4rl(path, {
    observations: numbers(observationSize * rows),
    actions: numbers(2 * rows),
    rewards: numbers(rows),
    terminals: new Uint8Array(rows),
    timeouts: new Uint8Array(rows),
  });
  return readFileSync(path);
}

beforeAll(async () => {
  const directory = join(process.env.TMPDIR ?? '/tmp', `understudy-download-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  content = await recordingBytes(directory, 1);
  otherContent = await recordingBytes(directory, 2);
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Options under which nothing waits, and what the download comes to. */
async function attempt(options: DownloadOptions): Promise<string> {
  try {
    const { bytes, fetched } = await downloadD4rl(name, { attempts: 0, retrySeconds: 0, idleSeconds: 20, ...options });
    return `${fetched ? 'fetched' : 'found'} ${bytes}`;
  } catch (error) {
    if (!isInputError(error)) throw error;
    return error.message;
  }
}

function expectWhole(directory: string, bytes = content): void {
  expect(Buffer.compare(readFileSync(join(directory, file)), bytes)).toBe(0);
  expect(readFileSync(join(directory, `${file}.sha256`), 'utf8')).toBe(`${sha256(bytes)}  ${file}\n`);
  expect(readdirSync(directory).sort()).toEqual([file, `${file}.sha256`]);
}

test('a file is fetched with progress, found the second time, and verified', async () => {
  const directory = scratchDirectory();
  const { baseUrl, requests } = await startFileServer({ bytes: content, etag: '"1"' });
  const seen: [number, number][] = [];
  const onProgress = (received: number, total: number) => seen.push([received, total]);
  expect(await attempt({ directory, baseUrls: [`${baseUrl}/`], onProgress })).toBe(`fetched ${content.length}`);
  expect(requests[0].url).toBe(`/offline_rl/maze2d/${file}`);
  expect(seen.at(-1)).toEqual([content.length, content.length]);
  expect(seen.every(([received], i) => i === 0 || received >= seen[i - 1][0])).toBe(true);
  expectWhole(directory);
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toBe(`found ${content.length}`);
  expect(requests.length).toBe(1);
  const verified = await verifyD4rl(join(directory, file));
  expect(verified).toMatchObject({ sha256: sha256(content), against: 'recorded', transitions: 20_000 });

  const damaged = Buffer.from(content);
  damaged[content.length >> 1] ^= 1;
  writeFileSync(join(directory, file), damaged);
  await expect(verifyD4rl(join(directory, file))).rejects.toThrow(
    /SHA-256 of .* is .* and not the one that .* recorded/,
  );
});

test('100 random cuts: each download goes on where the last one ended, and the whole is right', async () => {
  const directory = scratchDirectory();
  const generator = defaultRng(5);
  const served: ServedContent = { bytes: content, etag: '"1"' };
  const { baseUrl, requests } = await startFileServer(served);
  for (let cut = 0; cut < 100; cut++) {
    served.cutAfter = generator.integers(33_000);
    const message = await attempt({ directory, baseUrls: [baseUrl] });
    if (message.startsWith('fetched')) break;
    expect(message).toMatch(/could not be fetched .*(was cut|broke)/);
    expect(existsSync(join(directory, file))).toBe(false);
  }
  served.cutAfter = undefined;
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toBe(`fetched ${content.length}`);
  expectWhole(directory);
  expect(requests.length).toBe(101);
  const ranges = requests.map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')?.[0]));
  expect(ranges.every((range, i) => i === 0 || range >= ranges[i - 1])).toBe(true);
  expect(ranges.at(-1)).toBeGreaterThan(content.length / 3);
});

test('cuts in one download are gone on from, as long as something arrives each time', async () => {
  const directory = scratchDirectory();
  const { baseUrl, requests } = await startFileServer({
    bytes: content,
    lastModified: 'Sat, 01 Jan 2022 00:00:00 GMT',
    cutAfter: 60_000,
  });
  const reasons: string[] = [];
  const onRetry = (reason: string) => reasons.push(reason);
  expect(await attempt({ directory, baseUrls: [baseUrl], attempts: 3, onRetry })).toBe(`fetched ${content.length}`);
  expectWhole(directory);
  expect(requests.length).toBe(reasons.length + 1);
  expect(reasons.length).toBeGreaterThan(5);
});

test('a stopped download keeps what arrived', async () => {
  const directory = scratchDirectory();
  const served: ServedContent = { bytes: content, etag: '"1"' };
  const { baseUrl, requests } = await startFileServer(served);
  const stop = new AbortController();
  const onProgress = (received: number) => received > 100_000 && stop.abort(new Error('stopped by hand'));
  await expect(attempt({ directory, baseUrls: [baseUrl], signal: stop.signal, onProgress })).rejects.toThrow('by hand');
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toBe(`fetched ${content.length}`);
  expect(requests[1].headers.range).toMatch(/^bytes=[1-9]\d{4,}-$/);
  expectWhole(directory);
});

test.each<[string, Partial<ServedContent>]>([
  ['tells by its ETag', { etag: '"2"' }],
  ['tells by its ETag but ignores If-Range', { etag: '"2"', ignoreIfRange: true }],
  ['does not tell, with the same length and validator', { etag: '"1"' }],
  ['ignores Range', { etag: '"2"', ignoreRange: true }],
])('a file that changes midway is fetched anew: the server %s', async (_how, change) => {
  const directory = scratchDirectory();
  const served: ServedContent = { bytes: content, etag: '"1"', cutAfter: 200_000 };
  const { baseUrl } = await startFileServer(served);
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toMatch(/could not be fetched/);
  Object.assign(served, { bytes: otherContent, cutAfter: undefined }, change);
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toBe(`fetched ${otherContent.length}`);
  expectWhole(directory, otherContent);
});

test('without a validator nothing is gone on from', async () => {
  const directory = scratchDirectory();
  const served: ServedContent = { bytes: content, cutAfter: 200_000 };
  const { baseUrl, requests } = await startFileServer(served);
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toMatch(/could not be fetched/);
  served.cutAfter = undefined;
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toBe(`fetched ${content.length}`);
  expect(requests[1].headers.range).toBeUndefined();
  expectWhole(directory);
});

const page = Buffer.from('<!doctype html><title>403</title>');
test.each<[string, (whole: Buffer) => ServedContent, RegExp]>([
  [
    'claims more than it sends',
    (bytes) => ({ bytes, claimedLength: bytes.length + 5000, etag: '"1"' }),
    /was cut|broke/,
  ],
  ['claims less than it sends', (bytes) => ({ bytes, claimedLength: bytes.length - 5000, etag: '"1"' }), /cut off/],
  ['sends a page with status 200', () => ({ bytes: page }), /sent something else than HDF5/],
  ['sends nothing', () => ({ bytes: Buffer.alloc(0) }), /sent something else than HDF5/],
  ['is not found', () => ({ bytes: page, answer: (_, r) => r.writeHead(404).end(page) }), /status 404/],
  ['is forbidden', () => ({ bytes: page, answer: (_, r) => r.writeHead(403).end(page) }), /status 403/],
  ['is overloaded', () => ({ bytes: page, answer: (_, r) => r.writeHead(503).end(page) }), /status 503/],
  [
    'redirects in a circle',
    () => ({ bytes: page, answer: (_, r) => r.writeHead(302, { location: '/a' }).end() }),
    /more than 5 times/,
  ],
  [
    'redirects elsewhere',
    () => ({ bytes: page, answer: (_, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end() }),
    /no web address/,
  ],
  [
    'packs the content',
    () => ({ bytes: page, answer: (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(page) }),
    /gzip/,
  ],
  ['does not tell a length', () => ({ bytes: page, answer: (_, r) => r.writeHead(200).end(page) }), /how long/],
])('a server that %s is refused, and leaves no file', async (_what, serve, reason) => {
  const directory = scratchDirectory();
  const { baseUrl } = await startFileServer(serve(content));
  expect(await attempt({ directory, baseUrls: [baseUrl], attempts: 2 })).toMatch(reason);
  expect(existsSync(join(directory, file))).toBe(false);
  if (/status|something else|redirect/.test(String(reason))) expect(readdirSync(directory)).toEqual([]);
});

test('a server that never answers, or stops in the middle, is given up', async () => {
  const directory = scratchDirectory();
  const silent = await startFileServer({ bytes: content, answer: () => {} });
  const stalling = await startFileServer({
    bytes: content,
    answer: (_, response) =>
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 999)),
  });
  const baseUrls = [silent.baseUrl, stalling.baseUrl];
  const message = await attempt({ directory, baseUrls, idleSeconds: 0.3 });
  expect(message.match(/nothing arrived for 0.3 s/g)).toHaveLength(2);
  expect(await attempt({ directory, baseUrls: ['http://127.0.0.1:9'] })).toMatch(/does not answer/);
});

test('mirrors are tried in turn', async () => {
  const directory = scratchDirectory();
  const bad = await startFileServer({ bytes: page });
  const good = await startFileServer({ bytes: content, etag: '"1"' });
  const closed = 'http://127.0.0.1:9';
  expect(await attempt({ directory, baseUrls: [closed, bad.baseUrl, good.baseUrl] })).toBe(`fetched ${content.length}`);
  expectWhole(directory);
});

test('a mirror with other content is passed over for the next one, and told when there is none', async () => {
  const directory = scratchDirectory();
  const wrong = await startFileServer({ bytes: await recordingBytes(scratchDirectory(), 3, 5), etag: '"1"' });
  const short = await startFileServer({ bytes: content, claimedLength: content.length - 5000, etag: '"1"' });
  const good = await startFileServer({ bytes: content, etag: '"1"' });
  const message = await attempt({ directory, baseUrls: [wrong.baseUrl, short.baseUrl] });
  expect(message).toContain(
    'since it has observations of 5 numbers and actions of 2, and maze2d-umaze-v1 of D4RL 4 and 2;',
  );
  expect(message).toMatch(/since it is cut off, .* bytes are there\), so try again later or give another base URL\.$/);
  expect(readdirSync(directory)).toEqual([]);
  const baseUrls = [wrong.baseUrl, short.baseUrl, good.baseUrl];
  expect(await attempt({ directory, baseUrls })).toBe(`fetched ${content.length}`);
  expectWhole(directory);
});

test('content of another length or checksum than was published or recorded is refused', async () => {
  const directory = scratchDirectory();
  const { baseUrl } = await startFileServer({ bytes: otherContent, etag: '"1"' });
  await expect(downloadD4rl('hopper-medium-v2', { directory, baseUrls: [baseUrl] })).rejects.toThrow(
    /offers \d+ bytes where the published file has 152756557/,
  );
  writeFileSync(join(directory, `${file}.sha256`), `${sha256(content)}  ${file}\n`);
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toMatch(/not the one that .*sha256 recorded/);
  expect(existsSync(join(directory, file))).toBe(false);
});

test("a file of another environment than the name's is refused", async () => {
  const directory = scratchDirectory();
  const { baseUrl } = await startFileServer({ bytes: content, etag: '"1"' });
  const download = downloadD4rl('kitchen-complete-v0', { directory, baseUrls: [baseUrl] });
  await expect(download).rejects.toThrow(/observations of 4 numbers .* kitchen-complete-v0 of D4RL 60 and 9/);
  expect(readdirSync(directory)).toEqual([]);
});

test('a full disk is told, and what was written is kept', async () => {
  if (!existsSync('/dev/full')) return;
  const directory = scratchDirectory();
  symlinkSync('/dev/full', join(directory, `${file}.partial`));
  const { baseUrl } = await startFileServer({ bytes: content, etag: '"1"' });
  expect(await attempt({ directory, baseUrls: [baseUrl] })).toMatch(/disk is full: 0 bytes of .* are there and kept/);
});

test('two downloads of one file do not mix, and a lock left behind does not count', async () => {
  const directory = scratchDirectory();
  const { baseUrl } = await startFileServer({ bytes: content, etag: '"1"' });
  const both = await Promise.all([
    attempt({ directory, baseUrls: [baseUrl] }),
    attempt({ directory, baseUrls: [baseUrl] }),
  ]);
  expect(both[0]).toBe(`fetched ${content.length}`);
  expect(both[1]).toMatch(/is being fetched by process \d+/);
  expectWhole(directory);
  const other = scratchDirectory();
  writeFileSync(join(other, `${file}.lock`), '4194303999\n');
  expect(await attempt({ directory: other, baseUrls: [baseUrl] })).toBe(`fetched ${content.length}`);
});

test('wrong inputs are told in a sentence', async () => {
  await expect(downloadD4rl('hoper-medium-v2')).rejects.toThrow(
    /no dataset "hoper-medium-v2"; did you mean hopper-medium-v2/,
  );
  await expect(downloadD4rl(name, { baseUrls: ['ftp://x'] })).rejects.toThrow('"ftp://x" is no base URL');
  await expect(downloadD4rl(name, { baseUrls: [] })).rejects.toThrow('give a base URL');
});
