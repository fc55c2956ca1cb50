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

/** A quarter turn about y: a capsule so turned lies along x. MuJoCo normalises it. */
const alongX = [0.7, 0, 0.7, 0] as const;
const teal = [0, 0.7, 0.7, 1] as const;

/** The pendulum: a pole hinged on a cart on a rail. */
export const invertedPendulumModel = mjcf(
  { model: 'inverted pendulum' },
  compiler({ angle: 'degree' }),
  option({ timestep: 0.02, integrator: 'RK4' }),
  size({ memory: '100K' }),
  defaults(
    joint({ damping: 1 }),
    geom({ type: 'capsule', contype: 0, conaffinity: 1, condim: 3, friction: [1, 0.1, 0.1], rgba: teal }),
  ),
  worldbody(
    geom({ name: 'rail', quat: alongX, size: [0.02, 1], rgba: [0.3, 0.3, 0.7, 1] }),
    body(
      { name: 'cart' },
      joint({ name: 'slider', type: 'slide', axis: [1, 0, 0], range: [-1, 1] }),
      geom({ name: 'cart', quat: alongX, size: [0.1, 0.1], rgba: [0.7, 0.7, 0, 1] }),
      body(
        { name: 'pole' },
        joint({ name: 'hinge', type: 'hinge', axis: [0, 1, 0], range: [-90, 90] }),
        // It leans by a millimetre, so that it falls by itself.
        geom({ name: 'cpole', fromto: [0, 0, 0, 0.001, 0, 0.6], size: [0.049] }),
      ),
    ),
  ),
  actuator(motor({ name: 'slide', joint: 'slider', gear: [100], ctrlrange: [-3, 3] })),
);
