import { expect, test } from 'vitest';
import { CentreOfMass } from './centre-of-mass.ts';
import { engineNames } from './engine/host.ts';
import { loadEngine } from './engine/load-engine.ts';
import { body, freejoint, geom, joint, mjcf, option, size, worldbody } from './mjcf/index.ts';

/** Two trees, one of them jointed, of unlike masses. */
const xml = mjcf(
  {},
  option({ timestep: 1e-6 }, { gravity: 'disable', contact: 'disable' }),
  size({ memory: '100K' }),
  worldbody(
    body(
      { pos: [0, 0, 1] },
      freejoint(),
      geom({ type: 'capsule', fromto: [0, 0, 0, 0.4, 0, 0], size: [0.1] }),
      body({ pos: [0.5, 0, 0] }, joint({ axis: [0, 1, 0] }), geom({ pos: [0, 0.2, 0.1], size: [0.2] })),
    ),
    body({ pos: [2, 1, 0] }, freejoint(), geom({ type: 'box', size: [0.1, 0.2, 0.3], pos: [0.3, 0, 0] })),
  ),
);

test.each(engineNames)('%s: the velocity is the rate of the position', async (name) => {
  const model = (await loadEngine(name)).compile(xml);
  const simulation = model.createSimulation();
  const centre = new CentreOfMass(model);
  simulation.qvel.set([1, -2, 0.5, 3, -1, 2, 4, -0.3, 0.7, 1.1, -2, 0.4, 5]);
  simulation.forward();
  const before = ([0, 1, 2] as const).map((axis) => centre.position(simulation, axis));
  const velocities = ([0, 1, 2] as const).map((axis) => centre.velocity(simulation, axis));
  simulation.step();
  simulation.forward();
  ([0, 1, 2] as const).forEach((axis) => {
    expect((centre.position(simulation, axis) - before[axis]) / 1e-6).toBeCloseTo(velocities[axis], 3);
    expect(Math.abs(velocities[axis])).toBeGreaterThan(0.1);
  });
  simulation.delete();
  model.delete();
});

test('the heavier body counts more', async () => {
  const model = (await loadEngine()).compile(
    mjcf(
      {},
      worldbody(
        body({ pos: [0, 0, 0] }, geom({ size: [0.1], mass: 3 })),
        body({ pos: [4, 0, 0] }, geom({ size: [0.1], mass: 1 })),
      ),
    ),
  );
  const simulation = model.createSimulation();
  simulation.forward();
  expect(new CentreOfMass(model).position(simulation, 0)).toBe(1);
  simulation.delete();
  model.delete();
});
