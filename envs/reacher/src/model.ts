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

const frame = [0.9, 0.4, 0.6, 1] as const;
const arm = [0, 0.4, 0.6, 1] as const;

/** A bar of the frame around the arm's plane, between two corners. */
function side(name: string, from: readonly [number, number], to: readonly [number, number]) {
  return geom({
    name,
    type: 'capsule',
    fromto: [...from, 0.01, ...to, 0.01],
    size: [0.02],
    conaffinity: 0,
    rgba: frame,
  });
}

function link(name: string) {
  return geom({ name, type: 'capsule', fromto: [0, 0, 0, 0.1, 0, 0], size: [0.01], rgba: arm });
}

/** The target's slide along an axis; nothing drives it. */
function targetSlide(name: string, axis: readonly [number, number, number], ref: number) {
  return joint({ name, type: 'slide', axis, range: [-0.27, 0.27], ref, armature: 0, damping: 0 });
}

/** The reacher: an arm of two links in a plane, and a target that a reset places. */
export const reacherModel = mjcf(
  { model: 'reacher' },
  compiler({ angle: 'radian' }),
  option({ timestep: 0.01, integrator: 'RK4' }),
  size({ memory: '200K' }),
  defaults(
    joint({ armature: 1, damping: 1 }),
    geom({ contype: 0, conaffinity: 1, condim: 3, friction: [1, 0.1, 0.1] }),
  ),
  worldbody(
    geom({ name: 'ground', type: 'plane', size: [1, 1, 10], conaffinity: 0, rgba: [0.9, 0.9, 0.9, 1] }),
    side('sideS', [-0.3, -0.3], [0.3, -0.3]),
    side('sideE', [0.3, -0.3], [0.3, 0.3]),
    side('sideN', [-0.3, 0.3], [0.3, 0.3]),
    side('sideW', [-0.3, -0.3], [-0.3, 0.3]),
    geom({
      name: 'root',
      type: 'cylinder',
      fromto: [0, 0, 0, 0, 0, 0.02],
      size: [0.011],
      conaffinity: 0,
      rgba: frame,
    }),
    body(
      { name: 'body0', pos: [0, 0, 0.01] },
      joint({ name: 'joint0', type: 'hinge', axis: [0, 0, 1] }),
      link('link0'),
      body(
        { name: 'body1', pos: [0.1, 0, 0] },
        joint({ name: 'joint1', type: 'hinge', axis: [0, 0, 1], range: [-3, 3] }),
        link('link1'),
        body(
          { name: 'fingertip', pos: [0.11, 0, 0] },
          geom({ name: 'fingertip', type: 'sphere', size: [0.01], rgba: [0, 0.8, 0.6, 1] }),
        ),
      ),
    ),
    body(
      { name: 'target', pos: [0.1, -0.1, 0.01] },
      targetSlide('target_x', [1, 0, 0], 0.1),
      targetSlide('target_y', [0, 1, 0], -0.1),
      geom({ name: 'target', type: 'sphere', size: [0.009], conaffinity: 0, rgba: [0.9, 0.2, 0.2, 1] }),
    ),
  ),
  actuator(...['joint0', 'joint1'].map((name) => motor({ joint: name, gear: [200], ctrlrange: [-1, 1] }))),
);
