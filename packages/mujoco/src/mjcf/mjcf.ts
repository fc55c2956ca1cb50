import type * as attributes from './attributes.ts';
import { element, type MjcfElement, toXml } from './element.ts';

/** What stands in the world and in a body. */
type BodyPart = MjcfElement<'body' | 'geom' | 'site' | 'camera' | 'light'>;
type BodyChild = BodyPart | MjcfElement<'joint' | 'freejoint' | 'inertial'>;
type ActuatorElement = MjcfElement<'motor' | 'position' | 'velocity'>;
type DefaultChild = MjcfElement<'default' | 'joint' | 'geom' | 'site' | 'camera'> | ActuatorElement;
type Section = MjcfElement<
  | 'compiler'
  | 'option'
  | 'size'
  | 'default'
  | 'asset'
  | 'worldbody'
  | 'actuator'
  | 'contact'
  | 'equality'
  | 'tendon'
  | 'keyframe'
>;

/**
 * An MJCF model as XML text, ready for an engine's `compile`.
 *
 * @example
 * const pendulum = mjcf(
 *   { model: 'pendulum' },
 *   option({ timestep: 0.01 }),
 *   worldbody(body({ name: 'pole' }, joint({ type: 'hinge', axis: [0, 1, 0] }), geom({ size: [0.05] }))),
 * );
 */
export function mjcf(about: { model?: string }, ...sections: Section[]): string {
  return toXml(element('mujoco', about, sections));
}

/** How the model is compiled: the unit of angles, masses, folders. */
export function compiler(settings: attributes.CompilerAttributes) {
  return element('compiler', settings);
}

/** How the model is simulated; `flags` switches parts of the simulation on and off. */
export function option(settings: attributes.OptionAttributes, flags?: Readonly<Record<string, 'enable' | 'disable'>>) {
  return element('option', settings, flags ? [element('flag', flags)] : []);
}

/** Memory of each simulation. */
export function size(sizes: attributes.SizeAttributes) {
  return element('size', sizes);
}

/** Attributes that elements have unless they say otherwise. */
export function defaults(...children: DefaultChild[]) {
  return element('default', {}, children);
}

/** Defaults for the elements that name this class. */
export function defaultClass(name: string, ...children: DefaultChild[]) {
  return element('default', { class: name }, children);
}

export function worldbody(...children: BodyPart[]) {
  return element('worldbody', {}, children);
}

/** A body; it moves against its parent as its joints let it, and not at all without a joint. */
export function body(placement: attributes.BodyAttributes, ...children: BodyChild[]) {
  return element('body', placement, children);
}

export function inertial(inertia: attributes.InertialAttributes) {
  return element('inertial', inertia);
}

export function joint(motion: attributes.JointAttributes) {
  return element('joint', motion);
}

export function freejoint(name?: string) {
  return element('freejoint', { name });
}

/** A shape: what a body weighs, touches and looks like. */
export function geom(shape: attributes.GeomAttributes) {
  return element('geom', shape);
}

/** A marked place on a body, without mass or contact. */
export function site(place: attributes.SiteAttributes) {
  return element('site', place);
}

export function camera(view: attributes.CameraAttributes) {
  return element('camera', view);
}

export function light(source: attributes.LightAttributes) {
  return element('light', source);
}

export function actuator(...actuators: ActuatorElement[]) {
  return element('actuator', {}, actuators);
}

/** An actuator whose control is a torque or force, times its gear. */
export function motor(drive: attributes.ActuatorAttributes) {
  return element('motor', drive);
}

/** A position servo. */
export function position(servo: attributes.PositionAttributes) {
  return element('position', servo);
}

/** A velocity servo. */
export function velocity(servo: attributes.VelocityAttributes) {
  return element('velocity', servo);
}

export function asset(...assets: MjcfElement<'mesh'>[]) {
  return element('asset', {}, assets);
}

/** A mesh from a file that `compile` is given among its assets. */
export function mesh(source: attributes.MeshAttributes) {
  return element('mesh', source);
}

export function contact(...rules: MjcfElement<'pair' | 'exclude'>[]) {
  return element('contact', {}, rules);
}

/** A contact between two geoms with its own parameters. */
export function pair(rule: attributes.PairAttributes) {
  return element('pair', rule);
}

/** No contact between two bodies. */
export function exclude(rule: attributes.ExcludeAttributes) {
  return element('exclude', rule);
}

export function equality(...constraints: MjcfElement<'weld'>[]) {
  return element('equality', {}, constraints);
}

/** Two bodies held together. */
export function weld(constraint: attributes.WeldAttributes) {
  return element('weld', constraint);
}

export function tendon(...tendons: MjcfElement<'fixed'>[]) {
  return element('tendon', {}, tendons);
}

/** A tendon whose length is a weighted sum of joint positions: coefficients by joint name. */
export function fixed(strand: attributes.FixedTendonAttributes, coefficients: Readonly<Record<string, number>>) {
  const joints = Object.entries(coefficients).map(([name, coef]) => element('joint', { joint: name, coef }));
  return element('fixed', strand, joints);
}

export function keyframe(...keys: MjcfElement<'key'>[]) {
  return element('keyframe', {}, keys);
}

/** A state of the simulation by name. */
export function key(state: attributes.KeyAttributes) {
  return element('key', state);
}
