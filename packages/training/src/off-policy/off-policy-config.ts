import { z } from 'zod';

const count = z.number().int().positive();

/** The settings that all off-policy learners share, for their schemas to spread. */
export const offPolicyFields = {
  /** Id of the environment to learn, with its version. */
  environment: z.string(),
  /** What the environment's constructor takes. */
  environmentOptions: z.record(z.string(), z.unknown()).default({}),
  /** Seeds the networks, the environments (the i-th with seed + i), the exploration and the batches. */
  seed: z.number().int().min(0).default(0),
  /** Environment steps in all, over all environments; rounded up to whole iterations. */
  totalSteps: count.default(1_000_000),
  /** Environments stepped side by side. */
  envs: count.default(1),
  /** Threads that step them; 0 steps them in the training's own. The results are the same. */
  workers: z.number().int().min(0).default(0),
  /** Environment steps of one line of metrics, over all environments. */
  iterationSteps: count.default(1000),
  /** Transitions kept for learning. */
  replayCapacity: count.default(1_000_000),
  /** Transitions in one minibatch. */
  batchSize: count.default(256),
  /** Rewards summed before a value is counted on: n of n-step returns. */
  nStep: count.default(1),
  /** Discount. */
  gamma: z.number().min(0).max(1).default(0.99),
  /** Environment steps with random actions at the start, without learning. */
  warmupSteps: count.default(5000),
  /** Updates for each environment step. */
  updatesPerStep: z.number().positive().default(1),
  /** Write a checkpoint after every so many iterations, and at the end. */
  checkpointEvery: count.default(10),
  /** Keep so many of the last checkpoints, beside the best. */
  keepCheckpoints: count.default(2),
};

/** What the shared settings come to. */
export type OffPolicyConfig = z.output<z.ZodObject<typeof offPolicyFields>>;
