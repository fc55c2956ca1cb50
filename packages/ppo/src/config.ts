import { InputError } from '@understudy/errors';
import { tensorBackendChoices } from '@understudy/tensor/backend-names';
import { parseConfig } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);

/** One comment a field; the defaults are those of Schulman et al. 2017 as CleanRL's continuous-action PPO runs them. */
const ppoConfigSchema = z.strictObject({
  /** Id of the environment to learn, with its version. */
  environment: z.string(),
  /** What the environment's constructor takes. */
  environmentOptions: z.record(z.string(), z.unknown()).default({}),
  /** Seeds the networks, the environments (the i-th with seed + i), the actions and the minibatches. */
  seed: z.number().int().min(0).default(0),
  /** Environment steps in all, over all environments; rounded up to whole rollouts. */
  totalSteps: count.default(1_000_000),
  /** Environments stepped side by side. */
  envs: count.default(1),
  /** Threads that step them; 0 steps them in the training's own. The results are the same. */
  workers: z.number().int().min(0).default(0),
  /** Parts of the environments that are collected each on its own, by workers or here; the results depend on it. */
  shards: count.default(1),
  /** Collect with the policy of so many updates ago, so that workers needn't wait for the update. */
  staleness: z.number().int().min(0).max(16).default(0),
  /** Steps of every environment between two updates. */
  steps: count.default(2048),
  /** Passes over each rollout. */
  epochs: count.default(10),
  /** Minibatches in one pass; at most the transitions of a rollout. */
  minibatches: count.default(32),
  /** Adam's step size at the start. */
  learningRate: positive.default(3e-4),
  /** Lower the step size linearly to 0 over the training. */
  annealLearningRate: z.boolean().default(true),
  /** Added to the root of Adam's second moment. */
  adamEpsilon: positive.default(1e-5),
  /** Discount. */
  gamma: fraction.default(0.99),
  /** Lambda of the generalised advantage estimation. */
  lambda: fraction.default(0.95),
  /** Epsilon of the clipped objective: probability ratios count within 1 - clip and 1 + clip. */
  clip: positive.default(0.2),
  /** Keep new values within clip of the old ones, as the objective keeps the ratio. */
  clipValueLoss: z.boolean().default(true),
  /** Weight of the value loss. */
  valueCoefficient: z.number().min(0).default(0.5),
  /** Weight of the entropy bonus. */
  entropyCoefficient: z.number().min(0).default(0),
  /** Gradients are scaled down to this Euclidean norm, over actor and critic together. */
  maxGradientNorm: positive.default(0.5),
  /** Shift and scale the advantages of each minibatch to mean 0 and standard deviation 1. */
  normalizeAdvantages: z.boolean().default(true),
  /** End a rollout's passes once the mean KL divergence of a pass is above this; null never does. */
  targetKl: positive.nullable().default(null),
  /** Units of the hidden layers of actor and critic. */
  hiddenSizes: z.array(count).default([64, 64]),
  /** Between the layers. */
  activation: z.enum(['tanh', 'relu', 'leaky-relu', 'elu', 'silu']).default('tanh'),
  /** Logarithm of the standard deviation of continuous actions at the start; it doesn't depend on the observation. */
  initialLogStandardDeviation: z.number().default(0),
  /** Shift and scale observations by running statistics, which are saved with the policy. */
  normalizeObservations: z.boolean().default(true),
  /** Bound of a normalised observation's magnitude. */
  observationClip: positive.default(10),
  /** Divide rewards by the running standard deviation of the discounted return. */
  normalizeRewards: z.boolean().default(true),
  /** Bound of a normalised reward's magnitude. */
  rewardClip: positive.default(10),
  /** What updates the networks: the fused kernels on the processor, or tfjs with a whole update on its device. */
  engine: z.enum(['kernels', 'tensor']).default('kernels'),
  /** What the tensor engine computes on; `auto` takes the best that this machine has. */
  backend: z.enum(tensorBackendChoices).default('auto'),
  /** Write a checkpoint after every so many rollouts, and at the end. */
  checkpointEvery: count.default(10),
  /** Keep so many of the last checkpoints, beside the best. */
  keepCheckpoints: count.default(2),
});

/** A whole configuration. */
export type PpoConfig = z.output<typeof ppoConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type PpoOptions = z.input<typeof ppoConfigSchema>;

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
