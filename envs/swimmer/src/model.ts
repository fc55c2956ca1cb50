import {
  actuator,
  body,
  compiler,
  defaults,
  geom,
  joint,
  mjcf,
  motor,
  option,
  size,
  worldbody,
} from '@understudy/mujoco/mjcf';

/** A capsule along x between two places. */
function segment(from: number, to: number) {
  return geom({ type: 'capsule', fromto: [from, 0, 0, to, 0, 0], size: [0.1] });
}

function bend(name: string) {
  return joint({ name, type: 'hinge', axis: [0, 0, 1], range: [-100, 100] });
}

const back = body({ name: 'back', pos: [-1, 0, 0] }, bend('motor2_rot'), segment(0, -1));
const mid = body({ name: 'mid', pos: [0.5, 0, 0] }, bend('motor1_rot'), segment(0, -1), back);

/** The swimmer: three segments in a row that float in a viscous fluid, in the plane z = 0. */
export const swimmerModel = mjcf(
  { model: 'swimmer' },
  compiler({ angle: 'degree' }),
  option({ timestep: 0.01, density: 4000, viscosity: 0.1, integrator: 'RK4' }),
  size({ memory: '200K' }),
  defaults(joint({ armature: 0.1 }), geom({ contype: 0, conaffinity: 0, condim: 1, rgba: [0.8, 0.6, 0.4, 1] })),
  worldbody(
    geom({
      name: 'floor',
      type: 'plane',
      pos: [0, 0, -0.1],
      size: [40, 40, 0.1],
      condim: 3,
      rgba: [0.8, 0.9, 0.8, 1],
    }),
    body(
      { name: 'torso' },
      joint({ name: 'slider1', type: 'slide', axis: [1, 0, 0] }),
      joint({ name: 'slider2', type: 'slide', axis: [0, 1, 0] }),
      joint({ name: 'free_body_rot', type: 'hinge', axis: [0, 0, 1] }),
      segment(1.5, 0.5),
      mid,
    ),
  ),
  actuator(...['motor1_rot', 'motor2_rot'].map((name) => motor({ joint: name, gear: [150], ctrlrange: [-1, 1] }))),
);
