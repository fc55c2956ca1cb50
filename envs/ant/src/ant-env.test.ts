import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { AntEnv, type AntOptions } from './ant-env.ts';
import './register.ts';

const versions = ['v4', 'v5'] as const;
const action = Float32Array.from([0.5, -0.25, 1, -1, 0.125, 0, -0.5, 0.75]);

const reference = (version: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/Ant-${version}.json.gz`, import.meta.url)));

describe.each(engineNames)('%s', (engine) => {
  test.each(versions)('is at parity with Gymnasium in %s', async (version) => {
    const env = await AntEnv.create({ engine }, version);
    const check = checkAgainstReference(reference(version), env);
    expect(check).toMatchObject({ id: `Ant-${version}`, engine, steps: 77, flagsEqual: true, resetError: 0 });
    for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-8);
    expect(compareInfoWithReference(reference(version), env)).toBeLessThan(1e-8);
    env.close();
  });
});

test('the reward is the sum of its parts, and contacts cost what the observed forces say', async () => {
  const env = await AntEnv.create({ forwardRewardWeight: 2, contactCostWeight: 3, contactForceRange: [-0.5, 0.25] });
  env.reset({ seed: 1 });
  let touched = false;
  for (let i = 0; i < 20; i++) {
    const { observation, reward, info } = env.step(action);
    const part = info as Record<string, number>;
    expect(part.x_position).toBe(env.simulation.qpos[0]);
    expect(part.distance_from_origin).toBeCloseTo(Math.hypot(env.simulation.qpos[0], env.simulation.qpos[1]), 14);
    expect(part.reward_forward).toBe(2 * part.x_velocity);
    const forces = observation.subarray(27);
    // The world's share counts too; it is none, for MuJoCo gives the world no force.
    const squares = forces.reduce((sum, force) => sum + force * force, 0);
    expect(part.reward_contact).toBeCloseTo(-3 * squares, 12);
    touched ||= squares > 0;
    expect(Math.min(...forces)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...forces)).toBeLessThanOrEqual(0.25);
    expect(reward).toBeCloseTo(part.reward_forward + part.reward_survive + part.reward_ctrl + part.reward_contact, 12);
  }
  expect(touched).toBe(true);
  env.close();
});

test('v4 observes all bodies and calls the contact cost reward_ctrl, if asked for contact forces', async () => {
  const env = await AntEnv.create({ useContactForces: true, contactCostWeight: 3 }, 'v4');
  expect(env.reset({ seed: 1 }).observation).toHaveLength(111);
  let cost = 0;
  for (let i = 0; i < 20; i++) {
    const { observation, info, reward } = env.step(new Float32Array(8));
    const squares = observation.subarray(27).reduce((sum, force) => sum + force * force, 0);
    expect(info.reward_ctrl).toBeCloseTo(-3 * squares, 12);
    expect(reward).toBeCloseTo(1 + (info.x_velocity as number) - 3 * squares, 12);
    cost = Math.max(cost, squares);
  }
  expect(cost).toBeGreaterThan(0);
  env.close();
});

test('the observation is as long as the options say', async () => {
  const lengths: [AntOptions, number][] = [
    [{}, 105],
    [{ includeCfrcExtInObservation: false }, 27],
    [{ excludeCurrentPositionsFromObservation: false }, 107],
  ];
  for (const [options, length] of lengths) {
    const env = await AntEnv.create(options);
    const { skippedQpos: _, ...parts } = env.observationStructure;
    expect(Object.values(parts).reduce((sum, part) => sum + part)).toBe(length);
    expect(env.reset({ seed: 0 }).observation).toHaveLength(length);
    env.close();
  }
});

test.each(versions)('%s: torso outside its range ends the episode, healthy reward only in v4', async (version) => {
  const env = await AntEnv.create({ healthyZRange: [5, 6] }, version);
  env.reset({ seed: 0 });
  const { terminated, info } = env.step(action);
  expect(terminated).toBe(true);
  expect(info.reward_survive).toBe(version === 'v4' ? 1 : 0);
  env.close();
});

test('an unhealthy state goes on if asked to', async () => {
  const env = await AntEnv.create({ healthyZRange: [5, 6], terminateWhenUnhealthy: false }, 'v4');
  env.reset({ seed: 0 });
  const { terminated, info } = env.step(action);
  expect([terminated, info.reward_survive]).toEqual([false, 0]);
  env.close();
});

test('the bounds of the height are healthy', async () => {
  const env = await AntEnv.create({ healthyZRange: [0.75, 0.75], resetNoiseScale: 0 });
  env.reset();
  expect(env.isHealthy).toBe(true);
  env.setState([0, 0, 0.7501, 1, ...Array(11).fill(0)], Array(14).fill(0));
  expect(env.isHealthy).toBe(false);
  env.close();
});

test('the speed of another body is rewarded on request', async () => {
  const env = await AntEnv.create({ mainBody: 'aux_1' });
  const same = await AntEnv.create({ mainBody: 3 });
  const torso = await AntEnv.create();
  const [byName, byNumber, other] = [env, same, torso].map((each) => {
    each.reset({ seed: 3 });
    return each.step(action).info.x_velocity;
  });
  expect(byName).toBe(byNumber);
  expect(byName).not.toBe(other);
  for (const each of [env, same, torso]) each.close();
  await expect(AntEnv.create({ mainBody: 'tail' })).rejects.toThrow(
    'the model of Ant-v5 has no body "tail"; it has 14',
  );
  await expect(AntEnv.create({ mainBody: 14 })).rejects.toThrow('has no body 14');
  await expect(AntEnv.create({ mainBody: 1.5 })).rejects.toThrow("is 1.5, expected a body's name or number");
});

test('each version takes its own options', async () => {
  await expect(AntEnv.create({ useContactForces: true })).rejects.toThrow('Ant-v5 has no option "useContactForces"');
  await expect(AntEnv.create({ mainBody: 1 }, 'v4')).rejects.toThrow('Ant-v4 has no option "mainBody"');
  await expect(make('Ant-v4', { includeCfrcExtInObservation: true })).rejects.toThrow('Ant-v4 has no option');
});

test.each(versions)('%s: a restored state goes on bit by bit, in another environment too', async (version) => {
  const env = await AntEnv.create({}, version);
  env.reset({ seed: 4 });
  for (let i = 0; i < 12; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const other = await AntEnv.create({}, version);
  other.restoreState(state);
  const goOn = (each: AntEnv) => [...Array.from({ length: 20 }, () => each.step(action)), each.reset()];
  const first = goOn(env);
  expect(goOn(other)).toEqual(first);
  env.restoreState(state);
  expect(goOn(env)).toEqual(first);
  env.close();
  other.close();
});

test.each(versions)('Ant-%s keeps the contract of environments', async (version) => {
  expect(checkEnv(await make(`Ant-${version}`))).toEqual([]);
});
