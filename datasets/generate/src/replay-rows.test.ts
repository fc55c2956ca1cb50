import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { replaySource } from './replay-rows.ts';
import { goOn, scratchDirectory } from './testing/scratch.ts';

/** A replay file of two environments with one observation and one action number, room for five steps, three written. */
function replayFile(change: (bytes: Buffer) => Buffer = (bytes) => bytes): string {
  const header = Buffer.alloc(64);
  header.write('UNDREPL1', 'latin1');
  for (const [i, value] of [5, 2, 1, 1].entries()) header.writeUInt32LE(value, 8 + 4 * i);
  const records = Array.from({ length: 3 }, (_, step) => {
    const floats = Float32Array.of(step, 100 + step, 0.5, -1, 10 * step, 20 * step, step + 1, 101 + step);
    // The second environment terminates at its second step, the first is truncated at its first.
    const flags = Uint8Array.of(0, step === 1 ? 1 : 0, step === 0 ? 1 : 0, 0);
    return Buffer.concat([Buffer.from(floats.buffer), flags]);
  });
  const file = join(scratchDirectory(), 'replay.bin');
  writeFileSync(file, change(Buffer.concat([header, ...records])));
  return file;
}

const bounds = { low: Float32Array.of(-2), high: Float32Array.of(4) };

test('environments come one after the other, in their own bounds, cut off where the training stopped', async () => {
  const source = replaySource({ file: replayFile(), steps: 6, bounds });
  const rows = (await source.segment(0, defaultRng(0), goOn))!;
  expect([...rows.observations]).toEqual([0, 1, 2, 100, 101, 102]);
  expect([...rows.nextObservations!]).toEqual([1, 2, 3, 101, 102, 103]);
  expect([...rows.actions]).toEqual([2.5, 2.5, 2.5, -2, -2, -2]);
  expect([...rows.rewards]).toEqual([0, 10, 20, 0, 20, 40]);
  expect([...rows.terminals]).toEqual([0, 0, 0, 0, 1, 0]);
  expect([...rows.timeouts]).toEqual([1, 0, 1, 0, 0, 1]);
});

test('only the steps asked for are taken', async () => {
  const rows = (await replaySource({ file: replayFile(), steps: 4, bounds }).segment(0, defaultRng(0), goOn))!;
  expect([...rows.observations]).toEqual([0, 1, 100, 101]);
  expect([...rows.timeouts]).toEqual([1, 1, 0, 0]);
});

test.each([
  ['more than the buffer held', 12, undefined, 'replayCapacity'],
  ['another file', 6, (bytes: Buffer) => bytes.fill(0, 0, 8), 'no replay file'],
  ['a file of another size', 6, (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(400)]), 'no replay file'],
  ['a header alone', 6, (bytes: Buffer) => bytes.subarray(0, 20), 'no replay file'],
])('%s is refused', (_name, steps, change, message) => {
  expect(() => replaySource({ file: replayFile(change), steps, bounds })).toThrow(message);
});

test('a file that ends early, or that is not there, is refused', async () => {
  const short = replaySource({ file: replayFile((bytes) => bytes.subarray(0, 90)), steps: 6, bounds });
  await expect(short.segment(0, defaultRng(0), goOn)).rejects.toThrow('ends before');
  expect(() => replaySource({ file: '/nowhere/replay.bin', steps: 6, bounds })).toThrow('There is no');
});
