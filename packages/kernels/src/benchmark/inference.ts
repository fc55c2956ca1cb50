import type { KernelEngine } from '../kernel-engine.ts';
import { KernelMemory } from '../kernel-memory.ts';
import { createMlp } from '../mlp.ts';
import { Draws } from './draws.ts';

const SIZES = [17, 256, 256, 6];

/** Actions for a batch of observations that lie outside the kernels' memory, as an environment hands them over. */
export function inference(batch: number, engine?: KernelEngine): () => void {
  const draws = new Draws(1);
  const policy = createMlp(KernelMemory.create({ engine }), {
    sizes: SIZES,
    activation: 'relu',
    outputActivation: 'tanh',
    maxBatch: batch,
  });
  draws.fillLayers(policy.parameters, SIZES);
  const observations = draws.fillNormal(new Float32Array(batch * SIZES[0]));
  return () => {
    policy.forward(observations, batch);
  };
}
