import { loadTensorBackend, surveyTensorBackends, type TensorBackendName } from '@understudy/tensor';
import { expect, test } from 'vitest';
import { createTensorNetwork } from '../tensor-network.ts';
import { describeNetwork } from './network.case.ts';

/**
 * Runs the network suite on a tensor backend, or where it isn't installed makes sure that this is told. To be awaited by
 * a test file of its own, since a process has one backend.
 */
export async function describeTensorNetwork(name: TensorBackendName): Promise<void> {
  const { backends } = await surveyTensorBackends();
  if (!backends.find((backend) => backend.name === name)?.available) {
    test(`without the ${name} backend its networks are refused`, async () => {
      await expect(loadTensorBackend({ backend: name })).rejects.toThrow(`The ${name} backend can't be used`);
    });
    return;
  }
  const backend = await loadTensorBackend({ backend: name });
  describeNetwork(`tfjs on ${name}, awaited`, (options) => createTensorNetwork(options, backend).awaited);
  if (backend.synchronous) {
    describeNetwork(`tfjs on ${name}`, (options) => createTensorNetwork(options, backend));
    return;
  }
  test('passes that would have to be waited for are refused with advice', () => {
    const network = createTensorNetwork({ sizes: [1, 1], maxBatch: 1 }, backend);
    expect(() => network.forward(new Float32Array(1), 1)).toThrow(/use the network's `awaited` passes/);
  });
}
