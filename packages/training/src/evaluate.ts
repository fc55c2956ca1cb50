import type { Info, VectorEnv } from '@understudy/gym';
import type { Generator } from '@understudy/random';
import { yieldToEvents } from './event-loop.ts';
import type { AnyEnv } from './flat-env.ts';
import { actionFromFlat, actionSizeOf, checkPolicyFits, checkPositiveInteger, checkSeed } from './flat-env.ts';
import type { ActOptions, Policy } from './policy.ts';
import { actionGenerator } from './seeding.ts';

/** One step of an evaluation in a single environment; its arrays are overwritten by the next step. */
export interface EvaluationStep {
  /** The environment, to read its state or draw it; just stepped. */
  env: AnyEnv;
  /** Number of the episode, from 0. */
  episode: number;
  /** Number of the step inside its episode, from 0. */
  step: number;
  /** `[observationSize]`: what the action was chosen for. */
  observation: Float64Array;
  /** `[actionSize]` */
  action: Float32Array;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  /** What the environment told beside its observation. */
  info: Info;
}

/** Arguments of {@link evaluatePolicy}. */
export interface EvaluationOptions {
  /** How many whole episodes to run. */
  episodes: number;
  /** Seeds the environment's first reset and the policy's samples. */
  seed: number;
  /** Take the mode of the policy's distribution; true by default. */
  deterministic?: boolean;
  /** Called after every step; single environments only. */
  onStep?(step: EvaluationStep): void;
  /** Called after every finished episode, in the order they finish. */
  onEpisode?(episode: { finished: number; episodes: number; return: number; length: number }): void;
  /** When it aborts, the evaluation returns the episodes finished so far. */
  signal?: AbortSignal;
}

/** What {@link evaluatePolicy} measured: undiscounted returns of the raw rewards. */
export interface Evaluation {
  /** `[episodes]` */
  returns: number[];
  /** Steps of each episode. */
  lengths: number[];
  episodes: number;
  /** Mean of {@link returns}; NaN without a finished episode. */
  mean: number;
  /** Standard deviation of {@link returns} (divided by the number of episodes). */
  std: number;
  /**
   * Share of the episodes whose last step's info says `is_success` or `success`, as goal environments do; undefined
   * where none says it, and for vector environments, whose steps build no infos.
   */
  successRate?: number;
  /** True when the signal ended the evaluation early. */
  stopped: boolean;
}

/** Steps between two turns of the event loop, so that an abort is noticed. */
const stepsPerTurn = 2048;

/**
 * Runs a policy for whole episodes and measures their returns. Same policy, environment and seed: same returns.
 *
 * In a vector environment each sub-environment contributes its first episodes, an equal share each, so that short
 * episodes are not over-represented; give it in an autoreset mode.
 *
 * @throws InputError when the policy doesn't fit the environment or an option is out of range.
 */
export async function evaluatePolicy(
  policy: Policy,
  env: AnyEnv | VectorEnv,
  options: EvaluationOptions,
): Promise<Evaluation> {
  checkPositiveInteger('episodes', options.episodes);
  checkSeed(options.seed);
  const act = { deterministic: options.deterministic ?? true, generator: actionGenerator(options.seed) };
  return 'count' in env ? evaluateVector(policy, env, options, act) : evaluateSingle(policy, env, options, act);
}

/** Mean and standard deviation (divided by the count). */
export function summarizeReturns(returns: readonly number[]): { mean: number; std: number } {
  let sum = 0;
  for (const value of returns) sum += value;
  const mean = sum / returns.length;
  let squares = 0;
  for (const value of returns) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / returns.length) };
}

/** @param successes - 1 or 0 of each episode that told it. */
function evaluation(returns: number[], lengths: number[], stopped: boolean, successes: number[] = []): Evaluation {
  const summary = { returns, lengths, episodes: returns.length, ...summarizeReturns(returns), stopped };
  return successes.length === 0 ? summary : { ...summary, successRate: summarizeReturns(successes).mean };
}

async function evaluateSingle(
  policy: Policy,
  env: AnyEnv,
  options: EvaluationOptions,
  act: ActOptions & { generator: Generator },
): Promise<Evaluation> {
  const { episodes, seed, onStep, onEpisode, signal } = options;
  const size = env.observationSpace.flatSize;
  checkPolicyFits(policy, env.id, size, actionSizeOf(env.actionSpace));
  const observation = new Float64Array(size);
  const returns: number[] = [];
  const lengths: number[] = [];
  const successes: number[] = [];
  let untilTurn = stepsPerTurn;
  for (let episode = 0; episode < episodes; episode++) {
    env.observationSpace.flattenInto(env.reset(episode === 0 ? { seed } : {}).observation, observation, 0);
    let episodeReturn = 0;
    let step = 0;
    for (let ended = false; !ended; step++) {
      if (--untilTurn === 0) {
        await yieldToEvents();
        untilTurn = stepsPerTurn;
      }
      if (signal?.aborted) return evaluation(returns, lengths, true, successes);
      const action = policy.act(observation, act);
      const result = env.step(actionFromFlat(env.actionSpace, action));
      const { reward, terminated, truncated, info } = result;
      episodeReturn += reward;
      ended = terminated || truncated;
      const success = info.is_success ?? info.success;
      if (ended && success !== undefined) successes.push(Number(success));
      onStep?.({ env, episode, step, observation, action, reward, terminated, truncated, info });
      env.observationSpace.flattenInto(result.observation, observation, 0);
    }
    returns.push(episodeReturn);
    lengths.push(step);
    onEpisode?.({ finished: returns.length, episodes, return: episodeReturn, length: step });
  }
  return evaluation(returns, lengths, false, successes);
}

async function evaluateVector(
  policy: Policy,
  env: VectorEnv,
  options: EvaluationOptions,
  act: ActOptions,
): Promise<Evaluation> {
  const { episodes, seed, onEpisode, signal } = options;
  const { count } = env;
  checkPolicyFits(policy, env.id, env.observationSize, env.actionSize);
  const actions = new Float32Array(count * env.actionSize);
  const runningReturns = new Float64Array(count);
  const runningLengths = new Uint32Array(count);
  const share = Array.from({ length: count }, (_, index) => Math.floor((episodes + index) / count));
  const perEnv: { return: number; length: number }[][] = Array.from({ length: count }, () => []);
  let finished = 0;
  env.reset({ seed });
  for (let step = 1; finished < episodes && !signal?.aborted; step++) {
    if (step % Math.max(1, Math.floor(stepsPerTurn / count)) === 0) await yieldToEvents();
    policy.actBatch(env.observations, count, actions, act);
    env.step(actions);
    for (let i = 0; i < count; i++) {
      if (env.wasReset[i] === 1) continue;
      runningReturns[i] += env.rewards[i];
      runningLengths[i]++;
      if (env.terminated[i] === 0 && env.truncated[i] === 0) continue;
      if (perEnv[i].length < share[i]) {
        const episode = { return: runningReturns[i], length: runningLengths[i] };
        perEnv[i].push(episode);
        finished++;
        onEpisode?.({ finished, episodes, ...episode });
      }
      runningReturns[i] = 0;
      runningLengths[i] = 0;
      if (env.autoresetMode === 'disabled') env.resetAt(i);
    }
  }
  const all = perEnv.flat();
  return evaluation(
    all.map((episode) => episode.return),
    all.map((episode) => episode.length),
    finished < episodes,
  );
}
