import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readD4rl } from '../read-d4rl.ts';
import { fixture, scratchDirectory } from '../testing/scratch.ts';

/** A fixture with one variable-length string, `metadata/policy/nonlinearity`, its heap changed at an offset. */
function damagedHeap(offset: number, value: bigint): string {
  const path = join(scratchDirectory(), 'heap.hdf5');
  const bytes = readFileSync(fixture('bool-enums.hdf5'));
  bytes.writeBigUInt64LE(value, bytes.indexOf('GCOL') + offset);
  writeFileSync(path, bytes);
  return path;
}

test.each([
  ['an object without index or size, on which libhdf5 loops for ever', 16, 0n],
  ['a string longer than the heap', 24, 2n ** 40n],
  ['a heap of another size than its own', 8, 2n ** 60n],
  ['a shorter string than its descriptor says', 24, 1n],
])('%s is refused', async (_what, offset, value) => {
  await expect(readD4rl(damagedHeap(offset, value))).rejects.toThrow(/nonlinearity" of .* is damaged/);
});

test('free space behind the last object does not matter', async () => {
  const { metadata } = await readD4rl(damagedHeap(40, 0n));
  expect(metadata).toMatchObject({ policy: { nonlinearity: 'relu' } });
});
