import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { packError, unpackError, waitWhile } from './worker-protocol.ts';

test('a wait outlasts wakes that bring no change', async () => {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const source = `
    const { workerData: control } = require('node:worker_threads');
    // Wakes without a change, from the moment that the other thread sleeps, then the change.
    let wakes = 0;
    while (wakes < 3) wakes += Atomics.notify(control, 0);
    Atomics.store(control, 1, wakes);
    Atomics.store(control, 0, 1);
    Atomics.notify(control, 0);`;
  const worker = new Worker(source, { eval: true, workerData: control, execArgv: [] });
  expect(waitWhile(control, 0, 0, 5_000)).toBe(true);
  expect([...control]).toEqual([1, 3]);
  await worker.terminate();
});

test('a wait without a change ends in time', () => {
  const control = new Int32Array(new SharedArrayBuffer(4));
  expect(waitWhile(control, 0, 0, 10)).toBe(false);
  expect(waitWhile(control, 0, 1, 10)).toBe(true);
});

test('errors keep message and kind on their way between threads', () => {
  expect(unpackError(packError(new TypeError('no number')))).toEqual(new Error('no number'));
  expect(unpackError(packError('text')).message).toBe('text');
});
