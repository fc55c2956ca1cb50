import { expect, test } from 'vitest';
import { Box, checkEnv, Discrete, type EnvState, make, type ResetOptions, type StepResult } from '../index.ts';
import { DriftEnv } from '../testing/drift-env.js';

const still = new Float32Array(2);

test('an environment that make made passes, and so does one with discrete actions', async () => {
  expect(checkEnv(await make('Drift-v0'))).toEqual([]);
  expect(checkEnv(await make<unknown, unknown>('Drift-v0', { discrete: true }))).toEqual([]);
});

/** Changes the result of every step. */
function stepping(change: (result: StepResult<Float64Array>) => unknown): DriftEnv {
  return new (class extends DriftEnv {
    override step(action: Float32Array): StepResult<Float64Array> {
      return { ...super.step(action), ...(change(super.step(action)) as object) };
    }
  })({ limit: 1e9 });
}

class SeedBlindEnv extends DriftEnv {
  override reset({ options }: ResetOptions = {}) {
    return super.reset({ options });
  }
}

class ConstantSeedEnv extends DriftEnv {
  override reset({ seed }: ResetOptions = {}) {
    return super.reset({ seed: seed === undefined ? undefined : 1 });
  }
}

class SharingEnv extends DriftEnv {
  override reset(options?: ResetOptions) {
    super.reset(options);
    return { observation: this.state, info: {} };
  }
}

class ForgetfulEnv extends DriftEnv {
  override saveState(): EnvState {
    return { ...super.saveState(), state: [0, 0, 0] };
  }
}

class RoundingEnv extends DriftEnv {
  override stepInto(action: Float32Array, out: Float32Array, offset: number) {
    const signals = super.stepInto(action, out, offset);
    out[offset] += 1e-3;
    return signals;
  }
}

class RestlessEnv extends DriftEnv {
  #calls = 0;
  override step(action: Float32Array): StepResult<Float64Array> {
    this.#calls += 1;
    return { ...super.step(action), reward: this.#calls };
  }
}

class SmallBoxEnv extends DriftEnv {
  override observationSpace = new Box<Float64Array>({ low: -1e-3, high: 1e-3, shape: [3], dtype: 'float64' });
}

class WrongDtypeEnv extends DriftEnv {
  override observationSpace = new Box<Float64Array>({ low: -9, high: 9, shape: [3], dtype: 'float32' as never });
}

class WrongKindEnv extends DriftEnv {
  override observationSpace = new Discrete(3) as never;
}

class OnceClosedEnv extends DriftEnv {
  override close(): void {
    if (this.closed > 0) throw new Error('already closed');
    super.close();
  }
}

class SpacelessEnv extends DriftEnv {
  override actionSpace = undefined as never;
}

test.each<[string, DriftEnv, string]>([
  ['no action space', new SpacelessEnv(), 'The environment has no actionSpace; give it a Space.'],
  ['seeds that change nothing', new SeedBlindEnv(), 'Two resets with the same seed give different observations.'],
  ['one seed for all', new ConstantSeedEnv(), 'Resets with different seeds give the same observation.'],
  [
    'shared observations',
    new SharingEnv(),
    'Two resets return observations in the same memory; give the caller its own.',
  ],
  [
    'observations outside',
    new SmallBoxEnv(),
    'The observation of reset() is not within Box(-0.001, 0.001, (3,), float64).',
  ],
  ['another dtype', new WrongDtypeEnv(), 'The observation of reset() is float64, but its space says float32.'],
  ['another kind', new WrongKindEnv(), 'The observation of reset() is not within Discrete(3).'],
  ['steps that differ', new RestlessEnv(), 'The same step after the same seeded reset gives another reward.'],
  ['a NaN reward', stepping(() => ({ reward: Number.NaN })), 'The reward of step() is NaN, not a finite number.'],
  ['a reward as text', stepping(() => ({ reward: '1' })), 'The reward of step() is 1, not a finite number.'],
  ['flags as numbers', stepping(() => ({ terminated: 0 })), 'terminated of step() is not a boolean.'],
  ['no info', stepping(() => ({ info: null })), 'The info of step() is no object.'],
  ['a NaN', stepping(() => ({ observation: new Float64Array([0, NaN, 0]) })), 'The observation of step() holds a NaN.'],
  [
    'a short one',
    stepping(() => ({ observation: new Float64Array(2) })),
    'The observation of step() has 2 numbers, not 3.',
  ],
  ['truncated at once', stepping(() => ({ truncated: true })), 'The episode is truncated after a single step.'],
  [
    'another stepInto',
    new RoundingEnv(),
    'stepInto() gives other observations, rewards or flags than step(), or writes beside its place.',
  ],
  ['states that lose', new ForgetfulEnv(), 'After restoreState() the steps differ from those after saveState().'],
  ['wrong shapes taken', new DriftEnv(), 'step() takes an action of the wrong shape; refuse it.'],
  ['NaN taken', new DriftEnv(), 'step() takes an action of NaN; refuse it.'],
  ['steps after the end', new DriftEnv({ limit: 0.3 }), "step() takes a step after the episode's end; refuse it."],
  ['close that throws', new OnceClosedEnv(), 'close() throws when called twice: already closed'],
  ['reset after close', new DriftEnv(), 'reset() works on a closed environment; refuse it.'],
  [
    'an error',
    new DriftEnv({ trouble: 'throw' }),
    'Checking resets and steps ended in an error: the simulation diverged',
  ],
])('%s is found', (_, env, sentence) => {
  expect(checkEnv(env)).toContain(sentence);
});

test('the check leaves a closed environment', async () => {
  const env = await make('Drift-v0');
  checkEnv(env);
  expect(() => env.step(still)).toThrow('Drift-v0 is closed');
});
