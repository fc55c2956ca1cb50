import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import {
  CentreOfMass,
  checkAgainstReference,
  compareInfoWithReference,
  engineNames,
  readJsonFile,
} from '@understudy/mujoco';
import { expect, test } from 'vitest';
import './register.ts';
import { HopperEnv, type HopperOptions } from './hopper-env.ts';

const reference = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/Hopper-v5.json.gz', import.meta.url)),
);
const action = Float32Array.from([0.5, -0.25, 1]);
const standing = [0, 1.25, 0, 0, 0, 0];
const still = [0, 0, 0, 0, 0, 0];

/** One step without control from a state, with all ranges wide open but those given. */
async function stepFrom(qpos: number[], qvel: number[], options: HopperOptions, version: 'v4' | 'v5' = 'v5') {
  const open = { healthyZRange: [-10, 10], healthyAngleRange: [-10, 10], healthyStateRange: [-1e6, 1e6] } as const;
  const env = await HopperEnv.create({ ...open, ...options }, version);
  env.reset({ seed: 0 });
  env.setState(qpos, qvel);
  const result = env.step(new Float32Array(3));
  env.close();
  return result;
}

test.each(engineNames)('%s is at parity with Gymnasium', async (engine) => {
  const env = await HopperEnv.create({ engine });
  const check = checkAgainstReference(reference, env);
  expect(check).toMatchObject({ id: 'Hopper-v5', engine, steps: 39, flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(reference, env)).toBeLessThan(1e-11);
  env.close();
});

test.each(engineNames)('%s is at parity with Gymnasium in v4, to the fall', async (engine) => {
  const env = await HopperEnv.create({ engine }, 'v4');
  const v4 = readJsonFile(fileURLToPath(new URL('./fixtures/Hopper-v4.json.gz', import.meta.url)));
  const check = checkAgainstReference(v4, env);
  expect(check).toMatchObject({ id: 'Hopper-v4', flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(v4, env)).toBeLessThan(1e-11);
  env.close();
});

test.each(engineNames)('%s with the older contact rule is another environment', async (engine) => {
  const env = await HopperEnv.create({ engine, contactMargin: 'max' });
  const { maxError } = checkAgainstReference(reference, env);
  // Native MuJoCo 3.3 differs from 3.14 by 8e-2 over this reference.
  expect(maxError.qvel).toBeCloseTo(0.0772, 4);
  env.close();
});

test.each([1, 2, 3, 4, 5])('%i simulation steps make one environment step', async (frameSkip) => {
  const env = await HopperEnv.create({ frameSkip });
  env.reset({ seed: 1 });
  env.step(action);
  expect(env.dt).toBeCloseTo(0.002 * frameSkip, 15);
  expect(env.simulation.time).toBeCloseTo(env.dt, 15);
  env.close();
});

test('infos come from the simulation, and the reward is the sum of its parts', async () => {
  const env = await HopperEnv.create({ forwardRewardWeight: 2, ctrlCostWeight: 0.5, healthyReward: 3 });
  env.reset({ seed: 1 });
  for (let i = 0; i < 8; i++) {
    const before = env.simulation.qpos[0];
    const { reward, info } = env.step(action);
    const part = info as Record<string, number>;
    expect(part.x_position).toBe(env.simulation.qpos[0]);
    expect(part.z_distance_from_origin).toBe(env.simulation.qpos[1] - 1.25);
    expect(part.x_velocity).toBe((env.simulation.qpos[0] - before) / env.dt);
    expect(part.reward_forward).toBe(2 * part.x_velocity);
    expect(part.reward_survive).toBe(3);
    expect(part.reward_ctrl).toBeCloseTo(-0.5 * (0.25 + 0.0625 + 1), 6);
    expect(reward).toBeCloseTo(part.reward_forward + part.reward_survive + part.reward_ctrl, 12);
  }
  env.close();
});

test.each<[string, HopperOptions]>([
  ['height', { healthyZRange: [1.3, 2] }],
  ['pitch', { healthyAngleRange: [0.1, 0.2] }],
  ['positions', { healthyStateRange: [0.5, 100] }],
])('%s outside its range ends the episode and earns no healthy reward in v5, but in v4', async (_, options) => {
  const v5 = await stepFrom(standing, still, options);
  const v4 = await stepFrom(standing, still, options, 'v4');
  expect([v5.terminated, v4.terminated]).toEqual([true, true]);
  expect(v5.info.reward_survive).toBe(0);
  expect(v4.reward).toBeCloseTo(v5.reward + 1, 12);
  expect(v4.observation).toEqual(v5.observation);
});

test('velocities count for the healthy state range, and are observed within 10', async () => {
  const fast = await stepFrom(standing, [0, 0, 0, 0, 0, 150], { healthyStateRange: [-100, 100] });
  expect(fast.terminated).toBe(true);
  expect(fast.observation.at(-1)).toBe(10);
  const steady = await stepFrom(standing, still, { healthyStateRange: [-100, 100] });
  expect(steady.terminated).toBe(false);
});

test('an unhealthy state goes on if asked to, in both versions without healthy reward', async () => {
  const options = { healthyZRange: [2, 3], terminateWhenUnhealthy: false } as const;
  for (const version of ['v4', 'v5'] as const) {
    const { terminated, reward } = await stepFrom(standing, still, options, version);
    expect(terminated).toBe(false);
    expect(Math.abs(reward)).toBeLessThan(0.5);
  }
});

test('without reset noise the start is the model as written, and v4 tells nothing of it', async () => {
  const env = await HopperEnv.create({ resetNoiseScale: 0 });
  const { observation, info } = env.reset({ seed: 7 });
  expect([...observation]).toEqual([1.25, ...Array(10).fill(0)]);
  expect(info).toEqual({ x_position: 0, z_distance_from_origin: 0 });
  env.close();
  const v4 = await HopperEnv.create({}, 'v4');
  expect(v4.reset({ seed: 7 }).info).toEqual({});
  expect(Object.keys(v4.step(action).info)).toEqual(['x_position', 'x_velocity']);
  v4.close();
});

test('the observation holds x on request', async () => {
  const env = await HopperEnv.create({ excludeCurrentPositionsFromObservation: false });
  const { observation } = env.reset({ seed: 1 });
  expect(observation).toHaveLength(12);
  expect(observation[0]).toBe(env.simulation.qpos[0]);
  env.close();
});

test('the observation ends with the velocity of the centre of mass on request', async () => {
  const options = { includeComVelocityInObservation: true, resetNoiseScale: 0 };
  const env = await HopperEnv.create(options);
  expect(env.reset().observation).toHaveLength(12);
  const centre = new CentreOfMass(env.model);
  const { simulation } = env;
  env.setState([0, 2, ...Array(4).fill(0)], [1.5, ...Array(5).fill(0)]);
  expect(env.step(new Float32Array(3)).observation.at(-1)).toBeCloseTo(1.5, 3);
  for (let i = 0; i < 5; i++) {
    const first = env.step(action).observation[11];
    const x = centre.position(simulation, 0);
    const last = env.step(action).observation[11];
    // The mean of two velocities is about the rate of the position between them.
    expect((first + last) / 2).toBeCloseTo((centre.position(simulation, 0) - x) / env.dt, 1);
  }
  env.close();
  expect(checkEnv(await make('Hopper-v5', options))).toEqual([]);
});

test('a restored state goes on bit by bit', async () => {
  const env = await HopperEnv.create();
  env.reset({ seed: 4 });
  for (let i = 0; i < 5; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = () => [...Array.from({ length: 20 }, () => env.step(action)), env.reset()];
  const first = goOn();
  env.restoreState(state);
  expect(goOn()).toEqual(first);
  env.close();
});

test('a range that is none is refused', async () => {
  await expect(HopperEnv.create({ healthyZRange: [2, 1] })).rejects.toThrow(
    'option healthyZRange of Hopper-v5 is [2,1], expected a range [low, high]',
  );
});

test.each(['Hopper-v4', 'Hopper-v5'])('%s keeps the contract of environments', async (id) => {
  expect(checkEnv(await make(id))).toEqual([]);
});
