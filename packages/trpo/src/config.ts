import { listSettings, onPolicyFields, parseConfig, withDefault } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();

/** The policy's step has the constants of Schulman et al. 2015, arXiv 1502.05477. */
const trpoConfigSchema = z.strictObject({
  ...onPolicyFields,
  steps: withDefault(onPolicyFields.steps, 1024),
  maxKl: positive
    .default(0.01)
    .describe('Delta: no update moves the policy further than this mean KL divergence, in nats.'),
  cgIterations: count.default(10).describe('Conjugate gradient iterations for the natural gradient.'),
  cgDamping: z.number().min(0).default(0.1).describe('Multiple of the identity added to the Fisher matrix.'),
  cgTolerance: z
    .number()
    .min(0)
    .default(1e-6)
    .describe("Conjugate gradients end when the residual's norm is below this share of the gradient's."),
  fisherStride: count
    .default(1)
    .describe('The Fisher matrix is averaged over every so many-th transition; 1 takes all.'),
  backtrackFactor: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.8)
    .describe("A step that isn't accepted is tried again at this share of its length."),
  backtrackAttempts: count.default(15).describe('Lengths tried before the policy stays as it is.'),
  valueLearningRate: positive.default(1e-3).describe("Adam's step size for the critic."),
  valueEpochs: count.default(10).describe("The critic's passes over each rollout."),
  valueBatchSize: count.default(64).describe("Transitions in one of the critic's steps."),
  blockSize: count
    .default(1024)
    .describe("Transitions that pass through the kernels' networks at once: a matter of memory, not of the method."),
});

/** A whole configuration. */
export type TrpoConfig = z.output<typeof trpoConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type TrpoOptions = z.input<typeof trpoConfigSchema>;

/** The settings with their defaults and what they mean. */
export const trpoSettings = listSettings(trpoConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveTrpoConfig(options: TrpoOptions): TrpoConfig {
  return parseConfig(trpoConfigSchema, options, 'TRPO');
}
