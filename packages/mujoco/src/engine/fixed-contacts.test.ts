import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actuator, body, defaults, geom, joint, mjcf, motor, option, size, worldbody } from '../mjcf/index.ts';
import { engineNames } from './host.ts';
import { loadEngine } from './load-engine.ts';

/** A chain that falls on the floor and on itself, its geoms of all priorities and mixes. */
interface Chain {
  integrator: 'Euler' | 'RK4';
  solver: 'Newton' | 'PGS';
  condim: (1 | 3)[];
  priority: number[];
  solmix: number[];
  friction: number[];
  timeConstant: number[];
  impedance: number[];
}

const links = ['floor', 'a', 'b', 'c', 'd'];
const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 5, maxLength: 5 });
const chain: fc.Arbitrary<Chain> = fc.record({
  integrator: fc.constantFrom('Euler', 'RK4'),
  solver: fc.constantFrom('Newton', 'PGS'),
  condim: each(fc.constantFrom(1, 3)),
  priority: each(fc.constantFrom(0, 0, 0, 1)),
  solmix: each(fc.constantFrom(0, 1, 2)),
  friction: each(fc.constantFrom(0.3, 0.7, 1)),
  timeConstant: each(fc.constantFrom(0.02, 0.03)),
  impedance: each(fc.constantFrom(0.8, 0.9)),
});

function chainModel(parts: Chain): string {
  const shape = (i: number) =>
    ({
      name: links[i],
      condim: parts.condim[i],
      priority: parts.priority[i],
      solmix: parts.solmix[i],
      friction: [parts.friction[i], 0.005, 0.0001],
      solref: [parts.timeConstant[i], 1],
      solimp: [parts.impedance[i], 0.95, 0.001],
    }) as const;
  const link = (i: number): ReturnType<typeof body> =>
    body(
      { name: links[i], pos: [i === 1 ? 0 : 0.3, 0, i === 1 ? 0.2 : 0] },
      ...(i === 1
        ? (['x', 'z'] as const).map((a) => joint({ type: 'slide', axis: a === 'x' ? [1, 0, 0] : [0, 0, 1] }))
        : []),
      joint({ name: `hinge-${links[i]}`, axis: [0, 1, 0] }),
      geom({ ...shape(i), type: 'capsule', fromto: [0, 0, 0, 0.3, 0, 0], size: [0.05] }),
      ...(i < 4 ? [link(i + 1)] : []),
    );
  return mjcf(
    {},
    option({ timestep: 0.005, integrator: parts.integrator, solver: parts.solver }),
    size({ memory: '500K' }),
    defaults(geom({ margin: 0.002 })),
    worldbody(geom({ ...shape(0), type: 'plane', size: [5, 5, 1] }), link(1)),
    actuator(...links.slice(2).map((name) => motor({ joint: `hinge-${name}`, gear: [8] }))),
  );
}

test.each(engineNames)('%s: a fixed model moves to the last bit like the one it is made from', async (name) => {
  const engine = await loadEngine(name);
  let touched = 0;
  fc.assert(
    fc.property(chain, fc.constantFrom('sum', 'max'), (parts, contactMargin) => {
      const xml = chainModel(parts);
      const [plain, fixed] = [false, true].map((isFixed) => engine.compile(xml, { contactMargin, fixed: isFixed }));
      expect(fixed.count('npair')).toBe(7);
      const [a, b] = [plain.createSimulation(), fixed.createSimulation()];
      for (let i = 0; i < 150; i++) {
        for (const simulation of [a, b]) {
          simulation.ctrl.set([Math.sin(i / 7), Math.cos(i / 11), 1]);
          simulation.step();
        }
        expect(b.qvel).toEqual(a.qvel);
        touched = Math.max(touched, a.count('ncon'));
      }
      for (const owner of [a, b, plain, fixed]) owner.delete();
    }),
    { numRuns: 12 },
  );
  expect(touched).toBeGreaterThan(3);
});

test('a model whose geoms have no names keeps its search for contacts', async () => {
  const engine = await loadEngine();
  const xml = mjcf({}, worldbody(geom({ type: 'plane', size: [1, 1, 1] }), body({}, joint({}), geom({ size: [0.1] }))));
  const model = engine.compile(xml, { fixed: true });
  expect(model.count('npair')).toBe(0);
  expect([...model.integers('geom_contype')]).toEqual([1, 1]);
  model.delete();
});
