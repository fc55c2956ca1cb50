import { afterEach, expect, test, vi } from 'vitest';
import { runHere } from '../testing/recording-context.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('doctor tells what can be used, what is chosen and what to install', async () => {
  const { printed, status } = await runHere('doctor', '--json');
  const { node, cores, kernels, tensor, mujoco } = JSON.parse(printed.join(''));
  expect(status).toBe(0);
  expect(node).toBe(process.versions.node);
  expect(cores).toBeGreaterThan(0);
  expect(['wasm', 'wasm-fused', 'native']).toContain(kernels.engine);
  const names = tensor.backends.map(({ name }: { name: string }) => name);
  expect(names).toEqual(['cuda', 'tensorflow', 'webgpu', 'wasm', 'cpu']);
  expect(names).toContain(tensor.chosen);
  const wasm = tensor.backends.find(({ name }: { name: string }) => name === 'wasm');
  expect(wasm).toMatchObject({ available: true, remedy: null });
  expect(mujoco).toEqual([
    { name: 'mujoco-js', available: true, detail: expect.stringMatching(/^MuJoCo \d/) },
    { name: '@mujoco/mujoco', available: true, detail: expect.stringMatching(/^MuJoCo \d/) },
  ]);
  const text = (await runHere('doctor')).printed.join('\n');
  expect(text).toMatch(new RegExp(`^${tensor.chosen} +auto `, 'm'));
  if (tensor.next) expect(text).toContain(`For the next better one, ${tensor.next.name}: ${tensor.next.remedy}.`);
  for (const { available, name, detail } of tensor.backends) {
    if (!available) expect(text).toMatch(new RegExp(`^${name} +no .*${detail.slice(0, 20)}`, 'm'));
  }
});

test('kernels that a process insists on and cannot have are a finding, not an end', async () => {
  vi.stubEnv('UNDERSTUDY_KERNELS', 'abacus');
  const { printed, status } = await runHere('doctor');
  const sentence = 'There are no kernels called "abacus": use one of auto, wasm, wasm-fused, native.';
  expect(status).toBe(0);
  expect(printed.join('\n')).toContain(`kernels: none, by the environment variable UNDERSTUDY_KERNELS: ${sentence}`);
  expect(JSON.parse((await runHere('doctor', '--json')).printed.join('')).kernels).toEqual({ error: sentence });
});
