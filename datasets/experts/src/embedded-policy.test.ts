import { join } from 'node:path';
import { type D4rlMetadata, writeD4rl } from '@understudy/d4rl';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { embeddedPolicy, readEmbeddedPolicy } from './embedded-policy.ts';
import { scratchDirectory } from './testing/scratch.ts';

/** A policy as D4RL's script writes it, with weights drawn from a seed. */
function storedPolicy(seed = 0): D4rlMetadata {
  const generator = defaultRng(seed);
  const layer = (inputs: number, outputs: number) => {
    const draw = (length: number) => Float32Array.from({ length }, () => generator.uniform(-1, 1));
    return {
      weight: { data: draw(outputs * inputs), shape: [outputs, inputs] },
      bias: { data: draw(outputs), shape: [outputs] },
    };
  };
  return {
    fc0: layer(3, 5),
    fc1: layer(5, 4),
    last_fc: layer(4, 2),
    last_fc_log_std: layer(4, 2),
    nonlinearity: 'relu',
    output_distribution: 'tanh_gaussian',
  };
}

type Layer = { weight: { data: Float32Array }; bias: { data: Float32Array } };

/** weight x + bias, with weight in PyTorch's layout. */
function linear({ weight, bias }: Layer, x: readonly number[]): number[] {
  return Array.from(bias.data, (b, o) => x.reduce((sum, value, i) => sum + weight.data[o * x.length + i] * value, b));
}

/** Means and log standard deviations by the definition. */
function byHand(policy: D4rlMetadata, observation: readonly number[]) {
  const relu = (values: number[]) => values.map((value) => Math.max(0, value));
  const layers = policy as unknown as Record<string, Layer>;
  const features = relu(linear(layers.fc1, relu(linear(layers.fc0, observation))));
  return { means: linear(layers.last_fc, features), logDeviations: linear(layers.last_fc_log_std, features) };
}

test('a policy read from a file acts as its layers say', async () => {
  const file = join(scratchDirectory(), 'demos.hdf5');
  const policy = storedPolicy();
  const columns = {
    observations: new Float32Array(6),
    actions: new Float32Array(4),
    rewards: new Float32Array(2),
    terminals: new Uint8Array(2),
    timeouts: Uint8Array.of(0, 1),
  };
  await writeD4rl(file, columns, { metadata: { algorithm: 'SAC', iteration: 3, policy } });
  const embedded = await readEmbeddedPolicy(file, 'Task-v0');
  expect(embedded.metadata).toEqual({ algorithm: 'sac', environment: 'Task-v0', observationSize: 3, actionSize: 2 });
  for (const observation of [
    [0.3, -0.2, 1],
    [-2, 1, 0.5],
  ]) {
    const { means, logDeviations } = byHand(policy, observation);
    const mode = embedded.act(observation, { deterministic: true });
    mode.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.tanh(means[i]), 5);
    });
    const generator = defaultRng(1);
    const count = 4000;
    const latents = Array.from({ length: count }, () => Math.atanh(embedded.act(observation, { generator })[0]));
    const mean = latents.reduce((sum, value) => sum + value) / count;
    const variance = latents.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(Math.log(variance) / 2).toBeCloseTo(logDeviations[0], 1);
  }
});

test('files without a policy, and policies of another form, are refused in a sentence', () => {
  const whole = storedPolicy();
  const refused = (policy: D4rlMetadata | undefined) => () =>
    embeddedPolicy(policy ? { policy } : { algorithm: 'SAC' }, 'Task-v0', 'demos.hdf5');
  const { last_fc: _, ...noMeans } = whole;
  const { fc0: __, ...noHidden } = whole;
  const { nonlinearity: ___, ...noWord } = whole;
  expect(refused(undefined)).toThrow('demos.hdf5 holds no policy below metadata/policy');
  expect(refused(noMeans)).toThrow('no layer last_fc');
  expect(refused(noHidden)).toThrow('no hidden layer fc0');
  expect(refused(noWord)).toThrow('nonlinearity missing where relu or tanh');
  expect(refused({ ...whole, output_distribution: 'gaussian' })).toThrow('output_distribution "gaussian"');
  expect(refused({ ...whole, fc1: whole.fc0 })).toThrow('a layer of 3 inputs after 5 units');
  expect(refused({ ...whole, last_fc_log_std: whole.fc1 })).toThrow('different shapes');
});
