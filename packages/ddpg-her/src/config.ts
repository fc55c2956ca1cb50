import { actorCriticFields, listSettings, offPolicyFields, parseConfig, withDefault } from '@understudy/training';
import { z } from 'zod';

const positive = z.number().positive();

/**
 * The defaults are those of the hindsight replay of Plappert et al. 2018 (arXiv 1802.09464), but for one process and a
 * few ten thousand steps: one update a step, and targets that follow faster.
 */
const ddpgHerConfigSchema = z
  .strictObject({
    ...offPolicyFields,
    warmupSteps: withDefault(offPolicyFields.warmupSteps, 1000),
    gamma: z
      .number()
      .min(0)
      .max(1)
      .default(0.98)
      .describe('Discount; the default is 1 - 1 / 50, for episodes of 50 steps.'),
    goalsPerTransition: z
      .number()
      .min(0)
      .default(4)
      .describe('Transitions with a goal achieved later in the episode, for each one with the goal that was desired.'),
    learningRate: positive.default(1e-3).describe("Adam's step size for actor and critic."),
    tau: z
      .number()
      .gt(0)
      .max(1)
      .default(0.05)
      .describe('Share of the networks that goes into their targets at each update.'),
    explorationNoise: z
      .number()
      .min(0)
      .default(0.2)
      .describe('Standard deviation of the noise on actions while exploring, where actions reach from -1 to 1.'),
    randomActionProbability: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe('How often an exploring action is drawn uniformly instead.'),
    actionPenalty: z
      .number()
      .min(0)
      .default(1)
      .describe("Weight of the mean square of the policy's actions in its loss, which keeps them off their bounds."),
    clipTargets: z
      .boolean()
      .default(true)
      .describe("Keep the critic's targets where returns of rewards from -1 to 0 are: from -1 / (1 - gamma) to 0."),
    observationClip: positive.default(5).describe('Bound of normalised observations, in standard deviations.'),
    ...actorCriticFields,
  })
  // Rewards of several steps can't be relabelled without knowing that the policy would still act so.
  .omit({ nStep: true });

/** A whole configuration. */
export type DdpgHerConfig = z.output<typeof ddpgHerConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type DdpgHerOptions = z.input<typeof ddpgHerConfigSchema>;

/** The settings with their defaults and what they mean. */
export const ddpgHerSettings = listSettings(ddpgHerConfigSchema);

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveDdpgHerConfig(options: DdpgHerOptions): DdpgHerConfig {
  return parseConfig(ddpgHerConfigSchema, options, 'DDPG+HER');
}
