import { InputError } from '@understudy/errors';
import { geomTypes, jointTypes } from '../engine/element-types.ts';
import type { MujocoModel } from '../engine/model.ts';

/** A field in which a compiled model and its card differ. */
export interface CardDifference {
  /** Where: `geoms[2].size[1]`. */
  path: string;
  expected: unknown;
  actual: unknown;
}

const integrators = ['EULER', 'RK4', 'IMPLICIT', 'IMPLICITFAST'];
const solvers = ['PGS', 'CG', 'NEWTON'];
const cones = ['PYRAMIDAL', 'ELLIPTIC'];
const transmissions = ['JOINT', 'JOINTINPARENT', 'SLIDERCRANK', 'TENDON', 'SITE', 'BODY'];
const equalities = ['CONNECT', 'WELD', 'JOINT', 'TENDON', 'FLEX', 'DISTANCE'];

/**
 * Every field of a model card in which a compiled model differs from it; empty when they are equal. Margins are compared
 * as compiled, before a contact rule rewrote them.
 *
 * @param card - A model card: physical parameters of a compiled model as JSON (`model-*.json.gz`).
 * @param tolerance - Difference that counts as none, relative to the larger number or 1. MuJoCo's versions round inertias
 * differently in the last bits.
 * @throws InputError if it isn't one.
 */
export function compareModelToCard(model: MujocoModel, card: unknown, tolerance = 0): CardDifference[] {
  const given = card as Record<string, unknown> | null;
  if (typeof given?.size !== 'object' || !Array.isArray(given.bodies) || !Array.isArray(given.geoms)) {
    throw new InputError('the model card has no size, bodies and geoms; give the JSON of a model-*.json.gz file');
  }
  const { mujoco: _version, ...expected } = given;
  const differences: CardDifference[] = [];
  collect(describeModel(model, expected), expected, '', (difference) => {
    if (!equalWithin(tolerance, difference)) differences.push(difference);
  });
  return differences;
}

/** The model in the card's shape, with the fields that this card has. */
function describeModel(model: MujocoModel, card: Record<string, unknown>): Record<string, unknown> {
  return {
    option: describeOption(model),
    size: Object.fromEntries(Object.keys(card.size as object).map((field) => [field, model.count(field)])),
    qpos0: Array.from(model.doubles('qpos0')),
    bodies: describeBodies(model),
    joints: describeJoints(model),
    geoms: describeGeoms(model),
    sites: describeSites(model),
    actuators: describeActuators(model),
    equalities: describeEqualities(model),
    tendons: model.count('ntendon'),
    excludes: describeExcludes(model),
  };
}

function describeOption(model: MujocoModel): object {
  const numbers = ['timestep', 'iterations', 'tolerance', 'gravity', 'density', 'viscosity', 'impratio'];
  return {
    ...Object.fromEntries([...numbers, 'disableflags', 'enableflags'].map((field) => [field, model.option(field)])),
    integrator: `mjINT_${integrators[model.option('integrator') as number]}`,
    solver: `mjSOL_${solvers[model.option('solver') as number]}`,
    cone: `mjCONE_${cones[model.option('cone') as number]}`,
  };
}

function describeBodies(model: MujocoModel): object[] {
  const row = rows(model);
  return model.names.body.map((name, i) => ({
    name: name || null,
    parent: bodyName(model, model.integers('body_parentid')[i]),
    pos: row('body_pos', i, 3),
    quat: row('body_quat', i, 4),
    ipos: row('body_ipos', i, 3),
    iquat: row('body_iquat', i, 4),
    mass: model.doubles('body_mass')[i],
    inertia: row('body_inertia', i, 3),
    mocap: model.integers('body_mocapid')[i],
  }));
}

function describeJoints(model: MujocoModel): object[] {
  const row = rows(model);
  const limited = model.flags('joint', 'limited');
  return model.names.joint.map((name, i) => {
    const qpos = model.integers('jnt_qposadr')[i];
    const dof = model.integers('jnt_dofadr')[i];
    return {
      name: name || null,
      type: `mjJNT_${jointTypes[model.integers('jnt_type')[i]].toUpperCase()}`,
      body: bodyName(model, model.integers('jnt_bodyid')[i]),
      pos: row('jnt_pos', i, 3),
      axis: row('jnt_axis', i, 3),
      limited: limited[i],
      range: row('jnt_range', i, 2),
      stiffness: model.doubles('jnt_stiffness')[i],
      springref: model.doubles('qpos_spring')[qpos],
      ref: model.doubles('qpos0')[qpos],
      margin: model.doubles('jnt_margin')[i],
      damping: model.doubles('dof_damping')[dof],
      armature: model.doubles('dof_armature')[dof],
      frictionloss: model.doubles('dof_frictionloss')[dof],
      solreflimit: row('jnt_solref', i, 2),
      solimplimit: row('jnt_solimp', i, 5),
    };
  });
}

function describeGeoms(model: MujocoModel): object[] {
  const row = rows(model);
  return model.names.geom.map((name, i) => ({
    name: name || null,
    type: `mjGEOM_${geomTypes[model.integers('geom_type')[i]].toUpperCase()}`,
    body: bodyName(model, model.integers('geom_bodyid')[i]),
    pos: row('geom_pos', i, 3),
    quat: row('geom_quat', i, 4),
    size: row('geom_size', i, 3),
    contype: model.integers('geom_contype')[i],
    conaffinity: model.integers('geom_conaffinity')[i],
    condim: model.integers('geom_condim')[i],
    friction: row('geom_friction', i, 3),
    margin: model.compiledMargins[i],
    gap: model.doubles('geom_gap')[i],
    solref: row('geom_solref', i, 2),
    solimp: row('geom_solimp', i, 5),
    solmix: model.doubles('geom_solmix')[i],
    priority: model.integers('geom_priority')[i],
    rgba: row('geom_rgba', i, 4),
  }));
}

function describeSites(model: MujocoModel): object[] {
  const row = rows(model);
  return model.names.site.map((name, i) => ({
    name: name || null,
    body: bodyName(model, model.integers('site_bodyid')[i]),
    pos: row('site_pos', i, 3),
    size: row('site_size', i, 3),
  }));
}

function describeActuators(model: MujocoModel): object[] {
  const row = rows(model);
  const ctrllimited = model.flags('actuator', 'ctrllimited');
  const forcelimited = model.flags('actuator', 'forcelimited');
  return model.names.actuator.map((name, i) => {
    const transmission = transmissions[model.integers('actuator_trntype')[i]];
    const target = model.integers('actuator_trnid')[2 * i];
    return {
      name: name || null,
      trntype: `mjTRN_${transmission}`,
      target,
      joint: transmission === 'JOINT' ? model.names.joint[target] : null,
      gear: row('actuator_gear', i, 6),
      gainprm: row('actuator_gainprm', i, 3, 10),
      biasprm: row('actuator_biasprm', i, 3, 10),
      ctrllimited: ctrllimited[i],
      ctrlrange: row('actuator_ctrlrange', i, 2),
      forcelimited: forcelimited[i],
      forcerange: row('actuator_forcerange', i, 2),
    };
  });
}

function describeEqualities(model: MujocoModel): object[] {
  const row = rows(model);
  const active = model.flags('equality', 'active0');
  return active.map((isActive, i) => {
    const type = equalities[model.integers('eq_type')[i]];
    const names = type === 'JOINT' ? model.names.joint : model.names.body;
    return {
      type: `mjEQ_${type}`,
      obj1: names[model.integers('eq_obj1id')[i]],
      obj2: names[model.integers('eq_obj2id')[i]] ?? null,
      data: row('eq_data', i, 11),
      solref: row('eq_solref', i, 2),
      solimp: row('eq_solimp', i, 5),
      active: isActive,
    };
  });
}

/** Pairs of bodies that never touch; MuJoCo packs a pair's ids into one integer. */
function describeExcludes(model: MujocoModel): string[][] {
  return Array.from(model.integers('exclude_signature'), (signature) =>
    [signature >> 16, signature & 0xffff].map((id) => model.names.body[id]),
  );
}

/** Null for a body without a name, as for every unnamed element of a card. */
function bodyName(model: MujocoModel, body: number): string | null {
  return model.names.body[body] || null;
}

/** Reads the first `width` numbers of row i, whose rows are `stride` long. */
function rows(model: MujocoModel): (field: string, i: number, width: number, stride?: number) => number[] {
  return (field, i, width, stride = width) => Array.from(model.view(field).subarray(i * stride, i * stride + width));
}

function equalWithin(tolerance: number, { expected, actual }: CardDifference): boolean {
  if (typeof expected !== 'number' || typeof actual !== 'number') return false;
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(actual), Math.abs(expected));
}

/** Reports the differences of `actual` from `expected` at and below `path`. */
function collect(actual: unknown, expected: unknown, path: string, report: (found: CardDifference) => void): void {
  if (typeof expected !== 'object' || expected === null) {
    if (actual !== expected) report({ path, expected, actual });
    return;
  }
  const found = (actual ?? {}) as Record<string, unknown>;
  const lengths = [(expected as unknown[]).length, (actual as unknown[] | undefined)?.length];
  if (Array.isArray(expected) && lengths[0] !== lengths[1]) {
    report({ path: `${path}.length`, expected: lengths[0], actual: lengths[1] ?? null });
    return;
  }
  for (const [name, value] of Object.entries(expected)) {
    const at = Array.isArray(expected) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    collect(found[name], value, at, report);
  }
}
