import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkEnvironmentsPage, docsFolder, writeEnvironmentsPage } from './write-environments.ts';

test('docs/environments.md is what the code says', { timeout: 180_000 }, async () => {
  expect(await checkEnvironmentsPage(docsFolder)).toEqual([]);
});

test('what is written is up to date, and what is changed, missing or left over is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ids = ['InvertedPendulum-v5', 'Reacher-v5'];
  expect(await writeEnvironmentsPage(folder, ids)).toMatchObject({ ids: 2, pictures: 2 });
  expect(await checkEnvironmentsPage(folder, ids)).toEqual([]);
  const pictures = join(folder, 'environments');
  const [first] = readdirSync(pictures);
  rmSync(join(pictures, first));
  writeFileSync(join(pictures, 'Gone-v0.png'), '');
  writeFileSync(join(folder, 'environments.md'), '# Environments\n');
  expect(await checkEnvironmentsPage(folder, ids)).toEqual([
    expect.stringMatching(/^environments.md is out of date: run node .*\.$/),
    `The picture ${first} is missing: run node tools/docs/bin/write-environments.js.`,
    'The picture Gone-v0.png is not shown: run node tools/docs/bin/write-environments.js.',
  ]);
  await writeEnvironmentsPage(folder, ids);
  expect(await checkEnvironmentsPage(folder, ids)).toEqual([]);
});
