import { checkEnv, make, makeVector } from '@understudy/gym';
import { expect, test } from 'vitest';
import { CirclesEnv, type CirclesOptions, circleRadii, circlesExpert } from './index.ts';

type Policy = (observation: Float32Array, action: Float32Array) => void;

/** Returns of `episodes` episodes of 1000 steps on circle `mode`. */
function returns(mode: number, episodes: number, policy: Policy): number[] {
  const env = new CirclesEnv({ mode });
  const observation = new Float32Array(10);
  const action = new Float32Array(2);
  return Array.from({ length: episodes }, (_, episode) => {
    env.reset({ seed: 1000 * mode + episode });
    observation.fill(0);
    let total = 0;
    for (let t = 0; t < 1000; t++) {
      policy(observation, action);
      const { reward, terminated } = env.stepInto(action, observation, 0);
      total += reward;
      if (terminated) break;
    }
    return total;
  });
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Four standard errors of a mean. */
function margin(values: number[]): number {
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return 4 * Math.sqrt(variance / values.length);
}

test('the expert scores 998.3, and on every circle what its noise allows', () => {
  const scores = circleRadii.map((radius, mode) => {
    const scored = returns(mode, 20, (observation, action) => circlesExpert(mode, observation, action));
    // It corrects every error, so each step's radial error is one normal draw: E exp(-10 e^2 / r^2).
    const expected = 1000 / Math.sqrt(1 + (20 * 0.15 ** 2) / radius ** 2);
    expect(Math.abs(mean(scored) - expected)).toBeLessThan(margin(scored) + 0.02);
    return mean(scored);
  });
  expect(Math.abs(mean(scores) - 998.3)).toBeLessThan(0.3);
});

test('doing nothing, acting at random and following another circle score what they should', () => {
  const idle = circleRadii.map((_, mode) => returns(mode, 100, (_observation, action) => action.fill(0)));
  for (const [mode, expected] of [650, 600, 820].entries()) {
    expect(Math.abs(mean(idle[mode]) - expected)).toBeLessThan(margin(idle[mode]) + 30);
  }
  const random = circleRadii.map((_, mode) => {
    const { actionSpace } = new CirclesEnv();
    actionSpace.seed(mode);
    return mean(returns(mode, 60, (_observation, action) => action.set(actionSpace.sample())));
  });
  expect(Math.abs(mean(random) - 173)).toBeLessThan(30);
  for (let mode = 0; mode < 3; mode++) {
    for (const other of [(mode + 1) % 3, (mode + 2) % 3]) {
      const score = mean(returns(mode, 3, (observation, action) => circlesExpert(other, observation, action)));
      expect(score).toBeGreaterThan(100);
      expect(score).toBeLessThan(480);
    }
  }
});

test('the observation holds the last five positions, oldest first, and the noise is 0.15', () => {
  const env = new CirclesEnv({ mode: 0 });
  expect([...env.reset({ seed: 2 }).observation]).toEqual(Array(10).fill(0));
  const positions: number[][] = Array.from({ length: 5 }, () => [0, 0]);
  const noises: number[] = [];
  for (let t = 0; t < 4000; t++) {
    const [x, y] = positions[positions.length - 1];
    const action = Float32Array.of(t % 2 === 0 ? 0.75 : -0.75, t % 2 === 0 ? -0.5 : 0.5);
    const { observation } = env.step(action);
    noises.push(observation[8] - x - action[0], observation[9] - y - action[1]);
    positions.push([observation[8], observation[9]]);
    if (t < 12) expect([...observation]).toEqual(positions.slice(-5).flat());
  }
  expect(Math.abs(mean(noises))).toBeLessThan(margin(noises));
  expect(Math.sqrt(mean(noises.map((noise) => noise * noise)))).toBeCloseTo(0.15, 2);
});

test('the mode is hidden, drawn evenly, and chosen by options', () => {
  const env = new CirclesEnv();
  env.reset({ seed: 0 });
  const counts = [0, 0, 0];
  for (let i = 0; i < 3000; i++) counts[env.reset().info.mode as number] += 1;
  // Within four standard deviations of a third.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt((3000 * 2) / 9));
  const observed = [0, 1, 2].map((mode) => {
    expect(env.reset({ seed: 5, options: { mode } }).info).toEqual({ mode });
    const { observation, reward, info } = env.step(Float32Array.of(1, 1));
    expect(reward).toBe((info.mode_rewards as Float64Array)[mode]);
    return { observation, rewards: info.mode_rewards as Float64Array };
  });
  expect(observed[1]).toEqual(observed[0]);
  expect(observed[2]).toEqual(observed[0]);
  const [x, y] = observed[0].observation.subarray(8);
  for (const [mode, radius] of circleRadii.entries()) {
    const share = (Math.hypot(x, y - radius) - Math.abs(radius)) / radius;
    expect(observed[0].rewards[mode]).toBeCloseTo(Math.exp(-10 * share ** 2), 12);
  }
  expect(new CirclesEnv({ mode: 2 }).reset({ seed: 5 }).info.mode).toBe(2);
});

test('actions are clipped to the box', () => {
  const env = new CirclesEnv({ mode: 1 });
  const positions = [
    [1.5, -1.5],
    [9, -2],
  ].map((action) => {
    env.reset({ seed: 1 });
    return env.step(Float32Array.from(action)).observation;
  });
  expect(positions[1]).toEqual(positions[0]);
});

test('leaving the plane ends the episode, at 30 sideways and at 60 upwards', () => {
  const env = new CirclesEnv({ mode: 1 });
  for (const [dx, dy, axis, limit] of [
    [1.5, 0, 0, 30],
    [-1.5, 0, 0, 30],
    [0, 1.5, 1, 60],
    [0, -1.5, 1, 60],
  ]) {
    env.reset({ seed: 3 });
    let step = env.step(Float32Array.of(dx, dy));
    for (; !step.terminated; step = env.step(Float32Array.of(dx, dy))) {
      expect(Math.abs(step.observation[8 + axis])).toBeLessThanOrEqual(limit);
    }
    expect(Math.abs(step.observation[8 + axis])).toBeGreaterThan(limit);
  }
});

test('the expert goes round with a turn in a hundred steps and its action stays in the box', () => {
  for (const [mode, radius] of circleRadii.entries()) {
    const observation = new Float64Array(10);
    for (let t = 0; t < 100; t++) {
      const [dx, dy] = circlesExpert(mode, observation);
      observation[8] += dx;
      observation[9] += dy;
      if (t === 24) expect(Math.hypot(observation[8] - radius, observation[9] - radius)).toBeLessThan(1e-4);
    }
    expect(Math.hypot(observation[8], observation[9])).toBeLessThan(1e-4);
    for (const far of [
      [25, 50],
      [0, radius],
      [-3, 0],
    ]) {
      const action = circlesExpert(mode, [...Array(8).fill(0), ...far]);
      expect(Math.max(Math.abs(action[0]), Math.abs(action[1]))).toBeLessThanOrEqual(1.5);
      expect(action.every(Number.isFinite)).toBe(true);
    }
  }
});

test('a restored state goes on bit by bit, with its mode', () => {
  const env = new CirclesEnv();
  env.reset({ seed: 9 });
  for (let i = 0; i < 7; i++) env.step(Float32Array.of(1, -0.5));
  const saved = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = (each: CirclesEnv) => [
    ...Array.from({ length: 20 }, () => each.step(Float32Array.of(-1, 1))),
    each.reset(),
  ];
  const other = new CirclesEnv();
  other.restoreState(saved);
  expect(goOn(other)).toEqual(goOn(env));
});

test('copies that step together give the numbers of single ones', async () => {
  const envs = await makeVector('Circles-v0', { count: 3, seed: 7 });
  const single = new CirclesEnv();
  expect(single.reset({ seed: 8 }).info).toEqual(envs.resetInfos[1]);
  for (let t = 0; t < 10; t++) {
    envs.step(Float32Array.of(1, 0, 0.5, -1, 0, 0));
    const { observation, reward } = single.step(Float32Array.of(0.5, -1));
    expect([...envs.observations.subarray(10, 20)]).toEqual([...Float32Array.from(observation)]);
    expect(envs.rewards[1]).toBe(reward);
  }
  envs.close();
});

test('the picture shows the path', () => {
  const env = new CirclesEnv({ mode: 0 });
  env.reset({ seed: 0 });
  const before = env.render({ width: 60, height: 50 });
  expect([before.width, before.height, before.data.length]).toEqual([60, 50, 9000]);
  for (let i = 0; i < 150; i++) env.step(Float32Array.of(i < 75 ? 0.2 : -0.2, 0));
  const after = env.render({ width: 60, height: 50 });
  expect(after.data).not.toEqual(before.data);
  env.reset({ seed: 0 });
  expect(env.render({ width: 60, height: 50 }).data).toEqual(before.data);
});

test('wrong inputs are refused', () => {
  const env = new CirclesEnv();
  expect(() => env.step(new Float32Array(2))).toThrow('Circles-v0 was stepped before its first reset');
  env.reset();
  for (const action of [[0], [0, 0, 0], [Number.NaN, 0], [0, Number.POSITIVE_INFINITY]]) {
    expect(() => env.step(Float32Array.from(action))).toThrow('an action of Circles-v0 is two finite numbers');
  }
  for (const mode of [3, -1, 0.5, Number.NaN, '1']) {
    expect(() => new CirclesEnv({ mode: mode as number })).toThrow(`is ${mode}, expected a whole number from 0 to 2`);
    expect(() => env.reset({ options: { mode } })).toThrow('reset option mode of Circles-v0');
  }
  expect(() => new CirclesEnv({ mod: 1 } as CirclesOptions)).toThrow('did you mean "mode"?');
  expect(() => env.reset({ options: { circle: 1 } })).toThrow('no reset option "circle"; it takes mode');
  env.close();
  for (const call of [() => env.reset(), () => env.step(new Float32Array(2)), () => env.render()]) {
    expect(call).toThrow('Circles-v0 is closed; make a new one');
  }
});

test('Circles-v0 keeps the contract of environments', async () => {
  expect(checkEnv(await make('Circles-v0'))).toEqual([]);
});
