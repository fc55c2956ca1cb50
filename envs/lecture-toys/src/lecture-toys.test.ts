import { checkEnv, type Env, make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import {
  BimodalActionEnv,
  bimodalExpert,
  HiddenVelocityEnv,
  hiddenVelocityExpert,
  IntegratorTrackEnv,
  integratorTrackExpert,
  RecallEnv,
  RecallExpert,
} from './index.ts';

test('either expert action earns 1, their mean nothing, and both come up equally often', () => {
  for (const dimensions of [1, 2]) {
    const env = new BimodalActionEnv({ dimensions });
    const generator = defaultRng(dimensions);
    let ones = 0;
    for (let i = 0; i < 400; i++) {
      env.reset();
      const action = bimodalExpert(generator, new Float32Array(dimensions));
      if (action[0] === 1) ones += 1;
      expect(new Set(action).size).toBe(1);
      expect(env.step(action)).toMatchObject({ reward: 1, terminated: true });
    }
    expect(Math.abs(ones - 200)).toBeLessThan(40);
    env.reset();
    expect(env.step(new Float32Array(dimensions)).reward).toBe(0);
  }
  const env = new BimodalActionEnv({ dimensions: 2 });
  env.reset();
  // Each number is right on its own, the pair is not.
  expect(env.step(Float32Array.of(1, -1)).reward).toBe(-1);
});

/** Steps off the track in `episodes` episodes of `horizon` steps, a step of an episode on average. */
function cost(horizon: number, episodes: number, slip: number, policy: (observation: Float32Array) => Float32Array) {
  const env = new IntegratorTrackEnv({ slip });
  const observation = new Float32Array(2);
  let total = 0;
  env.reset({ seed: horizon });
  for (let episode = 0; episode < episodes; episode++) {
    if (episode > 0) env.reset();
    observation.fill(0);
    for (let t = 0; t < horizon; t++) total -= env.stepInto(policy(observation), observation, 0).reward;
  }
  return total / episodes;
}

test('the cost of a slip grows with T for the expert and with T^2 for a clone that never saw the way back', () => {
  const nothing = new Float32Array(1);
  const action = new Float32Array(1);
  const slip = 2e-4;
  const clone = [50, 200].map((horizon) => cost(horizon, 3000, slip, () => nothing));
  const expert = [50, 200].map((horizon) => cost(horizon, 3000, slip, (o) => integratorTrackExpert(o, action)));
  const slope = ([short, long]: number[]) => Math.log(long / short) / Math.log(4);
  expect(Math.abs(slope(clone) - 2)).toBeLessThan(0.3);
  expect(Math.abs(slope(expert) - 1)).toBeLessThan(0.35);
  // After a slip in step t the clone is off in that step and all later ones; the expert for two.
  expect(Math.abs(clone[1] / ((slip * 200 * 201) / 2) - 1)).toBeLessThan(0.2);
  expect(Math.abs(expert[1] / (2 * slip * 200) - 1)).toBeLessThan(0.5);
});

test('the track expert stops on the track from wherever it is, and does nothing there', () => {
  const env = new IntegratorTrackEnv({ slip: 0 });
  for (const [position, velocity] of [
    [1, 1],
    [-0.4, 0.2],
    [6, -2],
    [-20, -3],
  ]) {
    env.reset();
    env.state.set([position, velocity]);
    let observation: Float64Array = env.state.slice();
    for (let t = 0; t < 120; t++) ({ observation } = env.step(integratorTrackExpert(observation)));
    expect(Math.hypot(...observation)).toBeLessThan(1e-6);
  }
  expect(integratorTrackExpert([0, 0])[0]).toBeCloseTo(0, 12);
});

test('slips replace the action at their rate, to both sides', () => {
  const env = new IntegratorTrackEnv({ slip: 0.3 });
  env.reset({ seed: 1 });
  const pushes = Array.from({ length: 4000 }, () => {
    const before = env.state[1];
    env.step(Float32Array.of(0.25));
    return env.state[1] - before;
  });
  const count = (push: number) => pushes.filter((each) => Math.abs(each - push) < 1e-9).length;
  expect(count(0.25) + count(1) + count(-1)).toBe(4000);
  for (const side of [-1, 1]) expect(Math.abs(count(side) - 600)).toBeLessThan(100);
});

test('recall is solved by memory, and a guess without it', () => {
  for (const [cues, delay] of [
    [2, 1],
    [5, 10],
  ]) {
    const env = new RecallEnv({ cues, delay });
    const score = (act: (observation: Float64Array) => number) => {
      let right = 0;
      for (let episode = 0; episode < 200; episode++) {
        let { observation } = env.reset({ seed: episode });
        for (let t = 0; ; t++) {
          const step = env.step(act(observation));
          ({ observation } = step);
          right += step.reward;
          expect(step.terminated).toBe(t === delay);
          if (step.terminated) break;
          expect([...observation]).toEqual([...Array(cues).fill(0), t + 1 === delay ? 1 : 0]);
        }
      }
      return right / 200;
    };
    const expert = new RecallExpert();
    expect(score((observation) => expert.act(observation))).toBe(1);
    expect(Math.abs(score(() => 1) - 1 / cues)).toBeLessThan(4 * Math.sqrt(0.25 / 200));
    // Whoever sees the last observation alone has no cue to go by.
    expect(score((observation) => new RecallExpert().act(observation))).toBeLessThan(0.65);
  }
});

function hiddenVelocityReturn(policy: (previous: Float64Array, current: Float64Array) => Float32Array): number {
  const env = new HiddenVelocityEnv();
  let total = 0;
  for (let episode = 0; episode < 30; episode++) {
    let { observation } = env.reset({ seed: episode });
    let previous = observation;
    for (let t = 0; t < 100; t++) {
      const step = env.step(policy(previous, observation));
      previous = observation;
      ({ observation } = step);
      total += step.reward;
    }
  }
  return total / 30;
}

test('two observations bring the mass to rest; one alone does not, whatever its gain', () => {
  const expert = hiddenVelocityReturn((previous, current) => hiddenVelocityExpert(previous, current));
  expect(expert).toBeGreaterThan(-12);
  for (const gain of [0.3, 1, 3, 10, 30]) {
    const spring = hiddenVelocityReturn((_, current) => Float32Array.of(-gain * current[0]));
    expect(spring).toBeLessThan(2 * expert);
  }
  const doubled = hiddenVelocityReturn((_, current) => hiddenVelocityExpert(current, current));
  expect(doubled).toBeLessThan(2 * expert);
});

test('the hidden velocity moves the mass, and the expert reads it off exactly', () => {
  const env = new HiddenVelocityEnv();
  const { observation } = env.reset({ seed: 1 });
  const { observation: next } = env.step(Float32Array.of(0.5));
  expect((next[0] - observation[0]) / 0.1).toBeCloseTo(env.state[1], 12);
  const [position, velocity] = env.state;
  expect(hiddenVelocityExpert(observation, next)[0]).toBeCloseTo(
    Math.max(-1, Math.min(1, -4 * position - 3 * velocity)),
    6,
  );
});

const toys: [string, Record<string, unknown>, () => Env<Float64Array, never>][] = [
  ['BimodalAction-v0', { dimensions: 2 }, () => new BimodalActionEnv({ dimensions: 2 })],
  ['IntegratorTrack-v0', { slip: 0.1 }, () => new IntegratorTrackEnv({ slip: 0.1 })],
  ['Recall-v0', { cues: 3, delay: 4 }, () => new RecallEnv({ cues: 3, delay: 4 })],
  ['HiddenVelocity-v0', {}, () => new HiddenVelocityEnv()],
] as unknown as [string, Record<string, unknown>, () => Env<Float64Array, never>][];

test.each(toys)('%s keeps the contract, is drawn, and is refused what is wrong', async (id, options, create) => {
  expect(checkEnv(await make(id))).toEqual([]);
  expect(checkEnv(await make(id, options))).toEqual([]);
  await expect(make(id, { speed: 1 })).rejects.toThrow(`${id} has no option speed`);
  const env = create();
  const action = env.actionSpace.sample();
  expect(() => env.step(action)).toThrow(`${id} was stepped before its first reset; call reset() first`);
  env.reset({ seed: 1 });
  const start = env.render({ width: 60, height: 50 })!;
  expect([start.width, start.height, start.data.length]).toEqual([60, 50, 9000]);
  env.step(action);
  expect(env.render({ width: 60, height: 50 })!.data).not.toEqual(start.data);
  env.reset({ seed: 1 });
  const wrong = typeof action === 'number' ? 0.5 : new Float32Array(env.actionSpace.flatSize).fill(Number.NaN);
  expect(() => env.step(wrong as never)).toThrow(`an action of ${id} is`);
  env.close();
  for (const call of [() => env.reset(), () => env.step(action), () => env.render(), () => env.saveState!()]) {
    expect(call).toThrow(`${id} is closed; make a new one`);
  }
});

test('a toy whose episode has ended is not stepped on, also after restoring', () => {
  const env = new BimodalActionEnv();
  env.reset();
  env.step(Float32Array.of(1));
  const other = new BimodalActionEnv();
  other.restoreState(env.saveState());
  for (const each of [env, other]) {
    expect(() => each.step(Float32Array.of(1))).toThrow('BimodalAction-v0 was stepped after the end of its episode');
  }
});

test('wrong options are refused', () => {
  expect(() => new BimodalActionEnv({ dimensions: 3 })).toThrow('is 3, expected a whole number from 1 to 2');
  expect(() => new BimodalActionEnv({ dimension: 1 } as object)).toThrow('did you mean "dimensions"?');
  expect(() => new IntegratorTrackEnv({ slip: 1.5 })).toThrow('is 1.5, expected a chance from 0 to 1');
  expect(() => new IntegratorTrackEnv({ slip: Number.NaN })).toThrow('is NaN, expected a chance');
  expect(() => new RecallEnv({ cues: 1 })).toThrow('cues of Recall-v0 is 1, expected a whole number from 2 to 8');
  expect(() => new RecallEnv({ delay: 0.5 })).toThrow('delay of Recall-v0 is 0.5, expected a whole number from 1');
});
