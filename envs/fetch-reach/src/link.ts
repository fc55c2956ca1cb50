import type { GeomAttributes, JointAttributes, MjcfElement } from '@understudy/mujoco/mjcf';
import { body, geom, inertial, joint } from '@understudy/mujoco/mjcf';

type Vec3 = readonly [number, number, number];
type Quaternion = readonly [number, number, number, number];

/** One rigid part of the robot. Names are without the prefix `robot0:`. */
export interface Link {
  readonly name: string;
  /** Place in the parent's frame, m. */
  readonly pos: Vec3;
  readonly quat?: Quaternion;
  /** Centre of mass and principal axes in the link's frame. */
  readonly inertia: { readonly pos: Vec3; readonly quat?: Quaternion };
  /** kg */
  readonly mass: number;
  /** Moments about the principal axes, kg m^2; none unless given. */
  readonly diaginertia?: Vec3;
  /** The joint that moves the link against its parent, a hinge unless told; without one it is fixed. */
  readonly joint?: JointAttributes;
  /** Slides along x, y, z instead of a joint. */
  readonly slides?: { readonly names: readonly string[]; readonly damping: number; readonly armature: number };
  readonly shape: GeomAttributes;
  /** What the shape touches; otherwise it is only seen. */
  readonly touches?: Pick<GeomAttributes, 'contype' | 'conaffinity'>;
}

const nothing = { contype: 0, conaffinity: 0 } as const;

type BodyElement = MjcfElement<'body' | 'site'>;

/** The body of a link with what hangs on it. */
export function link(part: Link, ...children: BodyElement[]) {
  const name = `robot0:${part.name}`;
  return body(
    { name, pos: part.pos, quat: part.quat },
    inertial({ ...part.inertia, mass: part.mass, diaginertia: part.diaginertia ?? [0, 0, 0] }),
    ...joints(part),
    geom({ name, class: 'robot', ...part.shape, ...(part.touches ?? nothing) }),
    ...children,
  );
}

const slideAxes: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

function joints({ joint: own, slides }: Link) {
  if (slides) {
    const { names, damping, armature } = slides;
    return names.map((name, i) =>
      joint({ name: `robot0:${name}`, type: 'slide', axis: slideAxes[i], damping, armature }),
    );
  }
  return own ? [joint({ armature: 1, ...own, name: `robot0:${own.name}` })] : [];
}

/** The frames of a colour and depth camera: nothing weighs or moves. */
export function cameraFrames(owner: 'head' | 'gripper') {
  const name = (part: string) => `robot0:${owner}_camera_${part}`;
  const sensor = (kind: string, y: number) =>
    body(
      { name: name(`${kind}_frame`), pos: [0, y, 0] },
      body({ name: name(`${kind}_optical_frame`), quat: [1, -1, 1, -1] }),
    );
  return body({ name: name('link'), pos: [0.055, 0, 0.0225] }, sensor('rgb', 0.02), sensor('depth', 0.045));
}
