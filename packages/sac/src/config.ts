import { actorCriticFields, listSettings, offPolicyFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const positive = z.number().positive();

/** The defaults are those of Haarnoja et al. 2018 (arXiv 1812.05905), table 1. */
const sacConfigSchema = z.strictObject({
  ...offPolicyFields,
  learningRate: positive.default(3e-4).describe("Adam's step size for actor, critics and temperature."),
  tau: z
    .number()
    .gt(0)
    .max(1)
    .default(0.005)
    .describe('Share of the critics that goes into their targets at each update.'),
  temperature: z
    .union([z.literal('auto'), positive])
    .default('auto')
    .describe('Weight of the entropy, learned from 1 on when auto.'),
  targetEntropy: z
    .number()
    .nullable()
    .default(null)
    .describe('Entropy that the temperature is learned for, in nats; minus the number of action components when null.'),
  ...actorCriticFields,
});

/** A whole configuration. */
export type SacConfig = z.output<typeof sacConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type SacOptions = z.input<typeof sacConfigSchema>;

/** The settings with their defaults and what they mean. */
export const sacSettings = listSettings(sacConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveSacConfig(options: SacOptions): SacConfig {
  return parseConfig(sacConfigSchema, options, 'SAC');
}
