import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../testing/scratch.ts';
import { PartialFile } from './partial-file.ts';

/** Runs what was built, as the process that has the limit needs no compiler. */
const built = new URL('../../dist/download/partial-file.js', import.meta.url).href;

test('a limit of file sizes is told in a sentence, and what fits is kept to go on from', async () => {
  const directory = scratchDirectory();
  const [destination, script] = [join(directory, 'a.hdf5'), join(directory, 'append.mjs')];
  writeFileSync(
    script,
    `import { PartialFile } from ${JSON.stringify(built)};
    const partial = new PartialFile(${JSON.stringify(destination)});
    partial.restart({ url: 'http://localhost/', total: 200_000, etag: '"1"' });
    try {
      for (let i = 0; i < 10; i++) partial.append(new Uint8Array(20_000).fill(i));
    } catch ({ code, message }) {
      console.log(code, message);
    }
    partial.close();`,
  );
  // In blocks of 1024 bytes.
  const { stdout } = await promisify(execFile)('bash', ['-c', `ulimit -f 100; "${process.execPath}" "${script}"`]);
  expect(stdout).toMatch(
    /^UNDERSTUDY_INPUT Files of that size may not be written there: 102400 bytes of .* and kept, so/,
  );
  const partial = new PartialFile(destination);
  expect(partial.size).toBe(102_400);
  expect([...partial.read(99_998, 4)]).toEqual([4, 4, 5, 5]);
  partial.discard();
});
