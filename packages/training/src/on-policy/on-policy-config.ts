import { z } from 'zod';
import { checkpointFields, engineFields, environmentFields, networkFields, withDefault } from '../config-fields.ts';

const positive = z.number().positive();
const fraction = z.number().min(0).max(1);

/** The settings that all on-policy learners share, for their schemas to spread; each is described here alone. */
export const onPolicyFields = {
  ...environmentFields,
  steps: z
    .number()
    .int()
    .positive()
    .default(2048)
    .describe('Steps of every environment in one iteration, which is a rollout and its update.'),
  gamma: fraction.default(0.99).describe('Discount.'),
  lambda: fraction.default(0.95).describe('Lambda of the generalised advantage estimation.'),
  entropyCoefficient: z.number().min(0).default(0).describe('Weight of the entropy bonus.'),
  normalizeAdvantages: z
    .boolean()
    .default(true)
    .describe('Shift and scale the advantages of a batch to mean 0 and standard deviation 1.'),
  hiddenSizes: withDefault(networkFields.hiddenSizes, [64, 64]),
  activation: withDefault(networkFields.activation, 'tanh'),
  initialLogStandardDeviation: z
    .number()
    .default(0)
    .describe(
      "Logarithm of the standard deviation of continuous actions at the start; it doesn't depend on the observation.",
    ),
  normalizeObservations: z
    .boolean()
    .default(true)
    .describe('Shift and scale observations by running statistics, which are saved with the policy.'),
  observationClip: positive.default(10).describe("Bound of a normalised observation's magnitude."),
  normalizeRewards: z
    .boolean()
    .default(true)
    .describe('Divide rewards by the running standard deviation of the discounted return.'),
  rewardClip: positive.default(10).describe("Bound of a normalised reward's magnitude."),
  ...engineFields,
  ...checkpointFields,
};

/** What the shared settings come to. */
export type OnPolicyConfig = z.output<z.ZodObject<typeof onPolicyFields>>;
