import { tensorBackendChoices } from '@understudy/tensor/backend-names';
import { offPolicyFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const positive = z.number().positive();

/** One comment a field; the defaults are those of Haarnoja et al. 2018 (arXiv 1812.05905), table 1. */
const sacConfigSchema = z.strictObject({
  ...offPolicyFields,
  /** Adam's step size for actor, critics and temperature. */
  learningRate: positive.default(3e-4),
  /** Share of the critics that goes into their targets at each update. */
  tau: z.number().gt(0).max(1).default(0.005),
  /** Weight of the entropy, learned from 1 on when `auto`. */
  temperature: z.union([z.literal('auto'), positive]).default('auto'),
  /** Entropy that the temperature is learned for, in nats; minus the number of action components when null. */
  targetEntropy: z.number().nullable().default(null),
  /** Units of the hidden layers of actor and critics. */
  hiddenSizes: z.array(z.number().int().positive()).default([256, 256]),
  /** Between the layers. */
  activation: z.enum(['tanh', 'relu', 'leaky-relu', 'elu', 'silu']).default('relu'),
  /** What updates the networks: the fused kernels on the processor, or tfjs with a whole update on its device. */
  engine: z.enum(['kernels', 'tensor']).default('kernels'),
  /** What the tensor engine computes on; `auto` takes the best that this machine has. */
  backend: z.enum(tensorBackendChoices).default('auto'),
});

/** A whole configuration. */
export type SacConfig = z.output<typeof sacConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type SacOptions = z.input<typeof sacConfigSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveSacConfig(options: SacOptions): SacConfig {
  return parseConfig(sacConfigSchema, options, 'SAC');
}
