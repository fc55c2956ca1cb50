import { InputError } from '@understudy/errors';
import { make, makeVector } from '@understudy/gym';
import {
  type AnyEnv,
  type EnvironmentHooks,
  finiteActionBounds,
  type GoalTask,
  goalTaskOf,
  HindsightReplayBuffer,
  OffPolicyLearner,
  runTraining,
  type TrainingResult,
} from '@understudy/training';
import { DdpgHerAgent } from './agent.ts';
import { type DdpgHerConfig, type DdpgHerOptions, resolveDdpgHerConfig } from './config.ts';
import type { CreateDdpgUpdate } from './update.ts';

const algorithm = 'DDPG+HER';

/** Hooks of {@link train}. */
export interface GoalEnvironmentHooks extends EnvironmentHooks {
  /**
   * Makes one environment that computes the rewards of goals taken in hindsight; it is not stepped. Without it, the
   * registry of `@understudy/gym` is asked. The training closes what this returns.
   */
  makeGoalEnv?(): Promise<AnyEnv> | AnyEnv;
}

/**
 * Trains a policy that reaches goals by deep deterministic policy gradient with hindsight experience replay.
 *
 * The same configuration on the same engine gives the same policy, byte for byte, also when the training was stopped or killed in between
 * and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link DdpgHerConfig}.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option is wrong, the environment has no goals or doesn't fit otherwise, or the run
 *   directory can't be used.
 */
export async function train(options: DdpgHerOptions, hooks: GoalEnvironmentHooks = {}): Promise<TrainingResult> {
  const config = resolveDdpgHerConfig(options);
  // Worker threads keep their environments to themselves, so the rewards come from one beside them.
  const goalEnv = await (hooks.makeGoalEnv?.() ??
    make<unknown, unknown>(config.environment, config.environmentOptions));
  try {
    const task = goalTaskOf(goalEnv, algorithm);
    checkTargetRange(config, task);
    return await trainOn(task, config, hooks);
  } finally {
    goalEnv.close();
  }
}

async function trainOn(task: GoalTask, config: DdpgHerConfig, hooks: EnvironmentHooks): Promise<TrainingResult> {
  const { environment, environmentOptions, envs, workers, goalsPerTransition } = config;
  const vectorOptions = { count: envs, workers, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (hooks.makeVectorEnv?.() ?? makeVector(environment, vectorOptions));
  let agent: DdpgHerAgent | undefined;
  try {
    const bounds = finiteActionBounds(env.singleActionSpace, algorithm);
    agent = new DdpgHerAgent(config, env, bounds, await loadUpdate(config));
    const learner = new OffPolicyLearner({
      config: { ...config, nStep: 1 },
      env,
      bounds,
      agent,
      createReplay: (replayOptions) => new HindsightReplayBuffer({ ...replayOptions, task, goalsPerTransition }),
    });
    return await runTraining(learner, {
      identity: { algorithm: 'ddpg-her', environment, seed: config.seed, config },
      hooks,
      checkpointEvery: config.checkpointEvery,
      keepCheckpoints: config.keepCheckpoints,
    });
  } finally {
    agent?.dispose();
    env.close();
  }
}

/** The tensor engine's update, or undefined for the kernels, which an agent has without loading anything. */
async function loadUpdate(config: DdpgHerConfig): Promise<CreateDdpgUpdate | undefined> {
  if (config.engine === 'kernels') return undefined;
  const { loadTensorUpdate } = await import('./tensor-update.ts');
  return loadTensorUpdate(config);
}

/** Throws an {@link InputError} where reaching a goal earns more than clipped targets can hold. */
function checkTargetRange({ clipTargets, environment }: DdpgHerConfig, { goalSize, computeReward }: GoalTask): void {
  const goal = new Float64Array(goalSize);
  const [reward] = computeReward(goal, goal);
  if (!clipTargets || reward <= 0) return;
  throw new InputError(
    `Reaching a goal of ${environment} earns ${reward}, and clipped targets are for rewards from -1 to 0; set clipTargets to false.`,
  );
}
