import { tensorBackendChoices } from '@understudy/tensor/backend-names';
import { parseConfig } from '@understudy/training';
import { z } from 'zod';

const count = z.number().int().positive();
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);

/** One comment a field; the policy's step has the constants of Schulman et al. 2015, arXiv 1502.05477. */
const trpoConfigSchema = z.strictObject({
  /** Id of the environment to learn, with its version. */
  environment: z.string(),
  /** What the environment's constructor takes. */
  environmentOptions: z.record(z.string(), z.unknown()).default({}),
  /** Seeds the networks, the environments (the i-th with seed + i), the actions and the critic's minibatches. */
  seed: z.number().int().min(0).default(0),
  /** Environment steps in all, over all environments; rounded up to whole rollouts. */
  totalSteps: count.default(1_000_000),
  /** Environments stepped side by side. */
  envs: count.default(1),
  /** Threads that step them; 0 steps them in the training's own. The results are the same. */
  workers: z.number().int().min(0).default(0),
  /** Steps of every environment between two updates. */
  steps: count.default(1024),
  /** Delta: no update moves the policy further than this mean KL divergence, in nats. */
  maxKl: positive.default(0.01),
  /** Conjugate gradient iterations for the natural gradient. */
  cgIterations: count.default(10),
  /** Multiple of the identity added to the Fisher matrix. */
  cgDamping: z.number().min(0).default(0.1),
  /** Conjugate gradients end when the residual's norm is below this share of the gradient's. */
  cgTolerance: z.number().min(0).default(1e-6),
  /** The Fisher matrix is averaged over every so many-th transition; 1 takes all. */
  fisherStride: count.default(1),
  /** A step that isn't accepted is tried again at this share of its length. */
  backtrackFactor: z.number().gt(0).lt(1).default(0.8),
  /** Lengths tried before the policy stays as it is. */
  backtrackAttempts: count.default(15),
  /** Discount. */
  gamma: fraction.default(0.99),
  /** Lambda of the generalised advantage estimation. */
  lambda: fraction.default(0.95),
  /** Weight of the mean entropy, which is added to the surrogate. */
  entropyCoefficient: z.number().min(0).default(0),
  /** Shift and scale the advantages of a rollout to mean 0 and standard deviation 1. */
  normalizeAdvantages: z.boolean().default(true),
  /** Adam's step size for the critic. */
  valueLearningRate: positive.default(1e-3),
  /** The critic's passes over each rollout. */
  valueEpochs: count.default(10),
  /** Transitions in one of the critic's steps. */
  valueBatchSize: count.default(64),
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
  /** Transitions that pass through the kernels' networks at once: a matter of memory, not of the method. */
  blockSize: count.default(1024),
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
export type TrpoConfig = z.output<typeof trpoConfigSchema>;

/** What a caller gives: the environment, and whatever differs from the defaults. */
export type TrpoOptions = z.input<typeof trpoConfigSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InputError when an option is unknown or out of range.
 */
export function resolveTrpoConfig(options: TrpoOptions): TrpoConfig {
  return parseConfig(trpoConfigSchema, options, 'TRPO');
}
