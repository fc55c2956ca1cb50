import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

test("the README's first program runs as printed", () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const program = /```js\n(?<code>[\s\S]*?)```/.exec(readme)?.groups?.code;
  expect(program).toBeDefined();
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program as string], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
  expect(run.stdout).toMatch(/return -?\d+/);
});
