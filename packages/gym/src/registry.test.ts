import { expect, test } from 'vitest';
import { make, register, registeredIds, spec } from './index.ts';
import { DriftEnv } from './testing/drift-env.js';
import { ScriptedEnv } from './testing/scripted-env.ts';

register({ id: 'Scripted-v0', entryPoint: async () => new ScriptedEnv(), rewardThreshold: 8 });

const still = new Float32Array(2);

test('an environment is made with its options and its time limit', async () => {
  const env = await make('Drift-v0', { limit: 1e9 });
  expect((env.unwrapped as unknown as { limit: number }).limit).toBe(1e9);
  expect(env.metadata.maxEpisodeSteps).toBe(12);
  env.reset({ seed: 0 });
  const flags = Array.from({ length: 12 }, () => env.step(still).truncated);
  expect(flags).toEqual([...new Array(11).fill(false), true]);
  expect(() => env.step(still)).toThrow('after the end of its episode');
  expect(() => env.step(new Float32Array(1))).toThrow('after the end of its episode');
  env.reset();
  expect(() => env.step(new Float32Array(1))).toThrow('shape (1,)');
});

test('the time limit can be changed and taken away', async () => {
  const short = await make('Drift-v0', { maxEpisodeSteps: 1 });
  short.reset();
  expect(short.step(still).truncated).toBe(true);
  const endless = await make('Drift-v0', { maxEpisodeSteps: null, limit: 1e9 });
  endless.reset();
  expect(Array.from({ length: 50 }, () => endless.step(still).truncated)).not.toContain(true);
  await expect(make('Drift-v0', { maxEpisodeSteps: -1 })).rejects.toThrow('maxEpisodeSteps is -1');
});

test('unknown ids and options are refused with the nearest names', async () => {
  await expect(make('drift-v1')).rejects.toThrow('There is no environment drift-v1; did you mean Drift-v0.');
  await expect(make('Pong')).rejects.toThrow('There is no environment Pong; known are Drift-v0, Scripted-v0.');
  await expect(make('Drift-v0', { limt: 1 })).rejects.toThrow(
    'Drift-v0 has no option limt (did you mean limit); it accepts limit, trouble, discrete, maxEpisodeSteps.',
  );
  await expect(make('Scripted-v0', { speed: 1 })).rejects.toThrow(
    'Scripted-v0 has no option speed; it accepts maxEpisodeSteps.',
  );
});

test('specs are found by id, and the last registration of an id counts', async () => {
  expect(registeredIds()).toEqual(['Drift-v0', 'Scripted-v0']);
  expect(spec('Scripted-v0').rewardThreshold).toBe(8);
  register({ id: 'Scripted-v0', entryPoint: () => new DriftEnv() });
  expect((await make('Scripted-v0')).unwrapped).toBeInstanceOf(DriftEnv);
});
