import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MujocoEngine } from './engine.ts';
import { engineNames } from './host.ts';
import { loadEngine } from './load-engine.ts';
import type { MujocoModel } from './model.ts';
import type { Simulation } from './simulation.ts';

const ball = `<mujoco>
  <size memory="100K"/>
  <worldbody>
    <geom name="floor" type="plane" size="1 1 1"/>
    <body name="ball" pos="0 0 0.5"><freejoint name="root"/><geom name="ball" size="0.1"/></body>
  </worldbody>
</mujoco>`;

test('an engine is loaded once, and an unknown one is refused with the nearest name', async () => {
  expect(await loadEngine('mujoco-js')).toBe(await loadEngine());
  expect(() => loadEngine('mujoco_js' as 'mujoco-js')).toThrow(
    'there is no engine "mujoco_js"; did you mean "mujoco-js"?',
  );
});

describe.each(engineNames)('%s', (name) => {
  let engine: MujocoEngine;
  beforeAll(async () => {
    engine = await loadEngine(name);
  });

  test('a simulation falls under gravity and starts anew after a reset', () => {
    const model = engine.compile(ball);
    const simulation = model.createSimulation();
    simulation.step(10);
    const seconds = 10 * model.timestep;
    expect(simulation.time).toBeCloseTo(seconds, 12);
    expect(simulation.qvel[2]).toBeCloseTo(-9.81 * seconds, 10);
    expect(model.names).toMatchObject({ body: ['world', 'ball'], joint: ['root'], geom: ['floor', 'ball'] });
    simulation.reset();
    expect([...simulation.qpos]).toEqual([0, 0, 0.5, 1, 0, 0, 0]);
    simulation.delete();
    model.delete();
  });

  test.each([
    ['a wrong keyword', '<mujoco><worldbody><geom type="blob"/></worldbody></mujoco>', "invalid keyword: 'blob'"],
    ['an unknown element', '<mujoco><foo/></mujoco>', "unrecognized element, Element 'foo', line 1"],
    [
      'an unknown material',
      '<mujoco><worldbody><geom size="1" material="m"/></worldbody></mujoco>',
      "material 'm' not found",
    ],
    [
      'a body without mass',
      '<mujoco><worldbody><body><joint/></body></worldbody></mujoco>',
      'mass and inertia of moving bodies',
    ],
    ['an open tag', '<mujoco><worldbody>', 'XML_ERROR_MISMATCHED_ELEMENT'],
    ['no XML', 'hello', 'XML_ERROR_PARSING_TEXT'],
    ['nothing', '', 'empty file'],
    ['a missing mesh file', '<mujoco><asset><mesh file="m.stl"/></asset></mujoco>', "Error opening file '"],
  ])("%s gives MuJoCo's own message, and the engine goes on", (_, xml, message) => {
    expect(() => engine.compile(xml)).toThrow(message);
    expect(() => engine.compile(xml)).toThrow(/^the MJCF model is wrong: [^\n]+$/);
    const model = engine.compile(ball);
    expect(model.nq).toBe(7);
    model.delete();
  });

  test('equal models are one, until the last owner has deleted it', () => {
    const first = engine.compile(ball);
    const second = engine.compile(ball);
    expect(second).toBe(first);
    const own = engine.compile(ball, { shared: false });
    expect(own).not.toBe(first);
    const simulation = first.createSimulation();
    first.delete();
    second.delete();
    simulation.step();
    expect(simulation.qvel[2]).toBeLessThan(0);
    expect(engine.compile(ball)).toBe(first);
    first.delete();
    simulation.delete();
    const fresh = engine.compile(ball);
    expect(fresh).not.toBe(first);
    fresh.delete();
    own.delete();
  });

  test('assets are compiled in and leave nothing behind', () => {
    const xml = '<mujoco><include file="parts/more.xml"/></mujoco>';
    const more = '<mujocoinclude><worldbody><geom name="included" size="1"/></worldbody></mujocoinclude>';
    const model = engine.compile(xml, { assets: { 'parts/more.xml': more } });
    expect(model.names.geom).toEqual(['included']);
    model.delete();
    expect(() => engine.compile(xml)).toThrow('more.xml');
  });

  test('64 simulations live together, and old ones work when the heap has moved', () => {
    const model = engine.compile(ball);
    const simulations: Simulation[] = [];
    const before = engine.heapBytes;
    for (let i = 0; i < 64; i++) simulations.push(model.createSimulation());
    // Memory of the size that most models ask for moves the heap for certain.
    const large = largeModel(engine);
    const filler: Simulation[] = [];
    const moved = engine.heapBytes;
    while (engine.heapBytes === moved) filler.push(large.createSimulation());
    expect(moved - before).toBeLessThan(64 * 2 ** 20);
    for (const simulation of simulations) {
      expect(simulation.qpos).toHaveLength(7);
      simulation.qvel[0] = 1;
      simulation.step(10);
      expect(simulation.qpos[0]).toBeCloseTo(10 * model.timestep, 12);
    }
    for (const simulation of [...simulations, ...filler]) simulation.delete();
    model.delete();
    large.delete();
  });

  test('creating and deleting leaves the heap as large as it was', () => {
    const cycle = () => {
      const model = engine.compile(ball);
      const simulation = model.createSimulation();
      simulation.step();
      simulation.delete();
      model.delete();
    };
    for (let i = 0; i < 20; i++) cycle();
    const before = engine.heapBytes;
    for (let i = 0; i < 150; i++) cycle();
    expect(engine.heapBytes).toBe(before);
  });
});

/** The ball with MuJoCo's own choice of memory, many megabytes. */
function largeModel(engine: MujocoEngine): MujocoModel {
  return engine.compile(ball.replace('<size memory="100K"/>', '<size memory="20M"/>'));
}

describe('contact margins', () => {
  /** A ball that hovers within reach of the floor's margin, the ball's or both. */
  const hovering = (floor: number, ballMargin: number, gap = 0) => `<mujoco><size memory="100K"/><worldbody>
    <geom name="floor" type="plane" size="1 1 1" margin="${floor}"/>
    <body pos="0 0 0.115"><freejoint/><geom name="ball" size="0.1" margin="${ballMargin}" gap="${gap}"/></body>
  </worldbody></mujoco>`;
  const heights = async (xml: string, contactMargin: 'sum' | 'max') =>
    Promise.all(
      engineNames.map(async (name) => {
        const model = (await loadEngine(name)).compile(xml, { contactMargin });
        const simulation = model.createSimulation();
        simulation.step(50);
        const height = simulation.qpos[2];
        simulation.delete();
        model.delete();
        return height;
      }),
    );

  test.each([
    [0.01, 0.01],
    [0.01, 0.02],
    [0, 0.02],
  ])('floor %d and ball %d: both engines follow the rule asked for', async (floor, ballMargin) => {
    const [sumJs, sumNew] = await heights(hovering(floor, ballMargin), 'sum');
    const [maxJs, maxNew] = await heights(hovering(floor, ballMargin), 'max');
    expect(sumJs).toBeCloseTo(sumNew, 10);
    expect(maxJs).toBeCloseTo(maxNew, 10);
    if (floor > 0) expect(sumJs).toBeGreaterThan(maxJs + 1e-4);
  });

  test('the margins as compiled stay readable', async () => {
    const model = (await loadEngine('mujoco-js')).compile(hovering(0.01, 0.01));
    expect([...model.compiledMargins]).toEqual([0.01, 0.01]);
    expect([...model.doubles('geom_margin')]).toEqual([0.02, 0.02]);
    expect([...model.doubles('body_margin')]).toEqual([0.02, 0.02]);
    model.delete();
  });

  test('what cannot be had exactly is refused', async () => {
    const balls = [0.01, 0.02, 0.03]
      .map((margin, i) => `<body pos="${i} 0 1"><freejoint/><geom name="g${i}" size="0.1" margin="${margin}"/></body>`)
      .join('');
    const engine = await loadEngine('mujoco-js');
    expect(() => engine.compile(`<mujoco><worldbody>${balls}</worldbody></mujoco>`)).toThrow(
      /^contactMargin "sum" can't be had with engine mujoco-js: the margins of geom "g\d" and geom "g\d" don't allow it; use/,
    );
    expect(() => engine.compile(hovering(0.01, 0.01, 0.005))).toThrow('geom "ball" has a gap');
    expect(() => engine.compile(ball, { contactMargin: 'both' as 'sum' })).toThrow('expected "sum" or "max"');
    expect(engine.compile(hovering(0.01, 0.01, 0.005), { contactMargin: 'max' }).nq).toBe(7);
  });
});

afterAll(async () => {
  for (const name of engineNames) expect((await loadEngine(name)).heapBytes).toBeGreaterThan(0);
});
