import type { PpoHooks, PpoShardOptions } from '@understudy/ppo';
import type { ConfigSetting, ShardCollector, TrainingResult } from '@understudy/training';

/** What every learner's configuration has. */
interface LearnerConfig {
  environment: string;
  environmentOptions: Record<string, unknown>;
  /** Environments stepped together. */
  envs: number;
  totalSteps: number;
}

/** A learner from reward, loaded. */
interface LoadedLearner {
  /** Fills in the defaults. @throws InputError when an option is unknown or out of range. */
  resolve(options: { environment: string }): LearnerConfig;
  /** Everything that can be set. */
  settings: readonly ConfigSetting[];
  /** Learners that don't collect by shards leave `openShards` alone. */
  train(config: LearnerConfig, hooks: PpoHooks): Promise<TrainingResult>;
  /** Makes what collects one shard of a training, for learners that collect by shards. */
  createShardCollector?(config: LearnerConfig, shard: number, options: PpoShardOptions): Promise<ShardCollector>;
}

/** A learner from reward and how to come by it. */
interface LearnerEntry {
  /** What it does, for help texts: `learn from reward by ...`. */
  method: string;
  /** Whether workers can collect for it. */
  hasWorkers?: true;
  load(): Promise<LoadedLearner>;
}

export type LearnerName = 'ppo' | 'trpo' | 'sac' | 'td3' | 'ddpg-her';

/** The algorithms that `understudy train` offers beside cloning, each loaded when it is asked for. */
export const learners: Readonly<Record<LearnerName, LearnerEntry>> = {
  ppo: {
    method: 'proximal policy optimisation',
    hasWorkers: true,
    load: async () => {
      const { createPpoShardCollector, ppoSettings, resolvePpoConfig, train } = await import('@understudy/ppo');
      const createShardCollector: LoadedLearner['createShardCollector'] = (config, shard, options) =>
        createPpoShardCollector(resolvePpoConfig(config), shard, options);
      return { resolve: resolvePpoConfig, settings: ppoSettings, train, createShardCollector };
    },
  },
  trpo: {
    method: 'trust region policy optimisation',
    load: async () => {
      const { resolveTrpoConfig, train, trpoSettings } = await import('@understudy/trpo');
      return { resolve: resolveTrpoConfig, settings: trpoSettings, train };
    },
  },
  sac: {
    method: 'soft actor-critic',
    load: async () => {
      const { resolveSacConfig, sacSettings, train } = await import('@understudy/sac');
      return { resolve: resolveSacConfig, settings: sacSettings, train };
    },
  },
  td3: {
    method: 'twin delayed deep deterministic policy gradient',
    load: async () => {
      const { resolveTd3Config, td3Settings, train } = await import('@understudy/td3');
      return { resolve: resolveTd3Config, settings: td3Settings, train };
    },
  },
  'ddpg-her': {
    method: 'deep deterministic policy gradient with hindsight experience replay, for environments with goals',
    load: async () => {
      const { ddpgHerSettings, resolveDdpgHerConfig, train } = await import('@understudy/ddpg-her');
      return { resolve: resolveDdpgHerConfig, settings: ddpgHerSettings, train };
    },
  },
};

export const learnerNames = Object.keys(learners) as LearnerName[];
