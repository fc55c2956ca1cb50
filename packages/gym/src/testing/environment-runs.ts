import { isInputError } from '@understudy/errors';
import { expect } from 'vitest';
import type { Env, GoalEnv, GoalObservation, StepResult } from '../env.ts';

/** An environment whose observations and actions are whatever its spaces say. */
export type AnyEnv = Env<unknown, unknown>;

/** What one step gave, and where the episode that began after it starts when it was the last of its own. */
export interface RunStep extends StepResult<unknown> {
  nextStart?: unknown;
}

/** The first actions that an environment's action space samples. */
export function sampleActions({ actionSpace }: AnyEnv, count: number, seed = 5): unknown[] {
  actionSpace.seed(seed);
  return Array.from({ length: count }, () => actionSpace.sample());
}

/** Takes the actions one after the other; an episode that ends is followed by another, without a seed. */
export function run(env: AnyEnv, actions: readonly unknown[]): RunStep[] {
  return actions.map((action) => {
    const result = env.step(action);
    return hasEnded(result) ? { ...result, nextStart: env.reset().observation } : result;
  });
}

/** Resets with a seed and takes steps until the episode ends, at most as many as there are actions. */
export function runToEnd(env: AnyEnv, seed: number, actions: readonly unknown[]): void {
  env.reset({ seed });
  for (const action of actions) if (hasEnded(env.step(action))) return;
  throw new Error(`the episode of ${env.id} went on for ${actions.length} steps`);
}

export function hasEnded({ terminated, truncated }: { terminated: boolean; truncated: boolean }): boolean {
  return terminated || truncated;
}

/** An observation as vector environments hold it: flat, float32. */
export function flatten({ observationSpace }: AnyEnv, observation: unknown): Float32Array {
  const flat = new Float32Array(observationSpace.flatSize);
  observationSpace.flattenInto(observation, flat, 0);
  return flat;
}

/** Expects that a call is refused in one sentence that tells every given word. */
export function expectRefusal(call: () => unknown, ...words: string[]): void {
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expectSentence(error, words);
}

/** The same of a promise. */
export async function expectRejection(promise: Promise<unknown>, ...words: string[]): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expectSentence(error, words);
}

function expectSentence(error: unknown, words: string[]): void {
  if (!isInputError(error)) throw new Error('expected a refusal by InputError', { cause: error });
  expect(error.message).not.toContain('\n');
  for (const word of words) expect(error.message).toContain(word);
}

/** Whether an environment's reward follows from goals, so that transitions can be relabelled. */
export function isGoalEnv(env: AnyEnv): boolean {
  return 'computeReward' in env.unwrapped;
}

/** Goals, and the rewards that their steps earned. */
export interface GoalRun {
  goalSize: number;
  /** `[steps, goalSize]` */
  achieved: Float64Array;
  /** `[steps, goalSize]` */
  desired: Float64Array;
  /** `[steps]` */
  rewards: Float64Array;
}

/** Takes steps from a seeded reset and keeps what computeReward has to explain. */
export function runGoals(env: AnyEnv, seed: number, actions: readonly unknown[]): GoalRun {
  const { goalSize } = env.unwrapped as unknown as GoalEnv;
  env.reset({ seed });
  const steps = run(env, actions);
  const goals = (name: 'achieved_goal' | 'desired_goal') =>
    Float64Array.from(steps.flatMap(({ observation }) => [...(observation as GoalObservation)[name]]));
  const rewards = Float64Array.from(steps, ({ reward }) => reward);
  return { goalSize, achieved: goals('achieved_goal'), desired: goals('desired_goal'), rewards };
}
