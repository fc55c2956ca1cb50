import { z } from 'zod';
import { checkpointFields, engineFields, environmentFields, networkFields } from '../config-fields.ts';

const count = z.number().int().positive();

/** The settings that all off-policy learners share, for their schemas to spread; each is described here alone. */
export const offPolicyFields = {
  ...environmentFields,
  iterationSteps: count
    .default(1000)
    .describe('Environment steps of one iteration, which is one line of metrics, over all environments.'),
  replayCapacity: count.default(1_000_000).describe('Transitions kept for learning.'),
  batchSize: count.default(256).describe('Transitions in one minibatch.'),
  nStep: count.default(1).describe('Rewards summed before a value is counted on: n of n-step returns.'),
  gamma: z.number().min(0).max(1).default(0.99).describe('Discount.'),
  warmupSteps: count.default(5000).describe('Environment steps with random actions at the start, without learning.'),
  updatesPerStep: z.number().positive().default(1).describe('Updates for each environment step.'),
  ...checkpointFields,
};

/** What the shared settings come to. */
export type OffPolicyConfig = z.output<z.ZodObject<typeof offPolicyFields>>;

/** The networks' settings that actor-critic learners share, for their schemas to spread. */
export const actorCriticFields = { ...networkFields, ...engineFields };
