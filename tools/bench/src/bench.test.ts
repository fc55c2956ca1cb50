import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { type KernelEngine, kernelStatus } from '@understudy/kernels';
import { expect, onTestFinished, test } from 'vitest';
import { benchEnv, benchMemory, benchTrain, benchUpdate } from './index.ts';

test('an environment is timed alone, in one thread and on either engine', async () => {
  const brief = { seconds: 0.02, rounds: 1 };
  const single = await benchEnv({ id: 'HalfCheetah-v5', ...brief });
  expect(single).toMatchObject({ id: 'HalfCheetah-v5', engine: 'mujoco-js', envs: 1, workers: 0 });
  expect(single.stepsPerSecond).toBeGreaterThan(0);
  const many = await benchEnv({ id: 'Hopper-v5', envs: 3, engine: '@mujoco/mujoco', ...brief });
  expect(many).toMatchObject({ engine: '@mujoco/mujoco', envs: 3 });
  expect(many.peer).toBeUndefined();
});

test('where the peer has no such environment ours is timed alone, and why is told', async () => {
  const python = join(mkdtempSync(join(tmpdir(), 'understudy-bench-')), 'python.cjs');
  onTestFinished(() => rmSync(dirname(python), { recursive: true }));
  const answer = JSON.stringify({ peer: 'gymnasium', absent: 'Gymnasium has no Hopper-v5' });
  writeFileSync(python, `#!${process.execPath}\nconsole.log(${JSON.stringify(answer)});`);
  chmodSync(python, 0o755);
  const alone = await benchEnv({ id: 'Hopper-v5', peers: python, seconds: 0.02, rounds: 1 });
  expect(alone).toMatchObject({ id: 'Hopper-v5', peerAbsent: 'Gymnasium has no Hopper-v5' });
  expect(alone.stepsPerSecond).toBeGreaterThan(0);
  expect(alone.ratio).toBeUndefined();
});

test('every update case that is not long is timed, or those asked for, on the kernels there are', async () => {
  const { engine, instructionSet, fusedReason } = kernelStatus();
  const kernels = [
    'wasm',
    ...(fusedReason === undefined ? ['wasm-fused'] : []),
    ...(instructionSet ? [`native ${instructionSet}`] : []),
  ];
  const all = await benchUpdate({ seconds: 0.001, rounds: 1 });
  const expected = ['a64', 'a2048', 'b', 'e1', 'e16', 'e256'].flatMap((name) => kernels.map((own) => [name, own]));
  expect(all.map((result) => [result.case, result.kernels])).toEqual(expected);
  for (const { milliseconds } of all) expect(milliseconds).toBeGreaterThan(0);
  const one = await benchUpdate({ cases: ['e1'], kernels: 'wasm', seconds: 0.001, rounds: 1 });
  expect(one.map((result) => [result.case, result.kernels])).toEqual([['e1', 'wasm']]);
  const [best] = await benchUpdate({ cases: ['e1'], kernels: 'auto', seconds: 0.001, rounds: 1 });
  expect(best.kernels).toMatch(engine);
});

test('a training is timed and its return told', async () => {
  const result = await benchTrain('ppo', { env: 'HalfCheetah-v5', steps: 2000, seed: 1 });
  expect(result).toMatchObject({ env: 'HalfCheetah-v5', steps: 2048, seed: 1 });
  expect(result.return).toBeLessThan(0);
  expect(result.stepsPerSecond).toBeCloseTo(result.steps / result.seconds, 6);
  expect(result.kernels).toMatch(kernelStatus().engine);
});

test('an off-policy training is timed beside its peer with the same steps and seed', async () => {
  const python = join(mkdtempSync(join(tmpdir(), 'understudy-bench-')), 'python.cjs');
  onTestFinished(() => rmSync(dirname(python), { recursive: true }));
  // Stands where the interpreter would, and tells in its answer what it was asked for.
  writeFileSync(
    python,
    `#!${process.execPath}
     console.log(JSON.stringify({ peer: process.argv.slice(2).join(' ') }));
     require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
       const { steps, seed } = JSON.parse(line);
       console.log(JSON.stringify({ stepsPerSecond: 10 * steps, processorSeconds: 7, return: seed }));
     });`,
  );
  chmodSync(python, 0o755);
  const result = await benchTrain('sac', { env: 'HalfCheetah-v5', steps: 2000, seed: 3, peers: python });
  expect(result).toMatchObject({ steps: 2000, peer: 20_000, peerReturn: 3 });
  expect(result.ratio).toBeCloseTo(result.stepsPerSecond / 20_000, 9);
  expect(result.processorSeconds).toBeGreaterThan(0);
  expect(result.processorRatio).toBeCloseTo(7 / result.processorSeconds, 9);
  expect(result.peerName).toMatch(/torch_sac\.py HalfCheetah-v5$/);
});

test('the memory of a replay buffer is that of its columns', async () => {
  const result = await benchMemory({ env: 'HalfCheetah-v5', transitions: 20_000 });
  // Two observations of 17, six actions and a reward in float32, two ends in a byte each.
  expect(result).toMatchObject({ transitions: 20_000, bytesPerTransition: 4 * (2 * 17 + 6 + 1) + 2 });
  expect(result.arrayBytes).toBe(20_000 * 166);
  expect(result.processBytes).toBeGreaterThan(result.residentBytes);
});

test('wrong inputs are told in a sentence', async () => {
  for (const wrong of [
    () => benchUpdate({ cases: ['z9'] }),
    () => benchUpdate({ kernels: 'cuda' as KernelEngine }),
    () => benchEnv({ id: 'HalfCheetah-v5', envs: 2, workers: 3 }),
    () => benchEnv({ id: 'HalfCheeta-v5' }),
    () => benchMemory({ env: 'HalfCheetah-v5', transitions: 0 }),
    () => benchMemory({ env: 'CartPole-v1', transitions: 10 }),
    () => benchEnv({ id: 'HalfCheetah-v5', engine: 'bullet' }),
  ]) {
    expect(isInputError(await wrong().catch((error) => error))).toBe(true);
  }
});
