import { InputError } from '@understudy/errors';
import type { Env, Info, StepResult } from '@understudy/gym';
import { BaseMujocoEnv } from '../base-mujoco-env.ts';
import { parseReference, type Reference, type ReferenceState, type ReferenceStep } from './reference-file.ts';

/** How far an environment is from a reference: largest absolute differences over all steps and resets. */
export interface ReferenceCheck {
  id: string;
  engine: string;
  steps: number;
  maxError: { observation: number; reward: number; qpos: number; qvel: number };
  /** Whether `terminated` and `truncated` are the reference's at every step. */
  flagsEqual: boolean;
  /** Largest difference of `reset({ seed })`: qpos, qvel and observation. */
  resetError: number;
}

/** The environment under check; wrappers that leave observations and actions alone may be around it. */
type CheckedEnv = Env<unknown, Float32Array>;

/**
 * Holds an environment against a reference, one step at a time: each step starts from the reference's own state, so
 * that differences don't add up.
 *
 * @param reference - A parsed reference file ({@link readJsonFile}).
 * @param env - The environment that the reference was recorded from, made with the engine to check.
 * @throws InputError if the reference is malformed or belongs to another environment.
 */
export function checkAgainstReference(reference: unknown, env: CheckedEnv): ReferenceCheck {
  const { parsed, inner } = prepare(reference, env);
  const check: ReferenceCheck = {
    id: env.id,
    engine: inner.engine.name,
    steps: 0,
    maxError: { observation: 0, reward: 0, qpos: 0, qvel: 0 },
    flagsEqual: true,
    resetError: 0,
  };
  const raise = (field: keyof ReferenceCheck['maxError'], error: number) => {
    check.maxError[field] = larger(check.maxError[field], error);
  };
  for (const { seed, reset, steps } of parsed.episodes) {
    const { observation } = env.reset(seed === undefined ? {} : { seed });
    const { qpos, qvel } = inner.simulation;
    const compared = [
      [qpos, reset.qpos],
      [qvel, reset.qvel],
      [observation, reset.obs],
    ];
    // Without a seed the start was drawn elsewhere; the first step sets it.
    for (const [actual, expected] of seed === undefined ? [] : compared) {
      check.resetError = larger(check.resetError, difference(actual, expected));
    }
    for (const step of steps) {
      const result = replay(env, inner, step);
      raise('observation', difference(result.observation, step.obs));
      raise('reward', difference(result.reward, step.reward));
      raise('qpos', difference(inner.simulation.qpos, step.after.qpos));
      raise('qvel', difference(inner.simulation.qvel, step.after.qvel));
      check.flagsEqual &&= result.terminated === step.terminated && result.truncated === (step.truncated ?? false);
      check.steps++;
      // Wrappers refuse a step after an end that only we see.
      if (result.terminated || result.truncated) env.reset();
    }
  }
  return check;
}

/**
 * The largest difference of the numbers in `info` over all resets and steps; infinite if a key is missing, too many, or
 * of another kind.
 */
export function compareInfoWithReference(reference: unknown, env: CheckedEnv): number {
  const { parsed, inner } = prepare(reference, env);
  const keys = (info: Info) => Object.keys(info).sort().join();
  let error = 0;
  for (const { seed, reset, steps } of parsed.episodes) {
    const first = env.reset(seed === undefined ? {} : { seed });
    const compared: [actual: Info, expected: Info][] = [[first.info, reset.info ?? {}]];
    for (const step of steps) {
      const result = replay(env, inner, step);
      compared.push([result.info, step.info ?? {}]);
      if (result.terminated || result.truncated) env.reset();
    }
    for (const [actual, expected] of compared) {
      error = larger(error, keys(actual) === keys(expected) ? difference(actual, expected) : Number.POSITIVE_INFINITY);
    }
  }
  return error;
}

function prepare(reference: unknown, env: CheckedEnv): { parsed: Reference; inner: BaseMujocoEnv<unknown> } {
  const parsed = parseReference(reference);
  if (parsed.meta.env !== env.id) {
    throw new InputError(`the reference is of ${parsed.meta.env}, the environment is ${env.id}; check like with like`);
  }
  const inner: unknown = env.unwrapped;
  if (!(inner instanceof BaseMujocoEnv)) {
    throw new InputError(`${env.id} isn't a MuJoCo environment, so a reference can't set its state`);
  }
  return { parsed, inner };
}

/** Puts the simulator where the reference's step began and takes that step. */
function replay(env: CheckedEnv, inner: BaseMujocoEnv<unknown>, step: ReferenceStep): StepResult<unknown> {
  setSimulatorState(inner, step.before);
  return env.step(Float32Array.from(step.action));
}

/**
 * Sets the state alone. What follows from it (places of bodies, inertias) stays as the step before has left it, a
 * fraction of a step behind, just as it was in the recording; tasks that read it before they step depend on that.
 */
function setSimulatorState({ id, simulation }: BaseMujocoEnv<unknown>, state: ReferenceState): void {
  const { qpos, qvel } = simulation;
  if (state.qpos.length !== qpos.length || state.qvel.length !== qvel.length) {
    throw new InputError(
      `the reference's states have ${state.qpos.length} positions and ${state.qvel.length} velocities, ${id} has ` +
        `${qpos.length} and ${qvel.length}; check it against the model that it was recorded from`,
    );
  }
  if (state.mocap_pos) simulation.mocap_pos.set(state.mocap_pos.flat());
  if (state.mocap_quat) simulation.mocap_quat.set(state.mocap_quat.flat());
  qpos.set(state.qpos);
  qvel.set(state.qvel);
  if (state.qacc_warmstart) simulation.qacc_warmstart.set(state.qacc_warmstart);
}

/** The largest absolute difference of all numbers in two values of the same shape; infinite if the shapes differ. */
function difference(actual: unknown, expected: unknown): number {
  if (typeof actual === 'number' && typeof expected === 'number') return Math.abs(actual - expected);
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    return actual === expected ? 0 : Number.POSITIVE_INFINITY;
  }
  const names = Object.keys(expected);
  if (names.length !== Object.keys(actual).length) return Number.POSITIVE_INFINITY;
  const items = (value: object, name: string) => (value as Record<string, unknown>)[name];
  return names.reduce((most, name) => larger(most, difference(items(actual, name), items(expected, name))), 0);
}

/** Like Math.max, but no comparison hides a NaN: it counts as infinite. */
function larger(a: number, b: number): number {
  return Number.isNaN(b) ? Number.POSITIVE_INFINITY : Math.max(a, b);
}
