import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startPeer } from './peer.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-peer-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** An executable that stands where the Python interpreter would, so that the protocol is tried without Python. */
function interpreter(name: string, body: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return path;
}

test('requests and answers go line by line', async () => {
  const python = interpreter(
    'echo.cjs',
    `console.log(JSON.stringify({ peer: 'twice ' + process.argv.slice(3).join(' ') }));
     require('node:readline').createInterface({ input: process.stdin })
       .on('line', (line) => console.log(JSON.stringify({ twice: 2 * JSON.parse(line).value })));`,
  );
  const peer = await startPeer(python, 'gym_steps.py', ['Hopper-v5', '1']);
  expect(peer.name).toBe('twice Hopper-v5 1');
  expect(await peer.measure({ value: 21 })).toEqual({ twice: 42 });
  expect(await peer.measure({ value: 4 })).toEqual({ twice: 8 });
  peer.close();
});

test('a missing interpreter and a missing module are told in a sentence', async () => {
  await expect(startPeer(join(directory, 'none'), 'gym_steps.py', [])).rejects.toThrow(
    /did not run .*gymnasium, mujoco and torch/,
  );
  const python = interpreter(
    'broken.cjs',
    `console.error("ModuleNotFoundError: No module named 'torch'"); process.exit(1);`,
  );
  await expect(startPeer(python, 'torch_update.py', ['1'])).rejects.toThrow(/No module named 'torch'/);
});

test('a peer that dies while it is asked, or answers no number, is an error', async () => {
  const dying = interpreter(
    'dying.cjs',
    `console.log('{"peer":"p"}'); process.stdin.on('data', () => process.exit(3));`,
  );
  await expect((await startPeer(dying, 'gym_steps.py', [])).measure({})).rejects.toThrow(/status 3/);
  const odd = interpreter(
    'odd.cjs',
    `console.log('{"peer":"p"}'); process.stdin.on('data', () => console.log('{"x":"?"}'));`,
  );
  const peer = await startPeer(odd, 'gym_steps.py', []);
  await expect(peer.measure({})).rejects.toThrow(/not a finite number/);
  peer.close();
});
