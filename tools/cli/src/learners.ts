import type { EnvironmentHooks, TrainingResult } from '@understudy/training';

/** What every learner's configuration has. */
interface LearnerConfig {
  environment: string;
  environmentOptions: Record<string, unknown>;
  totalSteps: number;
}

/** A learner from reward, loaded. */
interface LoadedLearner {
  /** Fills in the defaults. @throws InputError when an option is unknown or out of range. */
  resolve(options: { environment: string }): LearnerConfig;
  train(config: LearnerConfig, hooks: EnvironmentHooks): Promise<TrainingResult>;
}

/** A learner from reward and how to come by it. */
interface LearnerEntry {
  /** What it does, for help texts: `learn from reward by ...`. */
  method: string;
  load(): Promise<LoadedLearner>;
}

export type LearnerName = 'ppo' | 'trpo' | 'sac' | 'td3' | 'ddpg-her';

/** The algorithms that `understudy train` offers beside cloning, each loaded when it is asked for. */
export const learners: Readonly<Record<LearnerName, LearnerEntry>> = {
  ppo: {
    method: 'proximal policy optimisation',
    load: async () => {
      const { resolvePpoConfig, train } = await import('@understudy/ppo');
      return { resolve: resolvePpoConfig, train };
    },
  },
  trpo: {
    method: 'trust region policy optimisation',
    load: async () => {
      const { resolveTrpoConfig, train } = await import('@understudy/trpo');
      return { resolve: resolveTrpoConfig, train };
    },
  },
  sac: {
    method: 'soft actor-critic',
    load: async () => {
      const { resolveSacConfig, train } = await import('@understudy/sac');
      return { resolve: resolveSacConfig, train };
    },
  },
  td3: {
    method: 'twin delayed deep deterministic policy gradient',
    load: async () => {
      const { resolveTd3Config, train } = await import('@understudy/td3');
      return { resolve: resolveTd3Config, train };
    },
  },
  'ddpg-her': {
    method: 'deep deterministic policy gradient with hindsight experience replay, for environments with goals',
    load: async () => {
      const { resolveDdpgHerConfig, train } = await import('@understudy/ddpg-her');
      return { resolve: resolveDdpgHerConfig, train };
    },
  },
};

export const learnerNames = Object.keys(learners) as LearnerName[];
