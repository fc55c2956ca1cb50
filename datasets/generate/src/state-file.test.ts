import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { encodeSafetensors, tensorOf } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { summarizeReturns } from './return-distribution.ts';
import { readStateDemonstrations, writeStateDemonstrations } from './state-file.ts';
import { goOn, scratchDirectory } from './testing/scratch.ts';
import { curvesSource } from './trajectories.ts';

const demonstrations = {
  demonstrations: 2,
  stateSize: 2,
  starts: Int32Array.of(0, 3),
  ends: Int32Array.of(3, 5),
  states: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
};

test('state demonstrations come back, and have nothing else', () => {
  const file = join(scratchDirectory(), 'a.safetensors');
  writeStateDemonstrations(file, demonstrations, { environment: 'Hopper-v5' });
  const { metadata, ...read } = readStateDemonstrations(file);
  expect(read).toEqual(demonstrations);
  expect(metadata).toMatchObject({ environment: 'Hopper-v5', format_version: '1' });
});

test.each([
  ['no file', undefined],
  ['text', new TextEncoder().encode('hello, this is no such file')],
  ['another safetensors', encodeSafetensors([['states', tensorOf(new Float32Array(4))]])],
  ['ends beyond', encoded({ ends: tensorOf(Int32Array.of(3, 6)) })],
  ['starts before', encoded({ starts: tensorOf(Int32Array.of(-1, 3)) })],
  ['an empty demonstration', encoded({ starts: tensorOf(Int32Array.of(3, 3)) })],
  ['flat states', encoded({ states: tensorOf(demonstrations.states) })],
  ['double states', encoded({ states: tensorOf(new Float64Array(10), [5, 2]) })],
])('%s is refused in a sentence', (_name, bytes) => {
  const file = join(scratchDirectory(), 'a.safetensors');
  if (bytes) writeFileSync(file, bytes);
  expect(() => readStateDemonstrations(file)).toThrow(expect.toSatisfy((error) => isInputError(error)));
});

function encoded(more: Record<string, ReturnType<typeof tensorOf>>): Uint8Array {
  const { states, starts, ends } = demonstrations;
  const good = { states: tensorOf(states, [5, 2]), starts: tensorOf(starts), ends: tensorOf(ends) };
  const metadata = { format: 'understudy-state-demonstrations', format_version: '1' };
  return encodeSafetensors(Object.entries({ ...good, ...more }), metadata);
}

test('drawn curves become episodes: states before and after each action', async () => {
  const draw = () => [
    { states: [0, 0, 1, 2, 3, 4], actions: [1, 2, 2, 2] },
    { states: [5, 5, 6, 6], actions: [1, 1] },
  ];
  const source = curvesSource({ stateSize: 2, actionSize: 2, terminal: false, draw });
  const rows = (await source.segment(0, defaultRng(0), goOn))!;
  expect([...rows.observations]).toEqual([0, 0, 1, 2, 5, 5]);
  expect([...rows.nextObservations!]).toEqual([1, 2, 3, 4, 6, 6]);
  expect([...rows.actions]).toEqual([1, 2, 2, 2, 1, 1]);
  expect([...rows.timeouts]).toEqual([0, 1, 1]);
  const ended = curvesSource({ stateSize: 2, actionSize: 2, terminal: true, draw });
  const { terminals, timeouts } = (await ended.segment(0, defaultRng(0), goOn))!;
  expect([...terminals]).toEqual([0, 1, 1]);
  expect([...timeouts]).toEqual([0, 0, 0]);
});

test('returns are told with their spread, one by one where there are few', () => {
  const found = summarizeReturns([1, -1, 1, 0, 1, 1], [3, 1, 2, 2, 2, 2]);
  expect(found).toMatchObject({ episodes: 6, mean: 0.5, min: -1, max: 1, meanLength: 2 });
  expect(found?.std).toBeCloseTo(Math.sqrt(7 / 12), 12);
  expect(found?.values).toEqual([
    { value: -1, episodes: 1 },
    { value: 0, episodes: 1 },
    { value: 1, episodes: 4 },
  ]);
  expect(
    summarizeReturns(
      Array.from({ length: 40 }, (_, i) => i),
      new Array(40).fill(1),
    )?.values,
  ).toBeUndefined();
  expect(summarizeReturns([], [])).toBeUndefined();
});
