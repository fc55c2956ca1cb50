import { type Env, SyncVectorEnv } from '@understudy/gym';
import { ReachEnv, type ReachOptions } from '@understudy/training/testing/reach-env';
import type { GoalEnvironmentHooks } from '../train.ts';

const create = (options: ReachOptions) => new ReachEnv(options) as unknown as Env<never, never>;

/** Two reaching environments. */
export function createReachVector(options: ReachOptions = {}): SyncVectorEnv {
  const envs = [create(options), create(options)] as unknown as Env<unknown, unknown>[];
  return new SyncVectorEnv(envs, { autoresetMode: 'same-step' });
}

/** Hooks that make them, and the one that computes rewards. */
export function reach(options: ReachOptions = {}): GoalEnvironmentHooks {
  return { makeVectorEnv: () => createReachVector(options), makeGoalEnv: () => create(options) };
}
