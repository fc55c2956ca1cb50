import { AntEnv } from '@understudy/env-ant';
import { HalfCheetahEnv } from '@understudy/env-half-cheetah';
import { HopperEnv } from '@understudy/env-hopper';
import { HumanoidEnv } from '@understudy/env-humanoid';
import { Walker2dEnv } from '@understudy/env-walker2d';
import { make, makeVector } from '@understudy/gym';
import { type EngineName, engineNames, type MujocoEnv } from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { MultiModeEnv, type MultiModeId, type MultiModeOptions, multiModeIds } from './index.ts';
import { taskOf } from './tasks.ts';

/** Actions that differ from step to step, within every body's range. */
function actionAt(env: MujocoEnv, step: number): Float32Array {
  const bound = env.actionSpace.high[0];
  return Float32Array.from({ length: env.actionSpace.flatSize }, (_, i) => bound * Math.sin(1 + 3 * step + 2 * i));
}

const rewardsOf = ({ info }: { info: Record<string, unknown> }) => info.mode_rewards as Float64Array;

/** The base task that moves, falls and earns like a mode, and the mode that does; the walker has none that runs ahead. */
const bases: Record<
  string,
  { make: (engine: EngineName) => Promise<MujocoEnv>; id: MultiModeId; mode: number | null; size: number }
> = {
  Ant: {
    make: (engine) => AntEnv.create({ engine, includeCfrcExtInObservation: false }),
    id: 'Ant-Dir-6',
    mode: 0,
    size: 27,
  },
  HalfCheetah: {
    make: (engine) => HalfCheetahEnv.create({ engine, ctrlCostWeight: 0.05 }),
    id: 'HalfCheetah-Fwd-Back',
    mode: 1,
    size: 20,
  },
  Humanoid: {
    make: (engine) => HumanoidEnv.create({ engine, contactCostWeight: 5e-7 }),
    id: 'Humanoid-Dir-6',
    mode: 0,
    size: 376,
  },
  Walker2d: { make: (engine) => Walker2dEnv.create({ engine }, 'v4'), id: 'Walker2d-Vel-6', mode: null, size: 17 },
  Hopper: {
    make: (engine) =>
      HopperEnv.create(
        { engine, healthyAngleRange: [-0.3, 0.3], healthyZRange: [0.5, 9], healthyStateRange: [-125, 125] },
        'v4',
      ),
    id: 'Hopper-Vel-6',
    mode: null,
    size: 11,
  },
};

describe.each(engineNames)('on %s', (engine) => {
  test.each(Object.keys(bases))('%s starts, moves, falls and earns as the task it is made of', async (name) => {
    const { make: makeBase, id, mode, size } = bases[name];
    const [base, env] = [await makeBase(engine), await MultiModeEnv.create(id, { mode, engine })];
    const start = env.reset({ seed: 3 }).observation;
    const expectedStart = base.reset({ seed: 3 }).observation;
    const shared = name === 'Humanoid' ? 45 : Math.min(size, base.observationSpace.flatSize);
    expect(start).toHaveLength(size);
    expect(start.subarray(0, shared)).toEqual(expectedStart.subarray(0, shared));
    let ended = false;
    for (let i = 0; i < 150 && !ended; i++) {
      const [expected, got] = [base.step(actionAt(base, i)), env.step(actionAt(env, i))];
      expect(got.observation.subarray(0, shared)).toEqual(expected.observation.subarray(0, shared));
      expect(got.info.x_velocity).toBe(expected.info.x_velocity);
      expect(got.info.y_velocity).toBe(expected.info.y_velocity);
      expect(got.terminated).toBe(expected.terminated);
      ended = got.terminated;
      // The healthy reward of the last step is another matter: Gymnasium's v5 doesn't pay it.
      if (mode !== null && !ended) expect(got.reward).toBeCloseTo(expected.reward, 10);
    }
    expect(ended).toBe(!['Ant', 'HalfCheetah'].includes(name));
    base.close();
    env.close();
  });
});

test('the humanoid observes what Gymnasium’s v4 does', async () => {
  const [base, env] = [await HumanoidEnv.create({}, 'v4'), await MultiModeEnv.create('Humanoid-Dir-6')];
  expect(env.reset({ seed: 2 }).observation).toEqual(base.reset({ seed: 2 }).observation);
  for (let i = 0; i < 5; i++)
    expect(env.step(actionAt(env, i)).observation).toEqual(base.step(actionAt(base, i)).observation);
  base.close();
  env.close();
});

test('the half-cheetah ends its observation with where its torso is', async () => {
  const env = await MultiModeEnv.create('HalfCheetah-Vel');
  env.reset({ seed: 0 });
  env.setState([7, 1, 0, 0, 0, 0, 0, 0, 0], new Float64Array(9));
  const { observation } = env.step(new Float32Array(6));
  expect(observation.subarray(17)).toEqual(env.simulation.xpos.subarray(3, 6));
  expect(observation[17]).toBeCloseTo(7, 10);
  // 0.7 m is the torso's height in the model, 1 m what was added.
  expect(observation[19]).toBeGreaterThan(1.6);
  env.close();
});

/** The rewards of a step under all modes, from velocities, action and contact forces alone. */
const closedForms: Record<MultiModeId, (env: MultiModeEnv, action: Float32Array, x: number, y: number) => number[]> = {
  'Ant-Fwd-Back': (env, action, x) => [x, -x].map((speed) => speed + antCommon(env, action)),
  'Ant-Dir-6': (env, action, x, y) => sixWays(x, y).map((speed) => speed + antCommon(env, action)),
  'HalfCheetah-Fwd-Back': (_, action, x) => [-x, x].map((speed) => speed - 0.05 * squares(action)),
  'HalfCheetah-Vel': (_, action, x) =>
    Array.from({ length: 16 }, (__, i) => -Math.abs(x - (1.5 + 0.1 * i)) - 0.05 * squares(action)),
  'Humanoid-Dir-6': (env, action, x, y) => {
    const cost = 0.1 * squares(action) + Math.min(10, 0.5e-6 * squares(env.simulation.cfrc_ext));
    // The way of one step of 0.015 s, divided by 0.003 s.
    return sixWays(x, y).map((speed) => (0.25 * speed * 0.015) / 0.003 + 5 - cost);
  },
  'Walker2d-Vel-6': (_, action, x) =>
    [-1.5, -1, -0.5, 0.5, 1, 1.5].map((v) => Math.abs(v) - Math.abs(v - x) + 1 - 1e-3 * squares(action)),
  'Hopper-Vel-6': (_, action, x) =>
    [-2, -1.5, 0.5, 1, 1.5, 2].map((v) => Math.abs(v) - Math.abs(v - x) + 1 - 1e-3 * squares(action)),
};

const squares = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value * value, 0);

const antCommon = ({ simulation }: MultiModeEnv, action: Float32Array) =>
  1 - 0.5 * squares(action) - 5e-4 * squares(simulation.cfrc_ext.map((force) => Math.max(-1, Math.min(1, force))));

/** The speed in six directions, 60 degrees apart. */
const sixWays = (x: number, y: number) => {
  const h = Math.sqrt(3) / 2;
  return [x, x / 2 + h * y, -x / 2 + h * y, -x, -x / 2 - h * y, x / 2 - h * y];
};

describe.each(multiModeIds)('%s', (id) => {
  test('the reward under every mode follows from the velocity, and the active one is the reward', async () => {
    const env = await MultiModeEnv.create(id);
    for (let episode = 0; episode < 6; episode++) {
      const { info } = env.reset({ seed: episode });
      for (let i = 0; i < 12; i++) {
        const action = actionAt(env, i);
        const result = env.step(action);
        const { mode, x_velocity, y_velocity = 0 } = result.info as Record<string, number>;
        expect(mode).toBe(info.mode);
        const expected = closedForms[id](env, action, x_velocity, y_velocity);
        const rewards = rewardsOf(result);
        expect(rewards).toBeInstanceOf(Float64Array);
        expect(rewards).toHaveLength(expected.length);
        for (const [k, reward] of expected.entries()) expect(rewards[k]).toBeCloseTo(reward, 5);
        if (id !== 'HalfCheetah-Vel') expect(result.reward).toBe(rewards[mode]);
        else expect(result.reward).toBeCloseTo(-Math.abs(x_velocity - mode) - 0.05 * squares(action), 5);
      }
    }
    env.close();
  });

  test('the mode is not observed, and changes neither motion nor ends', async () => {
    const last = id === 'HalfCheetah-Vel' ? 3 : taskModes(id).length - 1;
    const first = id === 'HalfCheetah-Vel' ? 1.5 : 0;
    const [a, b] = [await MultiModeEnv.create(id, { mode: first }), await MultiModeEnv.create(id)];
    const starts = [a.reset({ seed: 4 }), b.reset({ seed: 4, options: { mode: last } })];
    expect(starts[0].observation).toEqual(starts[1].observation);
    expect(starts.map(({ info }) => info)).toEqual([{ mode: first }, { mode: last }]);
    let differences = 0;
    for (let i = 0; i < 10; i++) {
      const [left, right] = [a.step(actionAt(a, i)), b.step(actionAt(b, i))];
      expect(left.observation).toEqual(right.observation);
      expect(left.terminated).toBe(right.terminated);
      expect(rewardsOf(left)).toEqual(rewardsOf(right));
      differences += Number(left.reward !== right.reward);
    }
    expect(differences).toBe(10);
    // A reset's choice comes before the environment's and is forgotten; what follows is the same under every mode.
    expect(a.reset({ options: { mode: last } }).info.mode).toBe(last);
    expect(a.reset().info.mode).toBe(first);
    for (let i = 0; i < 2; i++) b.reset();
    expect(b.saveState().generator).toEqual(a.saveState().generator);
    a.close();
    b.close();
  });

  test('a saved state goes on exactly, with its mode', async () => {
    const [env, fresh] = [await MultiModeEnv.create(id), await MultiModeEnv.create(id)];
    const mode = id === 'HalfCheetah-Vel' ? 2.125 : 1;
    env.reset({ seed: 5, options: { mode } });
    for (let i = 0; i < 5; i++) env.step(actionAt(env, i));
    const state = JSON.parse(JSON.stringify(env.saveState()));
    const goOn = (each: MultiModeEnv) => [
      ...Array.from({ length: 5 }, (_, i) => each.step(actionAt(each, i + 5))),
      each.reset(),
    ];
    const expected = goOn(env);
    fresh.reset({ seed: 0, options: { mode: id === 'HalfCheetah-Vel' ? 3 : 0 } });
    fresh.restoreState(state);
    expect(fresh.mode).toBe(mode);
    expect(goOn(fresh)).toEqual(expected);
    env.close();
    fresh.close();
  });

  test('it is made by its id alone, with its length of episode, and copies step as one does', async () => {
    const env = await make(id, { engine: 'mujoco-js' });
    expect(env.id).toBe(id);
    const { maxEpisodeSteps } = env.metadata;
    expect(maxEpisodeSteps).toBe(/^(Ant|HalfCheetah)/.test(id) ? 200 : 1000);
    const envs = await makeVector(id, { count: 2, seed: 8 });
    const { observation, info } = env.reset({ seed: 9 });
    expect(envs.resetInfos[1]).toEqual(info);
    const size = envs.observationSize;
    expect(envs.observations.subarray(size)).toEqual(Float32Array.from(observation));
    const inner = env.unwrapped as unknown as MultiModeEnv;
    for (let i = 0; i < 5; i++) {
      const action = actionAt(inner, i);
      const result = env.step(action);
      envs.step(Float32Array.from([...action, ...action]));
      expect(envs.observations.subarray(size)).toEqual(Float32Array.from(result.observation));
      expect(envs.rewards[1]).toBe(result.reward);
      expect(inner.modeRewards).toEqual(rewardsOf(result));
    }
    envs.close();
    env.close();
  });

  test('modes out of range and unknown options are refused, and nothing changes', async () => {
    const range = id === 'HalfCheetah-Vel' ? 'from 1.5 to 3 m/s' : `from 0 to ${taskModes(id).length - 1}`;
    const env = await MultiModeEnv.create(id);
    env.reset({ seed: 1 });
    const before = env.saveState();
    for (const mode of [-1, 6, 0.5, Number.NaN, '1', true]) {
      await expect(MultiModeEnv.create(id, { mode } as MultiModeOptions)).rejects.toThrow(
        `option mode of ${id} is ${mode}, expected`,
      );
      expect(() => env.reset({ seed: 2, options: { mode } })).toThrow(range);
    }
    expect(() => env.reset({ options: { modes: 1 } })).toThrow(
      `${id} has no reset option "modes"; did you mean "mode"?`,
    );
    expect(() => env.restoreState({ ...before, task: { mode: 77 } })).toThrow(`the state is not one of ${id}`);
    expect(env.saveState()).toEqual(before);
    await expect(MultiModeEnv.create(id, { mod: 1 } as MultiModeOptions)).rejects.toThrow('did you mean "mode"?');
    await expect(make(id, { frameskip: 1 })).rejects.toThrow('frameSkip');
    env.close();
  });
});

function taskModes(id: MultiModeId): readonly number[] {
  const { modes } = taskOf(id);
  return modes.kind === 'discrete' ? modes.values : modes.range;
}

test('every discrete mode is drawn as often as the others, and the seed decides', async () => {
  const env = await MultiModeEnv.create('Hopper-Vel-6');
  const draw = () => {
    env.reset({ seed: 0 });
    return Array.from({ length: 600 }, () => env.reset().info.mode as number);
  };
  const drawn = draw();
  expect(draw()).toEqual(drawn);
  const counts = Array.from({ length: 6 }, (_, mode) => drawn.filter((each) => each === mode).length);
  // Chi-squared with 5 degrees of freedom; 20.5 is its 0.999 quantile.
  expect(counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(20.5);
  env.close();
});

test('speeds are drawn uniformly from 1.5 to 3 m/s', async () => {
  const env = await MultiModeEnv.create('HalfCheetah-Vel');
  env.reset({ seed: 0 });
  const drawn = Array.from({ length: 600 }, () => env.reset().info.mode as number).sort((a, b) => a - b);
  // Kolmogorov-Smirnov; 1.95 / sqrt(600) is its 0.999 quantile.
  const distance = Math.max(...drawn.map((speed, i) => Math.abs((speed - 1.5) / 1.5 - (i + 0.5) / 600)));
  expect(distance).toBeLessThan(1.95 / Math.sqrt(600));
  expect(drawn[0]).toBeGreaterThanOrEqual(1.5);
  expect(drawn[599]).toBeLessThan(3);
  env.close();
});

test('HalfCheetah-Vel tells rewards of the speeds that are asked for', async () => {
  const env = await MultiModeEnv.create('HalfCheetah-Vel', { mode: 2, rewardSpeeds: [2, 3] });
  env.reset({ seed: 0 });
  const result = env.step(actionAt(env, 0));
  expect(env.modes).toEqual([2, 3]);
  expect(rewardsOf(result)).toHaveLength(2);
  expect(result.reward).toBe(rewardsOf(result)[0]);
  for (const rewardSpeeds of [[], [1], 'fast', [Number.NaN]]) {
    await expect(
      MultiModeEnv.create('HalfCheetah-Vel', { rewardSpeeds } as unknown as MultiModeOptions),
    ).rejects.toThrow('expected a list of speeds from 1.5 to 3 m/s');
  }
  await expect(MultiModeEnv.create('Ant-Dir-6', { rewardSpeeds: [2] })).rejects.toThrow('has no option "rewardSpeeds"');
  env.close();
});

/** A body in the air that moves forward at a speed and turns no joint, and the rewards of one idle step. */
async function glide(id: MultiModeId, speed: number): Promise<{ reward: number; rewards: Float64Array }> {
  const env = await MultiModeEnv.create(id, { mode: id === 'HalfCheetah-Vel' ? 2 : 0 });
  env.reset({ seed: 0 });
  const qpos = env.initialQpos.slice();
  qpos[1] += 10;
  env.setState(
    qpos,
    Float64Array.from(env.initialQvel, (_, i) => (i === 0 ? speed : 0)),
  );
  const result = env.step(new Float32Array(env.actionSpace.flatSize));
  env.close();
  return { reward: result.reward, rewards: rewardsOf(result) };
}

test('a half-cheetah that glides at a speed earns the closed form', async () => {
  for (const speed of [-1, 1.5, 2.5, 4]) {
    const { rewards } = await glide('HalfCheetah-Fwd-Back', speed);
    expect(rewards[0]).toBeCloseTo(-speed, 6);
    expect(rewards[1]).toBeCloseTo(speed, 6);
    const { reward, rewards: ofSpeeds } = await glide('HalfCheetah-Vel', speed);
    expect(reward).toBeCloseTo(-Math.abs(speed - 2), 6);
    expect(ofSpeeds[0]).toBeCloseTo(-Math.abs(speed - 1.5), 6);
    expect(ofSpeeds[15]).toBeCloseTo(-Math.abs(speed - 3), 6);
  }
});

test.each([
  ['Walker2d-Vel-6', 2000],
  ['Hopper-Vel-6', 2416.7],
] as const)('%s pays at most %d an episode on average, at the speed of the mode', async (id, ceiling) => {
  const speeds = taskModes(id);
  let sum = 0;
  for (const [mode, speed] of speeds.entries()) {
    const { rewards } = await glide(id, speed);
    for (const other of [0.25, -0.25])
      expect((await glide(id, speed + other)).rewards[mode]).toBeLessThanOrEqual(rewards[mode] + 1e-9);
    sum += 1000 * rewards[mode];
  }
  expect(sum / speeds.length).toBeCloseTo(ceiling, 1);
});

test('turning the ant by 60 degrees turns its rewards by one mode', async () => {
  const env = await MultiModeEnv.create('Ant-Dir-6');
  const rewardsFrom = (turns: number) => {
    const angle = (turns * Math.PI) / 3;
    const qpos = env.initialQpos.slice();
    qpos[2] = 3;
    qpos.set([Math.cos(angle / 2), 0, 0, Math.sin(angle / 2)], 3);
    const qvel = env.initialQvel.slice();
    qvel.set([2 * Math.cos(angle + 0.3), 2 * Math.sin(angle + 0.3), 0.5, 0.2, -0.4, 0.7]);
    env.setState(qpos, qvel);
    for (let i = 0; i < 4; i++) env.step(actionAt(env, i));
    return rewardsOf(env.step(actionAt(env, 4)));
  };
  env.reset({ seed: 0 });
  const rewards = rewardsFrom(0);
  expect(Math.max(...rewards) - Math.min(...rewards)).toBeGreaterThan(2);
  for (let turns = 1; turns < 6; turns++) {
    const turned = rewardsFrom(turns);
    for (let mode = 0; mode < 6; mode++) expect(turned[(mode + turns) % 6]).toBeCloseTo(rewards[mode], 9);
  }
  env.close();
});

test('a humanoid that stands earns 5 a step less its contacts', async () => {
  const env = await MultiModeEnv.create('Humanoid-Dir-6', { resetNoiseScale: 0 });
  env.reset({ seed: 0 });
  let cost = 0;
  for (let i = 0; env.isHealthy && i < 50; i++) {
    const rewards = rewardsOf(env.step(new Float32Array(17)));
    const contacts = Math.min(10, 5e-7 * squares(env.simulation.cfrc_ext));
    // Opposite directions cancel.
    for (let mode = 0; mode < 3; mode++) expect((rewards[mode] + rewards[mode + 3]) / 2).toBeCloseTo(5 - contacts, 9);
    cost = Math.max(cost, contacts);
  }
  expect(cost).toBeGreaterThan(0);
  env.close();
});

/** Heights and pitches just inside and outside what counts as healthy. */
test.each([
  ['Ant-Dir-6', 2, [0.21, 0.99], [0.19, 1.01]],
  ['Humanoid-Dir-6', 2, [1.01, 1.99], [0.99, 2.01]],
  ['Walker2d-Vel-6', 1, [0.81, 1.99], [0.79, 2.01]],
  ['Walker2d-Vel-6', 2, [-0.99, 0.99], [-1.01, 1.01]],
  ['Hopper-Vel-6', 1, [0.51, 50], [0.49]],
  ['Hopper-Vel-6', 2, [-0.29, 0.29], [-0.31, 0.31]],
] as const)('%s falls when position %d leaves its range', async (id, at, inside, outside) => {
  const env = await MultiModeEnv.create(id);
  const healthyAt = (value: number) => {
    const qpos = env.initialQpos.slice();
    qpos[at] = value;
    env.setState(qpos, env.initialQvel);
    return env.isHealthy;
  };
  expect(inside.map(healthyAt)).toEqual(inside.map(() => true));
  expect(outside.map(healthyAt)).toEqual(outside.map(() => false));
  env.close();
});

test('the hopper falls when another number of its state reaches 125, but x may', async () => {
  const env = await MultiModeEnv.create('Hopper-Vel-6');
  const healthyWith = (at: number, value: number, of: 'qpos' | 'qvel') => {
    const state = { qpos: env.initialQpos.slice(), qvel: env.initialQvel.slice() };
    state[of][at] = value;
    env.setState(state.qpos, state.qvel);
    return env.isHealthy;
  };
  expect([healthyWith(0, 500, 'qpos'), healthyWith(4, 124, 'qpos'), healthyWith(0, -124, 'qvel')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([healthyWith(4, 125, 'qpos'), healthyWith(0, -125, 'qvel')]).toEqual([false, false]);
  env.close();
});

test('a fall ends an episode only if it may, and the ranges of health are options', async () => {
  const options = { healthyZRange: [5, 6] } as const;
  for (const terminateWhenUnhealthy of [true, false]) {
    const env = await MultiModeEnv.create('Humanoid-Dir-6', { ...options, terminateWhenUnhealthy });
    env.reset({ seed: 0 });
    expect(env.step(new Float32Array(17)).terminated).toBe(terminateWhenUnhealthy);
    env.close();
  }
  await expect(MultiModeEnv.create('HalfCheetah-Vel', options)).rejects.toThrow('has no option "healthyZRange"');
});
