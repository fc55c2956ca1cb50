import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, encodeSafetensors } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { NetworkPolicy, type PolicySpec, policyTensorShapes } from './network-policy.ts';
import { ObservationNormalizer } from './observation-normalizer.ts';
import { loadPolicy, policyFileMetadata, savePolicy } from './policy-file.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

/** A policy of random weights with a normaliser that has seen data. */
function createPolicy(changes: Partial<PolicySpec> = {}): NetworkPolicy {
  const spec: PolicySpec = {
    algorithm: 'test',
    environment: 'Ramp-v0',
    observationSize: 3,
    actionSize: 2,
    distribution: 'gaussian',
    outputSize: 2,
    hiddenSizes: [8, 8],
    activation: 'relu',
    observationClip: 5,
    ...changes,
  };
  const generator = defaultRng(1);
  const parameters = allocateParameters(KernelMemory.create(), policyTensorShapes(spec));
  generator.fillStandardNormal(parameters.parameters);
  if (spec.distribution === 'gaussian') parameters.tensor('log_standard_deviation').set([-1, -3]);
  const normalizer = new ObservationNormalizer(3, { clip: 5 });
  normalizer.update(
    Float64Array.from({ length: 300 }, () => generator.normal(4, 2)),
    100,
  );
  const bounds = { low: new Float32Array(2).fill(-1), high: new Float32Array(2).fill(1) };
  return new NetworkPolicy(spec, {
    parameters,
    normalizer,
    bounds: spec.distribution === 'categorical' ? undefined : bounds,
  });
}

const observations = Float32Array.from({ length: 300 }, (_, i) => 4 + 3 * Math.sin(i));

function actionsOf(policy: NetworkPolicy, deterministic: boolean): number[] {
  const actions = new Float32Array(100 * policy.metadata.actionSize);
  policy.actBatch(observations, 100, actions, { deterministic, generator: defaultRng(5) });
  return [...actions];
}

test.each([
  {},
  { distribution: 'deterministic' },
  { distribution: 'categorical', actionSize: 1, outputSize: 4 },
] as const)('a saved policy acts as the original: %o', async (changes) => {
  const path = join(temporaryDirectory(), 'policy.safetensors');
  const policy = createPolicy(changes);
  savePolicy(policy, path);
  const loaded = await loadPolicy(path, { environment: 'Ramp-v0' });
  for (const deterministic of [true, false])
    expect(actionsOf(loaded, deterministic)).toEqual(actionsOf(policy, deterministic));
  expect(loaded.metadata).toEqual(policy.metadata);
});

test('an action is the clipped mean, or a sample around it', () => {
  const policy = createPolicy();
  const means = actionsOf(policy, true);
  const samples = actionsOf(policy, false);
  expect(Math.max(...means, ...samples)).toBeLessThanOrEqual(1);
  expect(Math.min(...means, ...samples)).toBeGreaterThanOrEqual(-1);
  const inside = means.flatMap((mean, i) => (Math.abs(mean) < 0.5 ? [{ i, deviation: samples[i] - mean }] : []));
  const spread = (component: number) => {
    const squares = inside.filter(({ i }) => i % 2 === component).map(({ deviation }) => deviation ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  };
  expect(spread(0) / spread(1)).toBeGreaterThan(2);
  expect(() => policy.act([0, 0, 0])).toThrow(/needs a generator/);
});

test('single observations and batches give the same actions, in the observation precision of the caller', () => {
  const policy = createPolicy();
  const batch = actionsOf(policy, true);
  for (let row = 0; row < 100; row += 33) {
    const single = policy.act(Float64Array.from(observations.subarray(3 * row, 3 * row + 3)), { deterministic: true });
    single.forEach((value, i) => {
      expect(value).toBeCloseTo(batch[2 * row + i], 5);
    });
  }
});

test('same policy, same bytes', () => {
  const directory = temporaryDirectory();
  savePolicy(createPolicy(), join(directory, 'a'));
  savePolicy(createPolicy(), join(directory, 'b'));
  expect(encodeSafetensors(createPolicy().tensors())).toEqual(encodeSafetensors(createPolicy().tensors()));
});

test('wrong files are errors of one sentence', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'policy.safetensors');
  const policy = createPolicy();
  savePolicy(policy, path);
  const write = (metadata: Record<string, string>) =>
    writeFileSync(path, encodeSafetensors(policy.tensors(), metadata));
  const fails = async (message: RegExp, options = {}) =>
    expect(loadPolicy(path, options)).rejects.toThrow(
      expect.objectContaining({ name: 'InputError', message: expect.stringMatching(message) }),
    );
  await fails(/holds a policy for Ramp-v0, not for Hopper-v5/, { environment: 'Hopper-v5' });
  write({});
  await fails(/holds no policy/);
  write({ ...policyFileMetadata(policy.spec), format_version: '9' });
  await fails(/policy format 9 .* reads format 1/);
  write({ ...policyFileMetadata(policy.spec), policy: '{"algorithm":3}' });
  await fails(/is not what this version of Understudy writes \(algorithm/);
  write(policyFileMetadata({ ...policy.spec, hiddenSizes: [9, 9] }));
  await fails(/actor\.0\.weight/);
  writeFileSync(path, 'short');
  await fails(/not a readable safetensors file/);
  await expect(loadPolicy(join(directory, 'none'))).rejects.toThrow(/does not exist/);
  await expect(loadPolicy(temporaryDirectory())).rejects.toThrow(/holds no policy yet/);
});
