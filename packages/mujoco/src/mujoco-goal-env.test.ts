import { Box } from '@understudy/gym';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineNames } from './engine/host.ts';
import { loadEngine } from './engine/load-engine.ts';
import { body, equality, geom, joint, mjcf, weld, worldbody } from './mjcf/index.ts';
import { MujocoGoalEnv } from './mujoco-goal-env.ts';

/** A ball on a rail that a mocap body pulls along; its goal is a place on the rail and above it. */
class PulledEnv extends MujocoGoalEnv {
  readonly goal = Float64Array.of(0, 0);
  static async create(engineName = engineNames[0]): Promise<PulledEnv> {
    const engine = await loadEngine(engineName);
    const xml = mjcf(
      {},
      worldbody(
        body({ name: 'hand', mocap: true }),
        body({ name: 'ball' }, joint({ type: 'slide', axis: [1, 0, 0] }), geom({ size: [0.1] })),
      ),
      equality(weld({ body1: 'hand', body2: 'ball', relpose: [0, 0, 0, 1, 0, 0, 0] })),
    );
    const setup = { engine, model: engine.compile(xml), frameSkip: 5 };
    const actions = new Box({ low: -1, high: 1, shape: [1] });
    return new PulledEnv('Pulled-v0', setup, { observation: 1, goal: 2 }, actions);
  }
  protected override resetModel(): void {
    this.setState([0], [0]);
    this.goal[0] = this.generator.random();
  }
  protected override advance(action: Float32Array): void {
    this.simulation.mocap_pos[0] += 0.1 * action[0];
    this.simulation.step(this.frameSkip);
    this.signals.reward = this.goalReward(this.simulation.xpos.subarray(6, 8), this.goal, 0);
  }
  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    const { qpos, qvel } = this.simulation;
    for (const [i, value] of [qpos[0], 0, ...this.goal, qvel[0]].entries()) out[offset + i] = value;
  }
  protected override goalReward(achieved: Float64Array | Float32Array, desired: Float64Array, at: number): number {
    return -Math.hypot(achieved[at] - desired[at], achieved[at + 1] - desired[at + 1]);
  }
  protected override saveTask(): unknown {
    return [...this.goal];
  }
  protected override restoreTask(state: unknown): void {
    this.goal.set(state as number[]);
  }
}

let env: PulledEnv;
beforeAll(async () => {
  env = await PulledEnv.create();
});
afterAll(() => env.close());

test('the dictionary holds the parts of the flat observation, achieved goal first', () => {
  const { observation } = env.reset({ seed: 0 });
  const flat = new Float64Array(5);
  env.observationSpace.flattenInto(observation, flat, 0);
  expect([...flat]).toEqual([0, 0, env.goal[0], 0, 0]);
  expect(observation).toEqual({
    achieved_goal: Float64Array.of(0, 0),
    desired_goal: env.goal,
    observation: Float64Array.of(0),
  });
  const out = new Float32Array(5);
  env.stepInto(Float32Array.of(1), out, 0);
  expect(out[0]).toBeGreaterThan(0);
  expect([out[0], out[4]]).toEqual([Math.fround(env.simulation.qpos[0]), Math.fround(env.simulation.qvel[0])]);
});

test('the action space is the one given, not that of the actuators', () => {
  expect(env.model.nu).toBe(0);
  expect(env.actionSpace.toString()).toBe('Box(-1.0, 1.0, (1,), float32)');
});

test('rewards are computed for any number of goals, into an array of the caller if given', () => {
  const achieved = Float64Array.of(0, 0, 3, 0, 1, 1);
  const desired = Float32Array.of(0, 1, 0, 4, 1, 1);
  expect(env.computeReward(achieved, desired)).toEqual(Float64Array.of(-1, -5, -0));
  expect(env.computeReward(new Float64Array(0), new Float64Array(0))).toHaveLength(0);
  const rewards = new Float64Array(3);
  expect(env.computeReward(achieved, desired, rewards)).toBe(rewards);
  expect(rewards[1]).toBe(-5);
});

test.each<[achieved: number, desired: number, rewards: number | undefined]>([
  [4, 6, undefined],
  [5, 5, undefined],
  [4, 4, 3],
])('%i and %i numbers of goals for %s rewards are refused', (achieved, desired, rewards) => {
  const into = rewards === undefined ? undefined : new Float64Array(rewards);
  expect(() => env.computeReward(new Float64Array(achieved), new Float64Array(desired), into)).toThrow(
    `computeReward of Pulled-v0 got ${achieved} and ${desired} numbers of goals for ${rewards ?? 2} rewards`,
  );
});

test.each(engineNames)('on %s a saved state holds where mocap bodies are', async (engine) => {
  const [pulled, other] = [await PulledEnv.create(engine), await PulledEnv.create(engine)];
  pulled.reset({ seed: 1 });
  for (let i = 0; i < 3; i++) pulled.step(Float32Array.of(1));
  pulled.simulation.mocap_quat.set([0.6, 0, 0.8, 0]);
  other.restoreState(JSON.parse(JSON.stringify(pulled.saveState())));
  expect(other.simulation.mocap_pos[0]).toBe(0.1 + 0.1 + 0.1);
  expect([...other.simulation.mocap_quat]).toEqual([0.6, 0, 0.8, 0]);
  const goOn = (each: PulledEnv) => Array.from({ length: 5 }, () => each.step(Float32Array.of(-0.5)));
  expect(goOn(other)).toEqual(goOn(pulled));
  pulled.close();
  other.close();
});

test('a refused state changes nothing', async () => {
  env.reset({ seed: 2 });
  env.step(Float32Array.of(1));
  const before = env.saveState();
  for (const wrong of [undefined, 'AAAA', 3]) {
    expect(() => env.restoreState({ ...before, simulation: wrong })).toThrow('the simulation state given to Pulled-v0');
  }
  expect(env.saveState()).toEqual(before);
});

test.each(engineNames)('on %s steps in halves are steps, and what is set between acts in them', async (engine) => {
  const [whole, halves] = [await PulledEnv.create(engine), await PulledEnv.create(engine)];
  const state = ({ simulation }: PulledEnv) => [...simulation.qpos, ...simulation.qvel, ...simulation.qacc_warmstart];
  for (const each of [whole, halves]) {
    each.reset({ seed: 0 });
    each.simulation.mocap_pos[0] = 0.3;
  }
  let calls = 0;
  whole.simulation.step(7);
  halves.simulation.stepInHalves(7, () => calls++);
  expect(calls).toBe(7);
  expect(state(halves)).toEqual(state(whole));
  whole.simulation.step();
  halves.simulation.stepInHalves(1, () => {
    halves.simulation.qfrc_applied[0] = 5;
  });
  expect(halves.simulation.qvel[0]).toBeGreaterThan(whole.simulation.qvel[0]);
  whole.close();
  halves.close();
});
