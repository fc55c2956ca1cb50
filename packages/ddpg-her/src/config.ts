import { offPolicyFields, parseConfig } from '@understudy/training';
import { z } from 'zod';

const positive = z.number().positive();
const share = z.number().min(0).max(1);

/**
 * One comment a field. The defaults are those of the hindsight replay of Plappert et al. 2018 (arXiv 1802.09464), but
 * for one process and a few ten thousand steps: one update a step, and targets that follow faster.
 */
const ddpgHerConfigSchema = z
  .strictObject({
    ...offPolicyFields,
    /** Environment steps with random actions at the start, without learning. */
    warmupSteps: z.number().int().positive().default(1000),
    /** Discount; 1 - 1 / 50 for episodes of 50 steps. */
    gamma: z.number().min(0).max(1).default(0.98),
    /** Transitions with a goal achieved later in the episode, for each one with the goal that was desired. */
    goalsPerTransition: z.number().min(0).default(4),
    /** Adam's step size for actor and critic. */
    learningRate: positive.default(1e-3),
    /** Share of the networks that goes into their targets at each update. */
    tau: z.number().gt(0).max(1).default(0.05),
    /** Standard deviation of the noise on actions while exploring, where actions reach from -1 to 1. */
    explorationNoise: z.number().min(0).default(0.2),
    /** How often an exploring action is drawn uniformly instead. */
    randomActionProbability: share.default(0.3),
    /** Weight of the mean square of the policy's actions in its loss, which keeps them off their bounds. */
    actionPenalty: z.number().min(0).default(1),
    /** Keep the critic's targets where returns of rewards from -1 to 0 are: from -1 / (1 - gamma) to 0. */
    clipTargets: z.boolean().default(true),
    /** Bound of normalised observations, in standard deviations. */
    observationClip: positive.default(5),
    /** Units of the hidden layers of actor and critic. */
    hiddenSizes: z.array(z.number().int().positive()).default([256, 256]),
    /** Between the layers. */
    activation: z.enum(['tanh', 'relu', 'leaky-relu', 'elu', 'silu']).default('relu'),
  })
  // Rewards of several steps can't be relabelled without knowing that the policy would still act so.
  .omit({ nStep: true });

/** A whole configuration. */
export type DdpgHerConfig = z.output<typeof ddpgHerConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type DdpgHerOptions = z.input<typeof ddpgHerConfigSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveDdpgHerConfig(options: DdpgHerOptions): DdpgHerConfig {
  return parseConfig(ddpgHerConfigSchema, options, 'DDPG+HER');
}
