import { readFileSync } from 'node:fs';
import { checkEnv, make, makeVector } from '@understudy/gym';
import { expect, test } from 'vitest';
import { CartPoleEnv, type CartPoleOptions } from './cart-pole-env.ts';
import './register.ts';

/** Episodes of Gymnasium, stepped on after the fall: action, state, reward, terminated. */
interface Fixture {
  episodes: {
    seed: number;
    kwargs: { sutton_barto_reward?: boolean };
    options: Record<string, number> | null;
    start: number[];
    steps: [number, number[], number, boolean][];
  }[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('./fixtures/CartPole-v1.json', import.meta.url), 'utf8'));

test('episodes equal those of Gymnasium, and go on after the fall as there', () => {
  for (const { seed, kwargs, options, start, steps } of fixture.episodes) {
    const env = new CartPoleEnv({ suttonBartoReward: kwargs.sutton_barto_reward });
    const { observation, info } = env.reset({ seed, options: options ?? undefined });
    expect([...observation]).toEqual([...Float32Array.from(start)]);
    expect([...env.state]).toEqual(start);
    expect(info).toEqual({});
    for (const [action, state, reward, terminated] of steps) {
      const step = env.step(action);
      expect(step).toMatchObject({ reward, terminated, truncated: false, info: {} });
      // Sines of other libraries differ in the last bit, and the episode adds up.
      state.forEach((value, i) => {
        expect(Math.abs(env.state[i] - value)).toBeLessThan(1e-12);
      });
      expect(step.observation).toEqual(Float32Array.from(env.state));
    }
    env.close();
  }
  expect(fixture.episodes.filter(({ steps }) => steps.some((step) => step[3]))).toHaveLength(3);
});

test('the spaces are those of Gymnasium', () => {
  const env = new CartPoleEnv();
  expect([...env.observationSpace.high]).toEqual([...Float32Array.of(4.8, Infinity, 0.41887903, Infinity)]);
  expect([...env.observationSpace.low]).toEqual([...env.observationSpace.high].map((bound) => -bound));
  expect(env.observationSpace.dtype).toBe('float32');
  expect(env.actionSpace.toString()).toBe('Discrete(2)');
  expect(env.metadata.renderFps).toBe(50);
});

test('pushing under the pole balances it to the time limit', async () => {
  const env = await make<Float32Array, number>('CartPole-v1');
  let { observation } = env.reset({ seed: 3 });
  let steps = 0;
  for (let over = false; !over; steps++) {
    const [place, speed, angle, spin] = observation;
    const step = env.step(angle + 0.3 * spin + 0.05 * place + 0.1 * speed > 0 ? 1 : 0);
    ({ observation } = step);
    over = step.terminated || step.truncated;
    expect(step.terminated).toBe(false);
  }
  expect(steps).toBe(500);
  env.close();
});

test('a cart beyond its rail ends the episode on either side', () => {
  const env = new CartPoleEnv();
  for (const side of [-1, 1]) {
    env.reset({ seed: 0 });
    env.state.set([2.39 * side, side, 0, 0]);
    expect(env.step(0)).toMatchObject({ reward: 1, terminated: true });
  }
});

test('a restored state goes on bit by bit, with the reset after it', () => {
  const env = new CartPoleEnv();
  env.reset({ seed: 4 });
  for (let i = 0; i < 5; i++) env.step(i % 2);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = (each: CartPoleEnv) => [
    ...Array.from({ length: 40 }, (_, i) => each.step(+(i % 3 === 0))),
    each.reset(),
  ];
  const first = goOn(env);
  const other = new CartPoleEnv();
  other.restoreState(state);
  expect(goOn(other)).toEqual(first);
});

test('copies step together', async () => {
  const envs = await makeVector('CartPole-v1', { count: 3, seed: 7 });
  const single = new CartPoleEnv();
  expect([...envs.observations.subarray(4, 8)]).toEqual([...single.reset({ seed: 8 }).observation]);
  envs.step(Float32Array.of(0, 1, 0));
  expect([...envs.observations.subarray(4, 8)]).toEqual([...single.step(1).observation]);
  envs.close();
});

test('wrong inputs are refused', () => {
  const env = new CartPoleEnv();
  expect(() => env.step(0)).toThrow('CartPole-v1 was stepped before its first reset');
  env.reset();
  for (const action of [2, -1, 0.5, Number.NaN]) expect(() => env.step(action)).toThrow(`or 1 (right), got ${action}`);
  expect(() => env.reset({ options: { low: 1 } })).toThrow('got the bounds low 1 and high 0.05');
  expect(() => env.reset({ options: { high: Number.NaN } })).toThrow('expected finite numbers in order');
  expect(() => new CartPoleEnv({ suttonBartoRewards: true } as CartPoleOptions)).toThrow('did you mean');
  expect(() => new CartPoleEnv({ suttonBartoReward: 1 as unknown as boolean })).toThrow('is 1, expected true or false');
  env.close();
  for (const call of [() => env.reset(), () => env.step(0), () => env.render(), () => env.saveState()]) {
    expect(call).toThrow('CartPole-v1 is closed; make a new one');
  }
});

test('CartPole-v1 keeps the contract of environments', async () => {
  expect(checkEnv(await make('CartPole-v1'))).toEqual([]);
});

test('the picture shows the cart where it is and the pole as it leans', () => {
  const env = new CartPoleEnv();
  env.reset({ seed: 1 });
  /** Mean column of the pixels nearest to a colour, in a picture of 100 pixels a metre. */
  const columnOf = (color: readonly number[]) => {
    const { width, data } = env.render({ width: 560, height: 250 });
    let [sum, count] = [0, 0];
    for (let i = 0; i < data.length; i += 3) {
      const distance = color.reduce((most, value, c) => Math.max(most, Math.abs(value - data[i + c])), 0);
      if (distance > 2) continue;
      sum += (i / 3) % width;
      count++;
    }
    return sum / count;
  };
  const cart = [38, 50, 66];
  const pole = [202, 152, 101];
  env.state.set([0, 0, 0, 0]);
  expect(columnOf(cart)).toBeCloseTo(280, -0.5);
  expect(columnOf(pole)).toBeCloseTo(280, -0.5);
  env.state.set([1, 0, 0, 0]);
  expect(columnOf(cart)).toBeCloseTo(380, -0.5);
  env.state.set([0, 0, 0.2, 0]);
  expect(columnOf(pole)).toBeGreaterThan(285);
  expect(env.render().data.length).toBe(600 * 400 * 3);
  expect(() => env.render({ camera: 'side' })).toThrow('has no cameras');
  expect(() => env.render({ width: 1 })).toThrow('16 to 4096');
});
