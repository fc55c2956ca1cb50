import { coordinate } from './drawing.ts';
import type { EpisodeTrace, GeomRecord, TraceFrame } from './input.ts';
import { type Markup, markup } from './markup.ts';
import { limbColours, paper, torsoColour } from './palette.ts';
import { depthOf, type Outline, obliqueView, projectGeom, projectPoint, sideView, type View } from './projection.ts';

/** How a trace's body is drawn: which geometries, in which colours, from where. */
export interface BodyStyle {
  view: View;
  /** Indices into the trace's geometries that are drawn. */
  drawn: readonly number[];
  /** Colour by geometry index. */
  colours: readonly string[];
  /** Index of the geometry that pictures follow: the first one of the first moving body. */
  root: number;
  /** Height of the ground in the world; undefined without a plane. */
  ground?: number;
}

/** One geometry in the picture. */
export interface BodyPart {
  geom: number;
  outline: Outline;
  colour: string;
  depth: number;
}

/** Pixels for metres: `x = left + scale · metres`, `y = top - scale · metres`. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

/**
 * Chooses view and colours. Bodies that stay in one plane are drawn from the side, others from a little above. Each limb
 * (a chain of bodies that leaves the root) has its own colour, lighter from joint to joint; the root is dark.
 *
 * @returns Undefined when nothing in the trace can be drawn.
 */
export function bodyStyle(trace: EpisodeTrace): BodyStyle | undefined {
  const { geoms, frames } = trace;
  if (frames.length === 0) return undefined;
  const drawn = geoms.map((_, index) => index).filter((index) => isDrawn(geoms[index], frames[0], index));
  const root = drawn.find((index) => geoms[index].body !== 'world');
  if (root === undefined) return undefined;
  const plane = geoms.findIndex((geom) => geom.type === 'plane');
  return {
    view: isPlanar(trace, drawn) ? sideView : obliqueView,
    drawn,
    colours: geomColours(geoms, geoms[root].body),
    root,
    ground: plane < 0 ? undefined : frames[0].geomPositions[3 * plane + 2],
  };
}

/** The parts of the body at one moment, farthest first. */
export function bodyParts(trace: EpisodeTrace, frame: TraceFrame, style: BodyStyle): BodyPart[] {
  const parts: BodyPart[] = [];
  for (const geom of style.drawn) {
    const position = positionOf(frame, geom);
    const rotation = Array.from({ length: 9 }, (_, i) => frame.geomRotations[9 * geom + i]);
    const outline = projectGeom(trace.geoms[geom], position, rotation, style.view);
    if (!outline) continue;
    parts.push({ geom, outline, colour: style.colours[geom], depth: depthOf(style.view, position) });
  }
  return parts.sort((a, b) => b.depth - a.depth || a.geom - b.geom);
}

/** World position of one geometry at one moment. */
export function positionOf(frame: TraceFrame, geom: number): [number, number, number] {
  const { geomPositions } = frame;
  return [geomPositions[3 * geom], geomPositions[3 * geom + 1], geomPositions[3 * geom + 2]];
}

/** SVG elements of a body; a thin rim in the paper's colour tells limbs apart where they overlap. */
export function bodyMarkup(parts: readonly BodyPart[], place: Placement, opacity = 1): Markup {
  const rim = 1.5;
  const shapes = parts.map((part) => [
    outlineMarkup(part.outline, place, paper, rim),
    outlineMarkup(part.outline, place, part.colour, 0),
  ]);
  return opacity === 1 ? markup`<g>${shapes}</g>` : markup`<g opacity="${coordinate(opacity)}">${shapes}</g>`;
}

/** Lowest and highest coordinates of some parts: `[left, bottom, right, top]` in metres. */
export function boundsOf(parts: readonly BodyPart[]): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const include = (x: number, y: number, radius: number) => {
    bounds[0] = Math.min(bounds[0], x - radius);
    bounds[1] = Math.min(bounds[1], y - radius);
    bounds[2] = Math.max(bounds[2], x + radius);
    bounds[3] = Math.max(bounds[3], y + radius);
  };
  for (const { outline } of parts) {
    if (outline.kind === 'polygon') for (const [x, y] of outline.points) include(x, y, 0);
    else if (outline.kind === 'circle') include(outline.x, outline.y, outline.radius);
    else {
      include(outline.x1, outline.y1, outline.radius);
      include(outline.x2, outline.y2, outline.radius);
    }
  }
  return bounds;
}

/** Height of the ground line in the picture, in metres, under a world point. */
export function groundUnder(style: BodyStyle, position: ArrayLike<number>): number | undefined {
  if (style.ground === undefined) return undefined;
  return projectPoint(style.view, [position[0], position[1], style.ground])[1];
}

function outlineMarkup(outline: Outline, { scale, left, top }: Placement, colour: string, rim: number): Markup {
  const x = (metres: number) => coordinate(left + scale * metres);
  const y = (metres: number) => coordinate(top - scale * metres);
  if (outline.kind === 'circle') {
    return markup`<circle cx="${x(outline.x)}" cy="${y(outline.y)}" r="${coordinate(scale * outline.radius + rim)}" fill="${colour}"/>`;
  }
  if (outline.kind === 'capsule') {
    const width = coordinate(2 * (scale * outline.radius + rim));
    return markup`<line x1="${x(outline.x1)}" y1="${y(outline.y1)}" x2="${x(outline.x2)}" y2="${y(outline.y2)}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;
  }
  const points = outline.points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
  if (rim === 0) return markup`<polygon points="${points}" fill="${colour}"/>`;
  return markup`<polygon points="${points}" fill="${colour}" stroke="${colour}" stroke-width="${2 * rim}" stroke-linejoin="round"/>`;
}

function isDrawn(geom: GeomRecord, frame: TraceFrame, index: number): boolean {
  const shapes = ['sphere', 'capsule', 'ellipsoid', 'cylinder', 'box'];
  const visible = geom.rgba === undefined || geom.rgba[3] > 0;
  return shapes.includes(geom.type) && visible && positionOf(frame, index).every(Number.isFinite);
}

/** Whether the moving geometries' centres keep their distance from the x-z plane all along. */
function isPlanar({ geoms, frames }: EpisodeTrace, drawn: readonly number[]): boolean {
  const moving = drawn.filter((index) => geoms[index].body !== 'world');
  return moving.every((index) => {
    const y = frames[0].geomPositions[3 * index + 1];
    return frames.every((frame) => Math.abs(frame.geomPositions[3 * index + 1] - y) < 1e-6);
  });
}

function geomColours(geoms: readonly GeomRecord[], rootBody: string): string[] {
  const parents = new Map(geoms.map((geom) => [geom.body, geom.parentBody]));
  const children = new Map<string, number>();
  for (const [body, parent] of parents)
    if (parent && body !== 'world') children.set(parent, (children.get(parent) ?? 0) + 1);
  const limbs: string[] = [];
  return geoms.map(({ body }) => {
    if (body === rootBody || body === 'world') return torsoColour;
    const chain = limbChain(body, rootBody, parents, children);
    const limb = chain[chain.length - 1];
    if (!limbs.includes(limb)) limbs.push(limb);
    const shades = limbColours[limbs.indexOf(limb) % limbColours.length];
    return shades[Math.min(shades.length - 1, chain.length - 1)];
  });
}

/** From `body` up to where its limb leaves the root or a body that branches; only itself when parents are unknown. */
function limbChain(
  body: string,
  rootBody: string,
  parents: ReadonlyMap<string, string | undefined>,
  children: ReadonlyMap<string, number>,
): string[] {
  const chain = [body];
  for (;;) {
    const parent = parents.get(chain[chain.length - 1]);
    if (!parent || parent === rootBody || parent === 'world' || chain.includes(parent)) return chain;
    if ((children.get(parent) ?? 0) > 1) return chain;
    chain.push(parent);
  }
}
