import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { type Findings, sameData } from './findings.ts';

type AnyEnv = Env<unknown, unknown>;

/** Checks what resets and steps return, that seeds decide them, and that saved states and `stepInto` repeat them. */
export function checkEpisodes(env: AnyEnv, findings: Findings, seed: number): void {
  checkSeeds(env, findings, seed);
  checkedReset(env, findings, { options: {} });
  checkSteps(env, findings, seed);
  checkStepInto(env, findings, seed);
  checkSavedState(env, findings, seed);
}

function checkObservation(env: AnyEnv, findings: Findings, observation: unknown, source: string): void {
  const { observationSpace } = env;
  if (observationSpace.kind === 'box' && ArrayBuffer.isView(observation)) {
    const { dtype, shape } = observationSpace as unknown as { dtype: string; shape: readonly number[] };
    const actual = observation.constructor.name.replace('Array', '').toLowerCase();
    findings.expect(actual === dtype, `The observation of ${source} is ${actual}, but its space says ${dtype}.`);
    const numbers = observation as Float64Array;
    const size = shape.reduce((product, length) => product * length, 1);
    findings.expect(
      numbers.length === size,
      `The observation of ${source} has ${numbers.length} numbers, not ${size}.`,
    );
    findings.expect(!numbers.some(Number.isNaN), `The observation of ${source} holds a NaN.`);
  }
  findings.expect(
    observationSpace.contains(observation),
    `The observation of ${source} is not within ${observationSpace}.`,
  );
}

function checkedReset(env: AnyEnv, findings: Findings, options?: ResetOptions): ResetResult<unknown> {
  const result = env.reset(options);
  const returns = typeof result === 'object' && result !== null && 'observation' in result;
  findings.expect(returns, 'reset() returns no object with an observation and an info.');
  if (!returns) throw new Error('reset() can not be checked further.');
  findings.expect(isPlainObject(result.info), 'The info of reset() is no object.');
  checkObservation(env, findings, result.observation, 'reset()');
  return result;
}

function checkedStep(env: AnyEnv, findings: Findings, action: unknown): StepResult<unknown> {
  const result = env.step(action);
  const { observation, reward, terminated, truncated, info } = result;
  checkObservation(env, findings, observation, 'step()');
  findings.expect(Number.isFinite(reward), `The reward of step() is ${reward}, not a finite number.`);
  findings.expect(typeof terminated === 'boolean', 'terminated of step() is not a boolean.');
  findings.expect(typeof truncated === 'boolean', 'truncated of step() is not a boolean.');
  findings.expect(isPlainObject(info), 'The info of step() is no object.');
  return result;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkSeeds(env: AnyEnv, findings: Findings, seed: number): void {
  checkedReset(env, findings);
  const first = checkedReset(env, findings, { seed });
  const second = checkedReset(env, findings);
  const firstAgain = checkedReset(env, findings, { seed });
  const secondAgain = checkedReset(env, findings);
  const other = checkedReset(env, findings, { seed: seed + 1 });
  const same = (a: ResetResult<unknown>, b: ResetResult<unknown>) => sameData(a.observation, b.observation);
  findings.expect(same(first, firstAgain), 'Two resets with the same seed give different observations.');
  findings.expect(
    same(second, secondAgain),
    'Two resets with the same seed, followed by resets without one, give different observations.',
  );
  findings.expect(
    !sharesMemory(first.observation, firstAgain.observation),
    'Two resets return observations in the same memory; give the caller its own.',
  );
  const resetsAreRandom = !same(first, second);
  findings.expect(!resetsAreRandom || !same(first, other), 'Resets with different seeds give the same observation.');
}

function sharesMemory(a: unknown, b: unknown): boolean {
  return ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && a.buffer === b.buffer && a.byteOffset === b.byteOffset;
}

/** The first actions that the action space samples. */
function sampleActions(env: AnyEnv, seed: number, count: number): unknown[] {
  env.actionSpace.seed(seed);
  return Array.from({ length: count }, () => env.actionSpace.sample());
}

function checkSteps(env: AnyEnv, findings: Findings, seed: number): void {
  const [action] = sampleActions(env, seed, 1);
  const [one, other] = [0, 0].map(() => {
    env.reset({ seed });
    return checkedStep(env, findings, action);
  });
  for (const part of ['observation', 'reward', 'terminated', 'truncated', 'info'] as const) {
    const same = sameData(one[part], other[part]);
    findings.expect(same, `The same step after the same seeded reset gives another ${part}.`);
  }
  findings.expect(!one.truncated, 'The episode is truncated after a single step.');
  findings.expect(
    !sharesMemory(one.observation, other.observation),
    'Two steps return observations in the same memory; give the caller its own.',
  );
}

/** Steps until the actions or the episode end. */
function episode<T extends { terminated: boolean; truncated: boolean }>(
  actions: unknown[],
  step: (a: unknown) => T,
): T[] {
  const results: T[] = [];
  for (const action of actions) {
    const result = step(action);
    results.push(result);
    if (result.terminated || result.truncated) break;
  }
  return results;
}

function checkStepInto(env: AnyEnv, findings: Findings, seed: number): void {
  if (!env.stepInto) return;
  const size = env.observationSpace.flatSize;
  const actions = sampleActions(env, seed, 10);
  env.reset({ seed });
  const expected = episode(actions, (action) => {
    const { observation, ...signals } = env.step(action);
    const flat = new Float32Array(size + 2).fill(7);
    env.observationSpace.flattenInto(observation, flat, 1);
    return { ...signals, flat };
  });
  env.reset({ seed });
  const actual = episode(actions, (action) => {
    const flat = new Float32Array(size + 2).fill(7);
    const { reward, terminated, truncated } = env.stepInto!(action, flat, 1);
    return { flat, reward, terminated, truncated };
  });
  const same = expected.every(({ info: _, ...step }, i) => sameData({ ...step }, { ...actual[i] }));
  findings.expect(
    same,
    'stepInto() gives other observations, rewards or flags than step(), or writes beside its place.',
  );
}

function checkSavedState(env: AnyEnv, findings: Findings, seed: number): void {
  if (!env.saveState || !env.restoreState) return;
  const [before, ...actions] = sampleActions(env, seed, 10);
  env.reset({ seed });
  const { terminated, truncated } = env.step(before);
  if (terminated || truncated) return;
  const saved = JSON.parse(JSON.stringify(env.saveState()));
  const continued = episode(actions, (action) => env.step(action));
  const nextStart = env.reset().observation;
  env.restoreState(saved);
  const again = episode(actions, (action) => env.step(action));
  const nextStartAgain = env.reset().observation;
  findings.expect(sameData(continued, again), 'After restoreState() the steps differ from those after saveState().');
  findings.expect(
    sameData(nextStart, nextStartAgain),
    'After restoreState() the next reset differs from the one after saveState().',
  );
}
