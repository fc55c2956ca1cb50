import { actorCriticFields, listSettings, offPolicyFields, parseConfig, withDefault } from '@understudy/training';
import { z } from 'zod';

const spread = z.number().min(0);

/** The defaults are those of Fujimoto et al. 2018 (arXiv 1802.09477) as their own code runs them. */
const td3ConfigSchema = z.strictObject({
  ...offPolicyFields,
  warmupSteps: withDefault(offPolicyFields.warmupSteps, 10_000),
  learningRate: z.number().positive().default(3e-4).describe("Adam's step size for actor and critics."),
  tau: z
    .number()
    .gt(0)
    .max(1)
    .default(0.005)
    .describe("Share of the networks that goes into their targets at each of the actor's updates."),
  policyDelay: z
    .number()
    .int()
    .positive()
    .default(2)
    .describe('Updates of the critics for each of the actor and the targets.'),
  explorationNoise: spread
    .default(0.1)
    .describe('Standard deviation of the noise on actions while exploring, where actions reach from -1 to 1.'),
  targetNoise: spread.default(0.2).describe("Standard deviation of the noise on the target policy's actions."),
  targetNoiseClip: spread.default(0.5).describe("Bound of the noise on the target policy's actions."),
  ...actorCriticFields,
});

/** A whole configuration. */
export type Td3Config = z.output<typeof td3ConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type Td3Options = z.input<typeof td3ConfigSchema>;

/** The settings with their defaults and what they mean. */
export const td3Settings = listSettings(td3ConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveTd3Config(options: Td3Options): Td3Config {
  return parseConfig(td3ConfigSchema, options, 'TD3');
}
