import { makeVector, type VectorEnv } from '@understudy/gym';
import {
  type CreateShardCollector,
  type EnvironmentHooks,
  LocalShards,
  type PolicySpec,
  runTraining,
  type ShardPlan,
  type ShardService,
  type TrainingResult,
} from '@understudy/training';
import { type PpoConfig, type PpoOptions, resolvePpoConfig } from './config.ts';
import { PpoLearner, type PpoSharding } from './learner.ts';
import { createPpoActorSpec, createPpoShardCollector, createPpoShardPlan } from './shard.ts';
import type { CreatePpoUpdate } from './update.ts';

/** What a caller of {@link train} may bring. */
export interface PpoHooks extends EnvironmentHooks {
  /**
   * Opens what collects the shards, workers say; without it this process does. The training closes it.
   *
   * @param actor - The network whose outputs workers may ask an inference server for.
   * @param createCollector - Makes what collects a shard in this process.
   */
  openShards?(plan: ShardPlan, actor: PolicySpec, createCollector: CreateShardCollector): Promise<ShardService>;
}

/**
 * Trains a policy by proximal policy optimisation.
 *
 * The same configuration on the same engine gives the same policy, byte for byte, also when the training was stopped or killed in between
 * and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link PpoConfig}.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option is wrong, the environment doesn't fit, or the run directory can't be used.
 */
export async function train(options: PpoOptions, hooks: PpoHooks = {}): Promise<TrainingResult> {
  const config = resolvePpoConfig(options);
  const { environment, environmentOptions, envs, workers } = config;
  const isSharded = hooks.openShards !== undefined || config.shards > 1 || config.staleness > 0;
  // Shards make environments of their own; this one shows its spaces only.
  const own = isSharded ? { count: 1, workers: 0 } : { count: envs, workers };
  const vectorOptions = { ...own, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (hooks.makeVectorEnv?.({ count: own.count }) ?? makeVector(environment, vectorOptions));
  let learner: PpoLearner | undefined;
  let sharding: PpoSharding | undefined;
  try {
    const createUpdate = await loadUpdate(config);
    if (isSharded) sharding = await openSharding(config, env, hooks);
    learner = new PpoLearner(config, env, createUpdate, sharding);
    return await runTraining(learner, {
      identity: { algorithm: 'ppo', environment, seed: config.seed, config },
      hooks,
      checkpointEvery: config.checkpointEvery,
      keepCheckpoints: config.keepCheckpoints,
    });
  } finally {
    await sharding?.service.close();
    learner?.dispose();
    env.close();
  }
}

async function openSharding(config: PpoConfig, env: VectorEnv, hooks: PpoHooks): Promise<PpoSharding> {
  const plan = createPpoShardPlan(config, env);
  const createCollector: CreateShardCollector = (index) => createPpoShardCollector(config, index, hooks);
  const service =
    (await hooks.openShards?.(plan, createPpoActorSpec(config, env), createCollector)) ??
    new LocalShards(plan, createCollector);
  return { plan, service };
}

/** The tensor engine's update, or undefined for the kernels, which a learner has without loading anything. */
async function loadUpdate(config: PpoConfig): Promise<CreatePpoUpdate | undefined> {
  if (config.engine === 'kernels') return undefined;
  const { loadTensorUpdate } = await import('./tensor-update.ts');
  return loadTensorUpdate(config);
}
