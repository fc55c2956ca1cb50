import { KernelMemory } from '@understudy/kernels';
import { expect, test } from 'vitest';
import { createMlpNetwork } from './mlp-network.ts';
import { allocateParameters, mlpTensors } from './parameter-vector.ts';
import { describeNetwork } from './testing/network.case.ts';

describeNetwork('kernels', (options) => createMlpNetwork(options));

test('networks of one vector share its parameters, whatever their batch sizes', () => {
  const vector = allocateParameters(KernelMemory.create(), [
    { name: 'logStandardDeviation', shape: [2] },
    ...mlpTensors([3, 4, 2], 'actor'),
  ]);
  const acting = createMlpNetwork({ sizes: [3, 4, 2], maxBatch: 1, name: 'actor' }, { parameters: vector });
  const learning = createMlpNetwork({ sizes: [3, 4, 2], maxBatch: 64, name: 'actor' }, { parameters: vector });
  vector.tensor('actor.1.bias').set([5, 6]);
  const inputs = Float32Array.of(1, 2, 3);
  expect([...acting.forward(inputs, 1).subarray(0, 2)]).toEqual([5, 6]);
  expect([...learning.forward(inputs, 1).subarray(0, 2)]).toEqual([5, 6]);
  learning.backward(Float32Array.of(1, 2), 1);
  expect([...vector.gradient('actor.1.bias')]).toEqual([1, 2]);
  expect([...vector.gradient('logStandardDeviation')]).toEqual([0, 0]);
});

test('a vector of other shapes is refused', () => {
  const vector = allocateParameters(KernelMemory.create(), mlpTensors([3, 4, 2], 'actor'));
  const create = (sizes: number[], name: string) =>
    createMlpNetwork({ sizes, maxBatch: 1, name }, { parameters: vector });
  expect(() => create([3, 5, 2], 'actor')).toThrow(/holds actor\.0\.weight \[3,4\].* needs actor\.0\.weight \[3,5\]/);
  expect(() => create([3, 4, 2], 'critic')).toThrow(/no tensors named critic/);
});
