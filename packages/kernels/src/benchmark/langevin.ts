import type { KernelEngine } from '../kernel-engine.ts';
import { KernelMemory } from '../kernel-memory.ts';
import { createMlp } from '../mlp.ts';
import { Draws } from './draws.ts';

const OBSERVATIONS = 17;
const ACTIONS = 6;
const SIZES = [OBSERVATIONS + ACTIONS, 512, 512, 512, 1];
const BATCH = 2048;
const STEP_SIZE = 0.05;
const NOISE = 0.1;

/**
 * Langevin steps of actions down an energy of observations and actions (512x512x512, ReLU), the parameters fixed: each
 * is a forward pass and a backward pass to the inputs, then noise and a clamp to [-1, 1].
 */
export function langevinSteps(count: number, engine?: KernelEngine): () => void {
  const memory = KernelMemory.create({ engine });
  const draws = new Draws(1);
  const energy = createMlp(memory, { sizes: SIZES, activation: 'relu', maxBatch: BATCH });
  draws.fillLayers(energy.parameters, SIZES);
  const start = draws.fillNormal(new Float32Array(BATCH * SIZES[0]));
  const noise = new Float32Array(BATCH * ACTIONS);
  const inputs = energy.inputBuffer;
  const upstream = energy.outputGradientBuffer.fill(1);
  const options = { inputGradients: true, skipParameters: true };
  return () => {
    inputs.set(start);
    for (let step = 0; step < count; step++) {
      energy.forward(inputs, BATCH);
      const slopes = energy.backward(upstream, BATCH, options)!;
      draws.fillNormal(noise);
      for (let row = 0; row < BATCH; row++) {
        for (let j = 0; j < ACTIONS; j++) {
          const at = row * SIZES[0] + OBSERVATIONS + j;
          const moved = inputs[at] - STEP_SIZE * slopes[at] + NOISE * noise[row * ACTIONS + j];
          inputs[at] = Math.min(Math.max(moved, -1), 1);
        }
      }
    }
  };
}
