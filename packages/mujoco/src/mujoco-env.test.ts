import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from './base-mujoco-env.ts';
import { loadEngine } from './engine/load-engine.ts';
import { commonDefaults, type MujocoEnvOptions, readOptions } from './env-options.ts';
import { actuator, body, geom, joint, mjcf, motor, option, size, worldbody } from './mjcf/index.ts';
import { MujocoEnv } from './mujoco-env.ts';
import { sceneGeometry } from './scene-geometry.ts';

const cartModel = (range: number) =>
  mjcf(
    {},
    option({ timestep: 0.01 }),
    size({ memory: '100K' }),
    worldbody(
      geom({ name: 'floor', type: 'plane', size: [5, 5, 1], rgba: [0, 1, 0, 1] }),
      body(
        { name: 'cart', pos: [0, 0, 1] },
        joint({ name: 'rail', type: 'slide', axis: [1, 0, 0] }),
        geom({ name: 'box', type: 'box', size: [0.1, 0.2, 0.3], pos: [0, 0, 0.5] }),
      ),
    ),
    actuator(motor({ joint: 'rail', gear: [100], ctrlrange: [-range, range] })),
  );

const defaults = { ...commonDefaults, frameSkip: 2, resetNoiseScale: 1 };

/** A cart on a rail, rewarded for where it is; its task counts the steps. */
class CartEnv extends MujocoEnv {
  readonly calls: string[] = [];
  steps = 0;
  #settings = defaults;

  static async create(options: MujocoEnvOptions = {}): Promise<CartEnv> {
    const settings = readOptions('Cart-v0', options, defaults);
    const env = new CartEnv('Cart-v0', await openModel('Cart-v0', settings, cartModel(0.1)), 2);
    env.#settings = settings;
    return env;
  }

  protected override resetModel(): void {
    this.calls.push(`resetModel at ${this.simulation.qpos[0]}`);
    this.steps = 0;
    this.setState([this.generator.uniform(-1, 1) * this.#settings.resetNoiseScale], [0]);
  }

  protected override advance(action: Float32Array): void {
    this.simulate(action);
    this.steps++;
    this.signals.reward = this.simulation.qpos[0];
    this.signals.terminated = this.simulation.qpos[0] > 2;
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.simulation.qpos[0];
    out[offset + 1] = this.simulation.qvel[0];
  }

  protected override resetInfo() {
    this.calls.push('resetInfo');
    return { x: this.simulation.qpos[0] };
  }

  protected override saveTask(): unknown {
    return this.steps;
  }

  protected override restoreTask(state: unknown): void {
    this.steps = state as number;
  }
}

const push = Float32Array.of(0.1);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mujoco-env-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('spaces come from the model: controls in float32, observations unbounded in float64', async () => {
  const env = await CartEnv.create();
  expect(env.actionSpace.toString()).toBe('Box(-0.1, 0.1, (1,), float32)');
  expect(env.actionSpace.high[0]).toBe(Math.fround(0.1));
  expect(env.observationSpace.toString()).toBe('Box(-inf, inf, (2,), float64)');
  expect(env.dt).toBe(0.02);
  expect(env.unwrapped).toBe(env);
  env.close();
});

test('a reset puts back the simulation, then the task, then tells of it', async () => {
  const env = await CartEnv.create();
  env.reset({ seed: 1 });
  env.step(push);
  env.calls.length = 0;
  const { observation, info } = env.reset();
  expect(env.calls).toEqual(['resetModel at 0', 'resetInfo']);
  expect(info).toEqual({ x: observation[0] });
  expect([env.simulation.time, env.simulation.ctrl[0]]).toEqual([0, 0]);
  env.close();
});

test('a closed environment says so, and closing again is harmless', async () => {
  const env = await CartEnv.create();
  env.reset();
  const state = env.saveState();
  env.close();
  env.close();
  const calls = {
    reset: () => env.reset(),
    step: () => env.step(push),
    stepInto: () => env.stepInto(push, new Float32Array(2), 0),
    render: () => env.render(),
    setState: () => env.setState([0], [0]),
    saveState: () => env.saveState(),
    restoreState: () => env.restoreState(state),
  };
  for (const call of Object.values(calls)) expect(call).toThrow('Cart-v0 is closed; make a new one');
});

test('a wrong action, state or seed is refused', async () => {
  const env = await CartEnv.create();
  env.reset();
  expect(() => env.step(new Float32Array(2))).toThrow('an action of Cart-v0 has shape (1,), got (2,)');
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => env.step(Float32Array.of(bad))).toThrow(`an action of Cart-v0 must be finite, got [${bad}]`);
  }
  expect(() => env.setState([0, 0], [0])).toThrow('got 2 positions and 1 velocities, expected 1 and 1');
  expect(() => env.restoreState({ simulation: 'AAAA', generator: null })).toThrow('the simulation state given to');
  expect(() => env.reset({ seed: -1 })).toThrow();
  env.close();
});

test('a restored state keeps the sign of zero, the time, the generator and the task', async () => {
  const env = await CartEnv.create();
  env.reset({ seed: 3 });
  for (let i = 0; i < 3; i++) env.step(push);
  env.setState([-0], [-0]);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const next = env.reset().observation;
  const other = await CartEnv.create();
  other.restoreState(state);
  expect([...other.simulation.qpos, ...other.simulation.qvel]).toEqual([-0, -0]);
  expect(other.simulation.time).toBeCloseTo(0.06, 12);
  expect(other.steps).toBe(3);
  expect(other.reset().observation).toEqual(next);
  env.close();
  other.close();
});

test('a model of your own is read with the files it names', async () => {
  mkdirSync(path.join(folder, 'parts'));
  const whole = cartModel(5);
  const inner = whole.slice(whole.indexOf('<worldbody>'), whole.indexOf('</mujoco>'));
  writeFileSync(path.join(folder, 'parts/world.xml'), `<mujocoinclude>${inner}</mujocoinclude>`);
  const file = path.join(folder, 'cart.xml');
  writeFileSync(file, '<mujoco><option timestep="0.05"/><include file="parts/world.xml"/></mujoco>');
  const env = await CartEnv.create({ xmlFile: file });
  expect([env.dt, env.actionSpace.high[0]]).toEqual([0.1, 5]);
  env.close();
  await expect(CartEnv.create({ xmlFile: path.join(folder, 'none.xml') })).rejects.toThrow(/none.xml" can't be read/);
  await expect(CartEnv.create({ xmlFile: file, xml: whole })).rejects.toThrow('both xml and xmlFile');
  await expect(CartEnv.create({ xml: '<mujoco><foo/></mujoco>' })).rejects.toThrow('the MJCF model is wrong');
});

test('wrong options are refused by name', async () => {
  await expect(CartEnv.create({ engin: 'mujoco-js' } as object)).rejects.toThrow('did you mean "engine"?');
  await expect(CartEnv.create({ engine: 'mujoco' as 'mujoco-js' })).rejects.toThrow('there is no engine "mujoco"');
  await expect(CartEnv.create({ frameSkip: 1.5 })).rejects.toThrow(
    'frameSkip of Cart-v0 is 1.5, expected a whole number',
  );
  await expect(CartEnv.create({ contactMargin: 'mean' as 'sum' })).rejects.toThrow('expected "sum" or "max"');
  const env = await CartEnv.create({ frameSkip: undefined });
  expect(env.frameSkip).toBe(2);
  env.close();
});

test('the geometry follows the bodies, and its frames are copies', async () => {
  const env = await CartEnv.create();
  env.reset({ seed: 2 });
  const scene = sceneGeometry(env);
  expect(scene.bodyNames).toEqual(['world', 'cart']);
  expect(scene.geoms).toMatchObject([
    { name: 'floor', type: 'plane', size: [5, 5, 1], rgba: [0, 1, 0, 1], body: 'world' },
    { name: 'box', type: 'box', size: [0.1, 0.2, 0.3], body: 'cart' },
  ]);
  expect(scene.joints).toEqual([{ name: 'rail', type: 'slide', body: 'cart', qposAddress: 0, qvelAddress: 0 }]);
  const frame = scene.capture();
  const x = env.simulation.qpos[0];
  expect([...frame.geomPositions]).toEqual([0, 0, 0, x, 0, 1.5]);
  expect([...frame.geomRotations.subarray(9)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  env.setState([x + 1], [0]);
  expect(frame.geomPositions[3]).toBe(x);
  expect(scene.capture().geomPositions[3]).toBe(x + 1);
  env.close();
});

test('environments made and closed leave the heap as large as it was', async () => {
  const { heapBytes } = await loadEngine();
  for (let i = 0; i < 120; i++) {
    const env = await CartEnv.create();
    env.reset({ seed: i });
    env.step(push);
    env.close();
  }
  expect((await loadEngine()).heapBytes).toBe(heapBytes);
});
