import { join } from 'node:path';
import { make } from '@understudy/envs';
import { type AnyEnv, createRandomPolicy, evaluatePolicy, loadPolicy, type Policy } from '@understudy/training';
import { Interrupted } from '../error-policy.ts';
import { names, type StageInput, stageSeeds } from './stage.ts';

/** Undiscounted returns of one policy. */
export interface PolicyReturns {
  mean: number;
  std: number;
  episodes: number;
  returns: number[];
  lengths: number[];
}

/** What the journal keeps of the evaluation. */
export interface EvaluationResult {
  random: PolicyReturns;
  expert: PolicyReturns;
  clone: PolicyReturns;
}

/** Runs random, expert and clone on the same episodes' starts. */
export async function evaluateAll(input: StageInput): Promise<EvaluationResult> {
  const { directory, settings } = input;
  const { environment } = settings;
  const env = await make(environment);
  try {
    const { observationSpace, actionSpace } = env;
    return {
      random: await evaluate('random', createRandomPolicy({ environment, observationSpace, actionSpace }), env, input),
      expert: await evaluate('expert', await loadPolicy(join(directory, names.expert), { environment }), env, input),
      clone: await evaluate('clone', await loadPolicy(join(directory, names.clone), { environment }), env, input),
    };
  } finally {
    env.close();
  }
}

async function evaluate(name: string, policy: Policy, env: AnyEnv, input: StageInput): Promise<PolicyReturns> {
  const { settings, context, signal } = input;
  const progress = context.startProgress({ label: name, total: settings.episodes, unit: 'episodes' });
  const { mean, std, episodes, returns, lengths, stopped } = await evaluatePolicy(policy, env, {
    episodes: settings.episodes,
    seed: stageSeeds(settings).evaluation,
    onEpisode: (episode) => progress.update(episode.finished, { return: episode.return }),
    signal,
  });
  progress.stop();
  if (stopped) throw new Interrupted('Stopped the evaluation');
  return { mean, std, episodes, returns, lengths };
}
