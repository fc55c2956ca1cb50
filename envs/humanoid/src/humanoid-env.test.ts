import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import {
  checkAgainstReference,
  compareInfoWithReference,
  engineNames,
  parseReference,
  readJsonFile,
} from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { HumanoidEnv, type HumanoidOptions } from './humanoid-env.ts';
import './register.ts';

const versions = ['v4', 'v5'] as const;
const action = Float32Array.from({ length: 17 }, (_, i) => 0.4 * Math.sin(i + 1));

const reference = (version: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/Humanoid-${version}.json.gz`, import.meta.url)));

describe.each(engineNames)('%s', (engine) => {
  // The PGS solver of MuJoCo 3.3.8 stops elsewhere than 3.14.0's, which contact forces show most: of up to 2,200 N.
  const native = engine === '@mujoco/mujoco';
  const tolerance = native
    ? { observation: 1e-9, reward: 1e-9, qpos: 1e-9, qvel: 1e-9 }
    : { observation: 1e-2, reward: 1e-4, qpos: 1e-5, qvel: 1e-3 };

  test.each(versions)('is at parity with Gymnasium in %s, to the fall', async (version) => {
    const env = await HumanoidEnv.create({ engine }, version);
    const check = checkAgainstReference(reference(version), env);
    expect(check).toMatchObject({ id: `Humanoid-${version}`, engine, steps: 45, flagsEqual: true });
    expect(check.resetError).toBeLessThan(native ? Number.MIN_VALUE : 1e-15);
    for (const [field, error] of Object.entries(check.maxError)) {
      expect(error, field).toBeLessThan(tolerance[field as keyof typeof tolerance]);
    }
    expect(compareInfoWithReference(reference(version), env)).toBeLessThan(native ? 1e-9 : 1e-3);
    env.close();
  });
});

test('on mujoco-js the contact forces agree within a thousandth, all else within 1e-3', async () => {
  const env = await HumanoidEnv.create();
  for (const { seed, steps } of parseReference(reference('v5')).episodes) {
    env.reset({ seed });
    for (const { before, action: taken, obs } of steps) {
      env.simulation.qpos.set(before.qpos);
      env.simulation.qvel.set(before.qvel);
      env.simulation.qacc_warmstart.set(before.qacc_warmstart!);
      const { observation } = env.step(Float32Array.from(taken));
      const errors = (obs as number[]).map((value, i) => Math.abs(observation[i] - value));
      expect(Math.max(...errors.slice(0, 270))).toBeLessThan(1e-3);
      const relative = errors.map((error, i) => error / Math.max(1, Math.abs((obs as number[])[i])));
      expect(Math.max(...relative)).toBeLessThan(1e-3);
    }
  }
  env.close();
});

test('the reward is the sum of its parts, and contacts cost within their range', async () => {
  const costs = { contactCostWeight: 1e-3, contactCostRange: [-1, 0.75] } as const;
  const env = await HumanoidEnv.create({ forwardRewardWeight: 2, ctrlCostWeight: 0.5, healthyReward: 3, ...costs });
  env.reset({ seed: 1 });
  const contactRewards: number[] = [];
  for (let i = 0; i < 60; i++) {
    const { observation, reward, info } = env.step(action);
    const part = info as Record<string, number>;
    expect(part.x_position).toBe(env.simulation.qpos[0]);
    expect(part.reward_forward).toBe(2 * part.x_velocity);
    expect(part.reward_survive).toBe(env.isHealthy ? 3 : 0);
    expect(part.reward_ctrl).toBeCloseTo(-0.5 * action.reduce((sum, a) => sum + a * a, 0), 12);
    const squares = observation.subarray(-78).reduce((sum, force) => sum + force * force, 0);
    expect(part.reward_contact).toBeCloseTo(-Math.min(0.75, 1e-3 * squares), 10);
    contactRewards.push(part.reward_contact);
    expect(reward).toBeCloseTo(part.reward_forward + part.reward_survive + part.reward_ctrl + part.reward_contact, 10);
  }
  expect(Math.min(...contactRewards)).toBe(-0.75);
  expect(Math.max(...contactRewards)).toBeGreaterThan(-0.75);
  env.close();
});

test('the reward is for the speed of the centre of mass', async () => {
  const env = await HumanoidEnv.create({ resetNoiseScale: 0 });
  env.reset();
  // The whole body flies at 2 m/s.
  env.setState(env.initialQpos, [2, ...Array(22).fill(0)]);
  expect(env.step(new Float32Array(17)).info.x_velocity).toBeCloseTo(2, 1);
  env.close();
});

test('the observation is as long as the options say', async () => {
  const lengths: [HumanoidOptions, number][] = [
    [{}, 348],
    [{ includeCinertInObservation: false }, 218],
    [{ includeCvelInObservation: false }, 270],
    [{ includeQfrcActuatorInObservation: false }, 331],
    [{ includeCfrcExtInObservation: false }, 270],
    [{ excludeCurrentPositionsFromObservation: false }, 350],
  ];
  for (const [options, length] of lengths) {
    const env = await HumanoidEnv.create(options);
    const { observation } = env.reset({ seed: 0 });
    expect(observation).toHaveLength(length);
    expect(env.observationSpace.flatSize).toBe(length);
    env.close();
  }
});

test('without its inertias the observation keeps what follows them', async () => {
  const [whole, part] = await Promise.all(
    [{}, { includeCinertInObservation: false }].map((o) => HumanoidEnv.create(o)),
  );
  const [a, b] = [whole, part].map((env) => {
    env.reset({ seed: 2 });
    return env.step(action).observation;
  });
  expect([...b]).toEqual([...a.subarray(0, 45), ...a.subarray(175)]);
  whole.close();
  part.close();
});

test.each(versions)('%s: a torso outside its range ends the episode, healthy reward only in v4', async (version) => {
  const env = await HumanoidEnv.create({ healthyZRange: [5, 6] }, version);
  env.reset({ seed: 0 });
  const { terminated, info } = env.step(action);
  expect(terminated).toBe(true);
  expect(info[version === 'v4' ? 'reward_alive' : 'reward_survive']).toBe(version === 'v4' ? 5 : 0);
  const open = await HumanoidEnv.create({ healthyZRange: [5, 6], terminateWhenUnhealthy: false }, version);
  open.reset({ seed: 0 });
  expect(open.step(action)).toMatchObject({ terminated: false });
  env.close();
  open.close();
});

test('v4 takes no options of the contact cost', async () => {
  await expect(make('Humanoid-v4', { contactCostWeight: 1 })).rejects.toThrow('Humanoid-v4 has no option');
  await expect(HumanoidEnv.create({ contactCostWeight: 1 }, 'v4')).rejects.toThrow('has no option "contactCostWeight"');
});

test.each(versions)('%s: a restored state goes on bit by bit, in another environment too', async (version) => {
  const env = await HumanoidEnv.create({}, version);
  env.reset({ seed: 4 });
  for (let i = 0; i < 12; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const other = await HumanoidEnv.create({}, version);
  other.restoreState(state);
  const goOn = (each: HumanoidEnv) => [...Array.from({ length: 20 }, () => each.step(action)), each.reset()];
  const first = goOn(env);
  expect(goOn(other)).toEqual(first);
  env.restoreState(state);
  expect(goOn(env)).toEqual(first);
  env.close();
  other.close();
});

test.each(versions)('Humanoid-%s keeps the contract of environments', async (version) => {
  expect(checkEnv(await make(`Humanoid-${version}`))).toEqual([]);
});
