import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import {
  CentreOfMass,
  checkAgainstReference,
  compareInfoWithReference,
  engineNames,
  readJsonFile,
} from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import './register.ts';
import { Walker2dEnv, type Walker2dOptions, type Walker2dVersion } from './walker2d-env.ts';

const versions = ['v4', 'v5'] as const;
const action = Float32Array.from([0.5, -0.25, 1, -1, 0.125, 0]);
const standing = [0, 1.25, 0, 0, 0, 0, 0, 0, 0];
const still = [0, 0, 0, 0, 0, 0, 0, 0, 0];

const reference = (version: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/Walker2d-${version}.json.gz`, import.meta.url)));

/** One step without control from a state. */
async function stepFrom(
  qpos: number[],
  qvel: number[],
  options: Walker2dOptions = {},
  version: Walker2dVersion = 'v5',
) {
  const env = await Walker2dEnv.create(options, version);
  env.reset({ seed: 0 });
  env.setState(qpos, qvel);
  const result = env.step(new Float32Array(6));
  env.close();
  return result;
}

describe.each(engineNames)('%s', (engine) => {
  test.each(versions)('is at parity with Gymnasium in %s, to the fall', async (version) => {
    const env = await Walker2dEnv.create({ engine }, version);
    const check = checkAgainstReference(reference(version), env);
    expect(check).toMatchObject({ id: `Walker2d-${version}`, engine, flagsEqual: true, resetError: 0 });
    expect(check.steps).toBeGreaterThan(50);
    for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-9);
    expect(compareInfoWithReference(reference(version), env)).toBeLessThan(1e-9);
    env.close();
  });
});

test('infos come from the simulation, and the reward is the sum of its parts', async () => {
  const env = await Walker2dEnv.create({ forwardRewardWeight: 2, ctrlCostWeight: 0.5, healthyReward: 3 });
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
    expect(part.reward_ctrl).toBeCloseTo(-0.5 * (0.25 + 0.0625 + 1 + 1 + 0.015625), 6);
    expect(reward).toBeCloseTo(part.reward_forward + part.reward_survive + part.reward_ctrl, 12);
  }
  env.close();
});

test.each<[string, Walker2dOptions]>([
  ['height', { healthyZRange: [1.3, 2] }],
  ['pitch', { healthyAngleRange: [0.1, 0.2] }],
])('%s outside its range ends the episode and earns no healthy reward in v5, but in v4', async (_, options) => {
  const v5 = await stepFrom(standing, still, options);
  const v4 = await stepFrom(standing, still, options, 'v4');
  expect([v5.terminated, v4.terminated]).toEqual([true, true]);
  expect(v5.info.reward_survive).toBe(0);
  expect(v4.reward).toBeCloseTo(v5.reward + 1, 12);
});

test('an unhealthy state goes on if asked to, in both versions without healthy reward', async () => {
  const options = { healthyZRange: [2, 3], terminateWhenUnhealthy: false } as const;
  for (const version of versions) {
    const { terminated, reward } = await stepFrom(standing, still, options, version);
    expect(terminated).toBe(false);
    expect(Math.abs(reward)).toBeLessThan(0.5);
  }
});

test('velocities are observed within 10', async () => {
  const { observation } = await stepFrom([0, 1.8, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 90]);
  expect(observation.at(-1)).toBe(10);
});

test('the right foot of v4 slips more', async () => {
  const frictions = await Promise.all(
    versions.map(async (version) => {
      const env = await Walker2dEnv.create({}, version);
      const pair = [...env.model.integers('pair_geom2')].indexOf(env.model.idOf('geom', 'foot_geom'));
      const friction = env.model.doubles('pair_friction')[5 * pair];
      env.close();
      return friction;
    }),
  );
  expect(frictions).toEqual([0.9, 1.9]);
});

test('without reset noise the start is the model as written, and v4 tells nothing of it', async () => {
  const env = await Walker2dEnv.create({ resetNoiseScale: 0 });
  const { observation, info } = env.reset({ seed: 7 });
  expect([...observation]).toEqual([1.25, ...Array(16).fill(0)]);
  expect(info).toEqual({ x_position: 0, z_distance_from_origin: 0 });
  env.close();
  const v4 = await Walker2dEnv.create({}, 'v4');
  expect(v4.reset({ seed: 7 }).info).toEqual({});
  expect(Object.keys(v4.step(action).info)).toEqual(['x_position', 'x_velocity']);
  v4.close();
});

test('the observation holds x on request', async () => {
  const env = await Walker2dEnv.create({ excludeCurrentPositionsFromObservation: false, frameSkip: 2 });
  const { observation } = env.reset({ seed: 1 });
  expect(observation).toHaveLength(18);
  expect(observation[0]).toBe(env.simulation.qpos[0]);
  expect(env.observationStructure).toEqual({ skippedQpos: 0, qpos: 9, qvel: 9, comVelocity: 0 });
  expect(env.dt).toBe(0.004);
  env.close();
});

test('the observation ends with the velocity of the centre of mass on request', async () => {
  const options = { includeComVelocityInObservation: true, resetNoiseScale: 0 };
  const env = await Walker2dEnv.create(options);
  expect(env.reset().observation).toHaveLength(18);
  const centre = new CentreOfMass(env.model);
  const { simulation } = env;
  env.setState([0, 2, ...Array(7).fill(0)], [1.5, ...Array(8).fill(0)]);
  expect(env.step(new Float32Array(6)).observation.at(-1)).toBeCloseTo(1.5, 3);
  for (let i = 0; i < 5; i++) {
    const first = env.step(action).observation[17];
    const x = centre.position(simulation, 0);
    const last = env.step(action).observation[17];
    // The mean of two velocities is about the rate of the position between them.
    expect((first + last) / 2).toBeCloseTo((centre.position(simulation, 0) - x) / env.dt, 1);
  }
  env.close();
  expect(checkEnv(await make('Walker2d-v5', options))).toEqual([]);
});

test('a restored state goes on bit by bit', async () => {
  const env = await Walker2dEnv.create();
  env.reset({ seed: 4 });
  for (let i = 0; i < 5; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = () => [...Array.from({ length: 20 }, () => env.step(action)), env.reset()];
  const first = goOn();
  env.restoreState(state);
  expect(goOn()).toEqual(first);
  env.close();
});

test.each(versions)('Walker2d-%s keeps the contract of environments', async (version) => {
  expect(checkEnv(await make(`Walker2d-${version}`))).toEqual([]);
});
