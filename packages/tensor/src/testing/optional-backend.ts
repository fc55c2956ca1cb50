import { expect, test } from 'vitest';
import type { TensorBackendName } from '../backend-names.ts';
import { loadTensorBackend } from '../load-backend.ts';
import { surveyTensorBackends } from '../survey-backends.ts';
import { describeBackend } from './backend.case.ts';

/** Where the backend is installed, the suite; where it isn't, that its absence is told. */
export async function describeOptionalBackend(name: TensorBackendName): Promise<void> {
  const facts = (await surveyTensorBackends()).backends.find((backend) => backend.name === name)!;
  if (facts.available) return describeBackend(name);
  test(`the absence of the ${name} backend is told, with how to install it`, async () => {
    await expect(loadTensorBackend({ backend: name })).rejects.toMatchObject({
      name: 'InputError',
      message: `The ${name} backend can't be used: ${facts.detail}; to use it, ${facts.remedy}.`,
    });
    // It did not keep the process from another one.
    expect(await loadTensorBackend({ backend: 'cpu' })).toMatchObject({ name: 'cpu', synchronous: true });
  });
}
