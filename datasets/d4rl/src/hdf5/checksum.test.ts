import { expect, test } from 'vitest';
import { metadataChecksum } from './checksum.ts';

test('lookup3 gives the values that its author published', () => {
  const hash = (text: string) => metadataChecksum(new TextEncoder().encode(text));
  expect(hash('')).toBe(0xdeadbeef);
  expect(hash('Four score and seven years ago')).toBe(0x17770551);
});
