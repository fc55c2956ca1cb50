import { checkpointFields, listSettings, networkFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();

const bcConfigSchema = z.strictObject({
  environment: z.string().describe('Id of the environment that the demonstrations come from, with its version.'),
  seed: z.number().int().min(0).default(0).describe('Seeds the network, the split and the minibatches.'),
  loss: z
    .enum(['mse', 'gaussian'])
    .default('mse')
    .describe('Mean squared error of the actions, or the negative log-likelihood of a Gaussian around them.'),
  ...networkFields,
  learningRate: positive.default(1e-3).describe('Step size of AdamW.'),
  weightDecay: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Decoupled weight decay (Loshchilov and Hutter 2019): weights shrink by this times the step size every step.',
    ),
  batchSize: count.default(256).describe('Transitions in one minibatch; the last of an epoch may have fewer.'),
  epochs: count.default(100).describe('Passes over the training split, at most.'),
  validationFraction: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe('Share of the transitions kept for validation, in whole episodes where the demonstrations tell them.'),
  patience: count
    .nullable()
    .default(10)
    .describe(
      'End after so many epochs without a lower validation loss; null never does. The best weights are kept either way.',
    ),
  standardizeObservations: z
    .boolean()
    .default(true)
    .describe('Shift and scale observations to mean 0 and variance 1 over the training split; saved with the policy.'),
  observationClip: positive.default(10).describe("Bound of a standardised observation's magnitude."),
  initialLogStandardDeviation: z
    .number()
    .default(0)
    .describe("Logarithm of the Gaussian's standard deviation at the start; it doesn't depend on the observation."),
  checkpointEvery: count.default(5).describe('Write a checkpoint after every so many epochs, and at the end.'),
  keepCheckpoints: checkpointFields.keepCheckpoints,
});

/** A whole configuration. */
export type BcConfig = z.output<typeof bcConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type BcOptions = z.input<typeof bcConfigSchema>;

/** The settings with their defaults and what they mean. */
export const bcSettings = listSettings(bcConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveBcConfig(options: BcOptions): BcConfig {
  return parseConfig(bcConfigSchema, options, 'BC');
}
