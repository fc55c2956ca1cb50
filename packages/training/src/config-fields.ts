import { tensorBackendChoices } from '@understudy/tensor/backend-names';
import { z } from 'zod';

const count = z.number().int().positive();

/** The settings of all learners that step environments, for their schemas to spread; each is described here alone. */
export const environmentFields = {
  environment: z.string().describe('Id of the environment to learn, with its version.'),
  environmentOptions: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("What the environment's constructor takes."),
  seed: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Seeds the networks, the environments (the i-th with seed + i), the actions and the minibatches.'),
  totalSteps: count
    .default(1_000_000)
    .describe('Environment steps in all, over all environments; rounded up to whole iterations.'),
  envs: count.default(1).describe('Environments stepped side by side.'),
  workers: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("Threads that step them; 0 steps them in the training's own. The results are the same."),
};

/** The same field with another default. */
export function withDefault<T extends z.ZodType>(
  field: z.ZodDefault<T>,
  value: z.util.NoUndefined<z.output<T>>,
): z.ZodDefault<T> {
  return field
    .removeDefault()
    .default(value)
    .describe(field.description as string);
}

/** What updates networks, for the schemas of learners with two engines. */
export const engineFields = {
  engine: z
    .enum(['kernels', 'tensor'])
    .default('kernels')
    .describe(
      'What updates the networks: the fused kernels on the processor, or tfjs with a whole update on its device.',
    ),
  backend: z
    .enum(tensorBackendChoices)
    .default('auto')
    .describe('What the tensor engine computes on; auto takes the best that this machine has.'),
};

/** The form of networks, off-policy learners' by default. */
export const networkFields = {
  hiddenSizes: z.array(count).default([256, 256]).describe('Units of the hidden layers of every network.'),
  activation: z
    .enum(['tanh', 'relu', 'leaky-relu', 'elu', 'silu'])
    .default('relu')
    .describe('Function between the layers.'),
};

/** When checkpoints are written. */
export const checkpointFields = {
  checkpointEvery: count.default(10).describe('Write a checkpoint after every so many iterations, and at the end.'),
  keepCheckpoints: count.default(2).describe('Keep so many of the last checkpoints, beside the best.'),
};
