import { expect, test } from 'vitest';
import { benchmarkCases } from './cases.ts';

test('the cases bear the names of the peer script, and each runs', () => {
  expect(benchmarkCases.map(({ name }) => name)).toEqual(['a64', 'a2048', 'b', 'e1', 'e16', 'e256', 'd']);
  for (const { setup, long } of benchmarkCases) {
    const work = setup();
    work();
    if (!long) work();
  }
});
