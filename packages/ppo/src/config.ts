import { InputError } from '@understudy/errors';
import { listSettings, onPolicyFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();

/** The defaults are those of Schulman et al. 2017 as CleanRL's continuous-action PPO runs them. */
const ppoConfigSchema = z.strictObject({
  ...onPolicyFields,
  shards: count
    .default(1)
    .describe(
      'Parts of the environments that are collected each on its own, by workers or here; the results depend on it.',
    ),
  staleness: z
    .number()
    .int()
    .min(0)
    .max(16)
    .default(0)
    .describe("Collect with the policy of so many updates ago, so that workers needn't wait for the update."),
  epochs: count.default(10).describe('Passes over each rollout.'),
  minibatches: count.default(32).describe('Minibatches in one pass; at most the transitions of a rollout.'),
  learningRate: positive.default(3e-4).describe("Adam's step size at the start."),
  annealLearningRate: z.boolean().default(true).describe('Lower the step size linearly to 0 over the training.'),
  adamEpsilon: positive.default(1e-5).describe("Added to the root of Adam's second moment."),
  clip: positive
    .default(0.2)
    .describe('Epsilon of the clipped objective: probability ratios count within 1 - clip and 1 + clip.'),
  clipValueLoss: z
    .boolean()
    .default(true)
    .describe('Keep new values within clip of the old ones, as the objective keeps the ratio.'),
  valueCoefficient: z.number().min(0).default(0.5).describe('Weight of the value loss.'),
  maxGradientNorm: positive
    .default(0.5)
    .describe('Gradients are scaled down to this Euclidean norm, over actor and critic together.'),
  targetKl: positive
    .nullable()
    .default(null)
    .describe("End a rollout's passes once the mean KL divergence of a pass is above this; null never does."),
});

/** A whole configuration. */
export type PpoConfig = z.output<typeof ppoConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type PpoOptions = z.input<typeof ppoConfigSchema>;

/** The settings with their defaults and what they mean. */
export const ppoSettings = listSettings(ppoConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolvePpoConfig(options: PpoOptions): PpoConfig {
  const config = parseConfig(ppoConfigSchema, options, 'PPO');
  if (config.shards <= config.envs) return config;
  throw new InputError(
    `The PPO option shards is ${config.shards}, but there are ${config.envs} environments to split: at most envs.`,
  );
}
