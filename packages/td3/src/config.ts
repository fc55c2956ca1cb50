import { tensorBackendChoices } from '@understudy/tensor/backend-names';
import { offPolicyFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const positive = z.number().positive();
const spread = z.number().min(0);

/** One comment a field; the defaults are those of Fujimoto et al. 2018 (arXiv 1802.09477) as their own code runs them. */
const td3ConfigSchema = z.strictObject({
  ...offPolicyFields,
  /** Environment steps with random actions at the start, without learning. */
  warmupSteps: z.number().int().positive().default(10_000),
  /** Adam's step size for actor and critics. */
  learningRate: positive.default(3e-4),
  /** Share of the networks that goes into their targets at each of the actor's updates. */
  tau: z.number().gt(0).max(1).default(0.005),
  /** Updates of the critics for each of the actor and the targets. */
  policyDelay: z.number().int().positive().default(2),
  /** Standard deviation of the noise on actions while exploring, where actions reach from -1 to 1. */
  explorationNoise: spread.default(0.1),
  /** Standard deviation of the noise on the target policy's actions. */
  targetNoise: spread.default(0.2),
  /** Bound of that noise. */
  targetNoiseClip: spread.default(0.5),
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
export type Td3Config = z.output<typeof td3ConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type Td3Options = z.input<typeof td3ConfigSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveTd3Config(options: Td3Options): Td3Config {
  return parseConfig(td3ConfigSchema, options, 'TD3');
}
