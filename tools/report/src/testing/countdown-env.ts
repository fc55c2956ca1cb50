import type { Env, Space } from '@understudy/gym';

/** An environment without a simulator: it observes how many steps are left, rewards that number, and ends at none. */
export function countdownEnv(steps: number): Env<unknown, unknown> & { seeds: (number | undefined)[] } {
  const seeds: (number | undefined)[] = [];
  let left = steps;
  const env: Env<unknown, unknown> & { seeds: (number | undefined)[] } = {
    id: 'Countdown-v0',
    observationSpace: line(),
    actionSpace: line(),
    metadata: { renderModes: [], renderFps: 10 },
    seeds,
    get unwrapped() {
      return env;
    },
    reset(options) {
      seeds.push(options?.seed);
      left = steps;
      return { observation: Float64Array.of(left), info: {} };
    },
    step() {
      const reward = left--;
      return {
        observation: Float64Array.of(left),
        reward,
        terminated: left === 0,
        truncated: false,
        info: { x_velocity: 0.5 },
      };
    },
    render: () => null,
    close: () => {},
  };
  return env;
}

function line(): Space {
  return {
    kind: 'box',
    flatSize: 1,
    seed: () => {},
    sample: () => Float64Array.of(0),
    contains: (value): value is unknown => value instanceof Float64Array,
    flattenInto: (value, out, offset) => out.set(value as Float64Array, offset),
    unflatten: (flat) => flat,
  };
}
