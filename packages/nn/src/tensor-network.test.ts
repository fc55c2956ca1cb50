import { KernelMemory } from '@understudy/kernels';
import { defaultRng } from '@understudy/random';
import { DeviceParameters, FlatAdam, leakCheck, loadTensorBackend, tf } from '@understudy/tensor';
import { expect, test } from 'vitest';
import { Adam } from './adam.ts';
import { initialiseNetwork } from './initialisation.ts';
import { createMlpNetwork } from './mlp-network.ts';
import { allocateParameters, mlpTensors } from './parameter-vector.ts';
import { decodeSafetensors } from './safetensors/decode.ts';
import { encodeSafetensors } from './safetensors/encode.ts';
import { tensorOf } from './safetensors/tensor.ts';
import { applyMlp } from './tensor-mlp.ts';
import { createTensorNetwork } from './tensor-network.ts';
import { largestError } from './testing/finite-differences.ts';

const backend = await loadTensorBackend({ backend: 'wasm' });
const options = { sizes: [5, 32, 32, 3], activation: 'silu', maxBatch: 8, name: 'actor' } as const;
const inputs = new Float32Array(40);
defaultRng(1).fillStandardNormal(inputs);

/** Files are the same whichever engine wrote them. */
test.each(['kernels', 'tensor'] as const)('what the %s engine saves the other loads', (engine) => {
  const kernels = createMlpNetwork(options);
  const tensor = createTensorNetwork(options, backend);
  expect(tensor.layout).toEqual(kernels.layout);
  const [from, to] = engine === 'kernels' ? [kernels, tensor] : [tensor, kernels];
  initialiseNetwork(from, defaultRng(3));
  const tensors = from.layout.map(({ name, shape, offset }): [string, ReturnType<typeof tensorOf>] => {
    const size = shape.reduce((product, length) => product * length, 1);
    return [name, tensorOf(from.parameters.slice(offset, offset + size), shape)];
  });
  const loaded = decodeSafetensors(encodeSafetensors(tensors), 'the file').tensors;
  for (const { name, offset } of to.layout) to.parameters.set(loaded.get(name)!.data as Float32Array, offset);
  expect(largestError(to.forward(inputs, 8), from.forward(inputs, 8).slice())).toBeLessThan(1e-5);
  tensor.dispose();
});

test('optimiser steps on the device are those of Adam on the kernels', async () => {
  const vector = allocateParameters(KernelMemory.create(), mlpTensors([5, 32, 3]));
  const generator = defaultRng(4);
  generator.fillStandardNormal(vector.parameters);
  const settings = { epsilon: 1e-5, weightDecay: 0.01, maxGradientNorm: 3 };
  const adam = new Adam(vector, settings);
  const device = new DeviceParameters(vector.layout, vector.parameters);
  const flatAdam = new FlatAdam(device.size, settings);
  for (let step = 0; step < 10; step++) {
    generator.fillNormal(vector.gradients, 0, 0.3 * step);
    const norm = adam.step(1e-2);
    const taken = flatAdam.step(device.flat, tf.tensor1d(vector.gradients.slice()), 1e-2);
    device.replace(taken.parameters);
    expect(taken.gradientNorm.dataSync()[0]).toBeCloseTo(norm, 3);
  }
  const found = new Float32Array(device.size);
  await device.read(found);
  expect(largestError(found, vector.parameters)).toBeLessThan(1e-5);
  const [ours, theirs] = [await flatAdam.save(), adam.save()];
  expect(ours.steps).toBe(theirs.steps);
  expect(largestError(ours.firstMoment, theirs.firstMoment)).toBeLessThan(1e-5);
  expect(largestError(ours.secondMoment, theirs.secondMoment)).toBeLessThan(1e-5);
});

test('passes leave no tensor behind', async () => {
  await leakCheck(async () => {
    const network = createTensorNetwork(options, backend);
    await leakCheck(async () => {
      network.forward(inputs, 8);
      network.backward(new Float32Array(24), 8);
      network.tangent({ inputs }, 8);
      await network.awaited.tangentBackward(new Float32Array(24), 8);
    });
    network.dispose();
  });
});

test('wrong batches and names are told', () => {
  const network = createTensorNetwork(options, backend);
  expect(() => network.forward(inputs, 9)).toThrow('The batch is 9: this network takes whole numbers from 1 to 8.');
  expect(() => network.forward(inputs.subarray(1), 8)).toThrow('The inputs hold 39 numbers: a batch of 8 rows of 5');
  network.forward(inputs, 4);
  expect(() => network.backward(inputs, 8)).toThrow('needs a forward pass over the same: the last had 4');
  expect(() => createTensorNetwork({ ...options, spectralNormalisation: true }, backend)).toThrow(
    'Networks on tfjs have no spectral normalisation',
  );
  expect(() => applyMlp({}, tf.zeros([1, 1]), { name: 'critic' })).toThrow('There are no tensors named critic.*.');
});
