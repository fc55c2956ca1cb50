import { expect, test } from 'vitest';
import { ModeInObservation, writeModeCode } from './mode-code.ts';
import { TwoWaysEnv } from './testing/two-ways-env.ts';
import { twoWays } from './testing/two-ways-task.ts';

test('a mode that can be counted is one-hot, a speed lies in [-1, 1]', () => {
  const out = new Float32Array(4).fill(9);
  writeModeCode(twoWays.modes, 1, out, 1);
  expect([...out]).toEqual([9, 0, 1, 9]);
  const speeds = { kind: 'continuous', low: 1, high: 3, unit: 'm/s' } as const;
  const codes = [1, 2, 3].map((speed) => {
    writeModeCode(speeds, speed, out, 0);
    return out[0];
  });
  expect(codes).toEqual([-1, 0, 1]);
});

test('the code of the episode stands behind the observation, in both forms of a step', () => {
  const env = new ModeInObservation(new TwoWaysEnv(), twoWays.modes);
  const seen = new Set<string>();
  const flat = new Float32Array(3);
  for (let seed = 0; seed < 10; seed++) {
    const { observation, info } = env.reset({ seed });
    const code = info.mode === 1 ? [0, 1] : [1, 0];
    seen.add(String(code));
    expect([...observation].slice(1)).toEqual(code);
    expect([...env.step(Float32Array.of(1)).observation].slice(1)).toEqual(code);
    env.stepInto!(Float32Array.of(1), flat, 0);
    expect([...flat].slice(1)).toEqual(code);
  }
  expect(seen.size).toBe(2);
});

test('a restored state shows its own mode again', () => {
  const env = new ModeInObservation(new TwoWaysEnv(), twoWays.modes);
  env.reset({ seed: 0, options: { mode: 1 } });
  const saved = JSON.parse(JSON.stringify(env.saveState!()));
  env.reset({ seed: 1, options: { mode: 0 } });
  env.restoreState!(saved);
  expect([...env.step(Float32Array.of(0)).observation].slice(1)).toEqual([0, 1]);
});
