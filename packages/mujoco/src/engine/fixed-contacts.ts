import type { ContactMargin } from './host.ts';
import type { MujocoModel } from './model.ts';

/** More pairs than this are found faster by MuJoCo's broad phase. */
const mostPairs = 64;

/** MuJoCo's mjtDisableBit. */
const filterParent = 1 << 10;
const midphase = 1 << 14;
const island = 1 << 18;

/** MuJoCo's mjtSolver. */
const conjugateGradient = 1;

/**
 * The model's MJCF with one explicit contact pair for every two geoms that may touch, so that a step need not search
 * for them; undefined where that isn't possible or doesn't pay.
 */
export function withContactPairs(model: MujocoModel, xml: string): string | undefined {
  const pairs = contactPairs(model);
  const { geom } = model.names;
  const end = xml.lastIndexOf('</mujoco>');
  const nameable = pairs.flat().every((id) => /^[\w.-]+$/.test(geom[id]));
  const special = ['npair', 'nflex'].some((field) => model.count(field) > 0);
  const gaps = model.doubles('geom_gap').some((gap) => gap !== 0);
  if (pairs.length === 0 || pairs.length > mostPairs || !nameable || special || gaps || end < 0) return undefined;
  const elements = pairs.map(([a, b]) => `<pair geom1="${geom[a]}" geom2="${geom[b]}"/>`).join('');
  return `${xml.slice(0, end)}<contact>${elements}</contact>${xml.slice(end)}`;
}

/**
 * Gives each pair that {@link withContactPairs} made what MuJoCo gives a contact of its two geoms, margins by the rule
 * asked for, and turns the search for contacts off.
 */
export function fixContacts(model: MujocoModel, rule: ContactMargin): void {
  const first = model.integers('pair_geom1');
  const second = model.integers('pair_geom2');
  for (let pair = 0; pair < first.length; pair++) fillPair(model, pair, first[pair], second[pair], rule);
  for (const owner of ['geom', 'body']) {
    model.integers(`${owner}_contype`).fill(0);
    model.integers(`${owner}_conaffinity`).fill(0);
  }
}

/**
 * Turns off what costs time and doesn't change the result: the tree of bounding boxes inside bodies of few geoms and,
 * for MuJoCo 3.3's Newton and PGS solvers, finding islands of constraints where all joints are in one kinematic tree
 * (3.14's Newton stops elsewhere without them).
 */
export function skipIdleStages(model: MujocoModel): void {
  let flags = model.option('disableflags') as number;
  const newtonOrPgs = model.option('solver') !== conjugateGradient;
  if (newtonOrPgs && model.engine.version.startsWith('3.3.') && model.count('ntree') <= 1) flags |= island;
  if (Math.max(0, ...model.integers('body_geomnum')) <= 4) flags |= midphase;
  model.setDisableFlags(flags);
}

/** Pairs of geoms that MuJoCo's filters let touch. */
function contactPairs(model: MujocoModel): [number, number][] {
  const contype = model.integers('geom_contype');
  const conaffinity = model.integers('geom_conaffinity');
  const body = model.integers('geom_bodyid');
  const pairs: [number, number][] = [];
  for (let i = 0; i < body.length; i++) {
    for (let j = i + 1; j < body.length; j++) {
      const affine = (contype[i] & conaffinity[j]) !== 0 || (contype[j] & conaffinity[i]) !== 0;
      if (affine && bodiesMayTouch(model, body[i], body[j])) pairs.push([i, j]);
    }
  }
  return pairs;
}

/** Not within one rigid body, not parent with child (unless the parent is the world), not excluded. */
function bodiesMayTouch(model: MujocoModel, a: number, b: number): boolean {
  const weld = model.integers('body_weldid');
  const parent = model.integers('body_parentid');
  const [weldA, weldB] = [weld[a], weld[b]];
  if (weldA === weldB) return false;
  const family = weldA === weld[parent[weldB]] || weldB === weld[parent[weldA]];
  const filtered = ((model.option('disableflags') as number) & filterParent) === 0;
  if (filtered && family && weldA !== 0 && weldB !== 0) return false;
  const signatures = [(a << 16) + b, (b << 16) + a];
  return !model.integers('exclude_signature').some((signature) => signatures.includes(signature));
}

/**
 * A contact's parameters from its geoms, as MuJoCo mixes them: the geom of higher priority decides; between equals the
 * larger dimension and friction count, and solver parameters are averaged by `solmix`.
 */
function fillPair(model: MujocoModel, pair: number, i: number, j: number, rule: ContactMargin): void {
  const row = (field: string, geom: number, width: number) =>
    model.doubles(field).subarray(geom * width, (geom + 1) * width);
  const priority = model.integers('geom_priority');
  const dimension = model.integers('geom_condim');
  const weight = mixingWeight(priority[i] - priority[j], model.doubles('geom_solmix'), i, j);
  const equal = priority[i] === priority[j];
  const winner = priority[i] >= priority[j] ? i : j;

  const [frictionI, frictionJ] = [row('geom_friction', i, 3), row('geom_friction', j, 3)];
  const friction = row('geom_friction', winner, 3).map((value, k) =>
    equal ? Math.max(frictionI[k], frictionJ[k]) : value,
  );
  const [solrefI, solrefJ] = [row('geom_solref', i, 2), row('geom_solref', j, 2)];
  const standard = solrefI[0] > 0 && solrefJ[0] > 0;
  const mix = (a: number, b: number) => weight * a + (1 - weight) * b;
  const solref = solrefI.map((a, k) => (standard || !equal ? mix(a, solrefJ[k]) : Math.min(a, solrefJ[k])));
  const solimpJ = row('geom_solimp', j, 5);
  const solimp = row('geom_solimp', i, 5).map((a, k) => mix(a, solimpJ[k]));
  const [marginI, marginJ] = [model.compiledMargins[i], model.compiledMargins[j]];

  model.integers('pair_dim')[pair] = equal ? Math.max(dimension[i], dimension[j]) : dimension[winner];
  row('pair_friction', pair, 5).set([friction[0], friction[0], friction[1], friction[2], friction[2]]);
  row('pair_solref', pair, 2).set(solref);
  row('pair_solreffriction', pair, 2).fill(0);
  row('pair_solimp', pair, 5).set(solimp);
  model.doubles('pair_margin')[pair] = rule === 'sum' ? marginI + marginJ : Math.max(marginI, marginJ);
  model.doubles('pair_gap')[pair] = 0;
}

/** Share of geom i in the averages. */
function mixingWeight(priority: number, solmix: Float64Array, i: number, j: number): number {
  const smallest = 1e-15;
  if (priority !== 0) return priority > 0 ? 1 : 0;
  if (solmix[i] >= smallest && solmix[j] >= smallest) return solmix[i] / (solmix[i] + solmix[j]);
  if (solmix[i] < smallest && solmix[j] < smallest) return 0.5;
  return solmix[i] < smallest ? 0 : 1;
}
