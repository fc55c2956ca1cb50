import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadEngine } from '../engine/load-engine.ts';
import {
  actuator,
  body,
  compiler,
  defaults,
  element,
  geom,
  joint,
  mjcf,
  motor,
  option,
  toXml,
  worldbody,
} from './index.ts';

const pendulum = () =>
  mjcf(
    { model: 'pendulum' },
    compiler({ angle: 'radian' }),
    option({ timestep: 0.01 }, { gravity: 'disable' }),
    defaults(geom({ rgba: [1, 0, 0, 1] })),
    worldbody(
      body(
        { name: 'pole', pos: [0, 0, 1] },
        joint({ name: 'hinge', axis: [0, 1, 0], range: [-1, 1], limited: undefined }),
        geom({ type: 'capsule', fromto: [0, 0, 0, 0, 0, -0.1 - 0.2], size: [0.02] }),
      ),
    ),
    actuator(motor({ joint: 'hinge', ctrlrange: [-1, 1] })),
  );

test('a model reads as MJCF, the same text every time', () => {
  expect(pendulum()).toBe(`<mujoco model="pendulum">
  <compiler angle="radian"/>
  <option timestep="0.01">
    <flag gravity="disable"/>
  </option>
  <default>
    <geom rgba="1 0 0 1"/>
  </default>
  <worldbody>
    <body name="pole" pos="0 0 1">
      <joint name="hinge" axis="0 1 0" range="-1 1"/>
      <geom type="capsule" fromto="0 0 0 0 0 -0.30000000000000004" size="0.02"/>
    </body>
  </worldbody>
  <actuator>
    <motor joint="hinge" ctrlrange="-1 1"/>
  </actuator>
</mujoco>
`);
});

test('numbers reach MuJoCo to the last bit', async () => {
  const engine = await loadEngine();
  // MuJoCo reads no subnormal numbers.
  const normal = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((z) => Math.abs(z) > 1e-300);
  fc.assert(
    fc.property(normal, (z) => {
      const model = engine.compile(mjcf({}, worldbody(body({ pos: [0.1, 0, z] }))));
      expect(model.doubles('body_pos')[5]).toBe(z);
      model.delete();
    }),
    { numRuns: 50 },
  );
});

test('any name survives escaping', async () => {
  const engine = await loadEngine();
  for (const name of ['a & b', '<"quoted">', "it's", 'Übung']) {
    const model = engine.compile(mjcf({}, worldbody(body({ name }))));
    expect(model.names.body[1]).toBe(name);
    model.delete();
  }
});

test('a number that is none is refused by name', () => {
  expect(() => mjcf({}, option({ timestep: Number.NaN }))).toThrow('attribute timestep of <option> is NaN');
  expect(() => mjcf({}, worldbody(geom({ size: [1, Number.POSITIVE_INFINITY] })))).toThrow('attribute size of <geom>');
});

test('elements that the builder does not know are made by name', () => {
  expect(toXml(element('sensor', {}, [element('touch', { site: 's' })]))).toBe(
    '<sensor>\n  <touch site="s"/>\n</sensor>\n',
  );
});
