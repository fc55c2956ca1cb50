import { parseConfig } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();

const bcConfigSchema = z.strictObject({
  /** Id of the environment that the demonstrations come from, with its version. */
  environment: z.string(),
  /** Seeds the network, the split and the minibatches. */
  seed: z.number().int().min(0).default(0),
  /** Mean squared error of the actions, or the negative log-likelihood of a Gaussian around them. */
  loss: z.enum(['mse', 'gaussian']).default('mse'),
  /** Units of the hidden layers. */
  hiddenSizes: z.array(count).default([256, 256]),
  /** Between the layers. */
  activation: z.enum(['tanh', 'relu', 'leaky-relu', 'elu', 'silu']).default('relu'),
  /** Step size of AdamW. */
  learningRate: positive.default(1e-3),
  /** Decoupled weight decay (Loshchilov and Hutter 2019): weights shrink by this times the step size every step. */
  weightDecay: z.number().min(0).default(0),
  /** Transitions in one minibatch; the last of an epoch may have fewer. */
  batchSize: count.default(256),
  /** Passes over the training split, at most. */
  epochs: count.default(100),
  /** Share of the transitions kept for validation, in whole episodes where the demonstrations tell them. */
  validationFraction: z.number().min(0).max(0.9).default(0.1),
  /** End after so many epochs without a lower validation loss; null never does. The best weights are kept either way. */
  patience: count.nullable().default(10),
  /** Shift and scale observations to mean 0 and variance 1 over the training split; saved with the policy. */
  standardizeObservations: z.boolean().default(true),
  /** Bound of a standardised observation's magnitude. */
  observationClip: positive.default(10),
  /** Logarithm of the Gaussian's standard deviation at the start; it doesn't depend on the observation. */
  initialLogStandardDeviation: z.number().default(0),
  /** Write a checkpoint after every so many epochs, and at the end. */
  checkpointEvery: count.default(5),
  /** Keep so many of the last checkpoints, beside the best. */
  keepCheckpoints: count.default(2),
});

/** A whole configuration. */
export type BcConfig = z.output<typeof bcConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type BcOptions = z.input<typeof bcConfigSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveBcConfig(options: BcOptions): BcConfig {
  return parseConfig(bcConfigSchema, options, 'BC');
}
