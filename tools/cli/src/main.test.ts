import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bin, runCommand, startScript } from './testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-main-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

test('nothing said is answered with help', async () => {
  const { status, stdout, stderr } = await runCommand();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('Examples:');
});

test("a training's help lists its settings", async () => {
  expect((await runCommand('train', 'ppo', '--help')).stdout).toMatch(/gamma +0\.99/);
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await runCommand('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('figures go to stdout and nothing else does', async () => {
  const { status, stdout } = await runCommand('env', 'list', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'HalfCheetah-v5' }));
});

test('wrong input is its sentence alone on stderr and status 2', async () => {
  writeFileSync(at('text.hdf5'), 'observations, actions\n');
  const refused = [
    [/did you mean --episodes\?/, 'eval', directory, '--episods', '3'],
    [/HalfCheeta-v5.*HalfCheetah-v5/, 'train', 'ppo', '--env', 'HalfCheeta-v5', '--out', at('run')],
    [/^--steps must be a whole number/, 'train', 'ppo', '--env', 'Hopper-v5', '--out', at('run'), '--steps', '-1'],
    [/text\.hdf5/, 'dataset', 'inspect', at('text.hdf5')],
    [/text\.hdf5/, 'train', 'ppo', '--env', 'Hopper-v5', '--out', at('text.hdf5', 'run')],
  ] as const;
  for (const [sentence, ...argv] of refused) {
    const { status, stdout, stderr } = await runCommand(...argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(sentence);
  }
});

test('a checkout that was not built says so', async () => {
  mkdirSync(at('package', 'bin'), { recursive: true });
  writeFileSync(at('package', 'package.json'), '{ "type": "module" }');
  cpSync(bin, at('package', 'bin', 'understudy.js'));
  const { status, stderr } = await startScript(at('package', 'bin', 'understudy.js'), '--help').ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(/^[^\n]*run "npm run build"[^\n]*\n$/);
});
