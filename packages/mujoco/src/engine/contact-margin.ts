import { InputError } from '@understudy/errors';
import type { ContactMargin } from './host.ts';
import type { MujocoModel } from './model.ts';

/** Two geoms that can touch, by id. */
type GeomPair = readonly [number, number];

/**
 * Makes a model follow a contact rule that its MuJoCo does not have, by rewriting the geoms' margins so that MuJoCo's
 * own rule gives every pair of geoms that can touch the margin that the rule asked for would give it. The result is
 * exact, or refused. Margins of explicit contact pairs stay as compiled.
 *
 * @throws InputError if no margins do that, or if geoms have a `gap`, whose meaning differs between the versions.
 */
export function applyContactMargin(model: MujocoModel, rule: ContactMargin): void {
  const { engine, compiledMargins: margins } = model;
  if (rule === engine.nativeContactMargin) return;
  const gap = model.doubles('geom_gap').findIndex((value) => value !== 0);
  if (gap >= 0) throw refusal(model, rule, `${geomLabel(model, gap)} has a gap`);
  if (margins.every((margin) => margin === 0)) return;

  const pairs = touchingPairs(model);
  const solved = rule === 'sum' ? marginsForSum(margins, pairs) : marginsForMax(margins, pairs);
  if (!solved.margins) {
    const [a, b] = solved.conflict.map((geom) => geomLabel(model, geom));
    throw refusal(model, rule, `the margins of ${a} and ${b} don't allow it`);
  }
  const geomMargin = model.doubles('geom_margin');
  const bodyMargin = model.doubles('body_margin');
  const geomBody = model.integers('geom_bodyid');
  geomMargin.set(solved.margins);
  bodyMargin.fill(0);
  geomMargin.forEach((margin, geom) => {
    bodyMargin[geomBody[geom]] = Math.max(bodyMargin[geomBody[geom]], margin);
  });
}

/** Margins that do what was asked, or two geoms for which there are none. */
type Solution = { margins: Float64Array } | { margins?: undefined; conflict: GeomPair };

/**
 * Margins x with `max(x_i, x_j) = a_i + a_j` for all pairs. No x may exceed the least sum it takes part in, and raising
 * an x never lowers a maximum: so these least sums solve it if anything does.
 */
export function marginsForSum(margins: Float64Array, pairs: readonly GeomPair[]): Solution {
  const x = new Float64Array(margins.length).fill(Number.POSITIVE_INFINITY);
  for (const [i, j] of pairs) {
    const sum = margins[i] + margins[j];
    x[i] = Math.min(x[i], sum);
    x[j] = Math.min(x[j], sum);
  }
  const conflict = pairs.find(([i, j]) => !close(Math.max(x[i], x[j]), margins[i] + margins[j]));
  if (conflict) return { conflict };
  return { margins: x.map((value, geom) => (Number.isFinite(value) ? value : margins[geom])) };
}

/**
 * Margins x >= 0 with `x_i + x_j = max(a_i, a_j)` for all pairs. Within a group of geoms linked by pairs, every
 * `x = sign * t + offset` for one t, which a cycle of odd length fixes and the signs of the x bound.
 */
export function marginsForMax(margins: Float64Array, pairs: readonly GeomPair[]): Solution {
  const neighbours: number[][] = Array.from(margins, () => []);
  for (const [i, j] of pairs) {
    neighbours[i].push(j);
    neighbours[j].push(i);
  }
  const x = Float64Array.from(margins);
  const sign = new Int8Array(margins.length);
  const offset = new Float64Array(margins.length);
  for (let root = 0; root < margins.length; root++) {
    if (sign[root] !== 0 || neighbours[root].length === 0) continue;
    const group = [root];
    let fixed: number | undefined;
    sign[root] = 1;
    for (const i of group) {
      for (const j of neighbours[i]) {
        const sum = Math.max(margins[i], margins[j]);
        if (sign[j] === 0) {
          sign[j] = -sign[i];
          offset[j] = sum - offset[i];
          group.push(j);
        } else if (sign[i] !== sign[j]) {
          if (!close(offset[i] + offset[j], sum)) return { conflict: [i, j] };
        } else {
          const t = (sign[i] * (sum - offset[i] - offset[j])) / 2;
          fixed ??= t;
          if (!close(fixed, t)) return { conflict: [i, j] };
        }
      }
    }
    const low = Math.max(...group.map((i) => (sign[i] === 1 ? -offset[i] : Number.NEGATIVE_INFINITY)));
    const high = Math.min(...group.map((i) => (sign[i] === -1 ? offset[i] : Number.POSITIVE_INFINITY)));
    const t = fixed ?? (low + high) / 2;
    if (t < low - 1e-12 || t > high + 1e-12) return { conflict: [root, neighbours[root][0]] };
    for (const i of group) x[i] = Math.max(0, sign[i] * t + offset[i]);
  }
  return { margins: x };
}

/** Pairs of geoms that MuJoCo may bring into contact, and some that its parent filter and exclusions leave out. */
function touchingPairs(model: MujocoModel): GeomPair[] {
  const contype = model.integers('geom_contype');
  const conaffinity = model.integers('geom_conaffinity');
  const weld = model.integers('body_weldid');
  const body = model.integers('geom_bodyid');
  const pairs: GeomPair[] = [];
  for (let i = 0; i < body.length; i++) {
    for (let j = i + 1; j < body.length; j++) {
      const affine = (contype[i] & conaffinity[j]) !== 0 || (contype[j] & conaffinity[i]) !== 0;
      if (affine && weld[body[i]] !== weld[body[j]]) pairs.push([i, j]);
    }
  }
  return pairs;
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));
}

function geomLabel(model: MujocoModel, geom: number): string {
  return model.names.geom[geom] ? `geom "${model.names.geom[geom]}"` : `geom ${geom}`;
}

function refusal({ engine }: MujocoModel, rule: ContactMargin, reason: string): InputError {
  const other = engine.name === 'mujoco-js' ? '@mujoco/mujoco' : 'mujoco-js';
  return new InputError(
    `contactMargin "${rule}" can't be had with engine ${engine.name}: ${reason}; use engine "${other}" or ` +
      `contactMargin "${engine.nativeContactMargin}"`,
  );
}
