import { expect, test } from 'vitest';
import { loadTensorBackend } from './load-backend.ts';
import { surveyTensorBackends } from './survey-backends.ts';

test('an unknown backend is named, with the nearest known', async () => {
  await expect(loadTensorBackend({ backend: 'wsam' as 'wasm' })).rejects.toThrow(
    /^There is no tensor backend "wsam"; did you mean wasm\?$/,
  );
});

test('auto takes what the survey says: the first that works, and no software adapter', async () => {
  const { backends, chosen, next } = await surveyTensorBackends();
  expect(backends.map(({ name }) => name)).toEqual(['cuda', 'tensorflow', 'webgpu', 'wasm', 'cpu']);
  expect(backends.find(({ available, software }) => available && !software)?.name).toBe(chosen);
  expect((await loadTensorBackend({ backend: 'auto' })).name).toBe(chosen);
  for (const { available, remedy, detail } of backends) {
    expect(detail).not.toBe('');
    expect(remedy === null).toBe(available);
  }
  const better = backends.slice(
    0,
    backends.findIndex(({ name }) => name === chosen),
  );
  if (next) expect(better.map(({ name }) => name)).toContain(next.name);
});
