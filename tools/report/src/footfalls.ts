import type { Markish } from '@observablehq/plot';
import { axisX, axisY, barX, gridX, text } from '@observablehq/plot';
import { type BodyStyle, bodyStyle, positionOf } from './body-shapes.ts';
import { type Drawing, drawPlot, labelMargin, shortLabel } from './drawing.ts';
import { formatShare, formatTick } from './format.ts';
import type { EpisodeTrace, GeomRecord, TraceFrame } from './input.ts';
import { hairline, ink, muted } from './palette.ts';
import { strideWindow } from './traces.ts';

/** A geometry nearer to the ground than this, in metres, stands on it: contacts give way a little. */
const touching = 0.005;

interface Foot {
  label: string;
  colour: string;
  /** Whether it touched the ground, frame by frame. */
  onGround: boolean[];
  share: number;
}

/**
 * Footfalls as biologists draw them: a row a foot, a bar while it is on the ground, over {@link strideWindow}.
 *
 * @returns Undefined without a ground, or when nothing both touches and leaves it.
 */
export function drawFootfalls(trace: EpisodeTrace): Drawing | undefined {
  const style = bodyStyle(trace);
  if (style?.ground === undefined) return undefined;
  const frames = trace.frames.slice(...strideWindow(trace));
  const feet = feetOf(trace, frames, style);
  if (feet.length === 0) return undefined;
  const marks: Markish[] = [
    gridX({ stroke: hairline, strokeOpacity: 1, tickSpacing: 90 }),
    axisX({ label: null, tickFormat: formatTick, tickSize: 0, fill: muted, tickSpacing: 90 }),
    axisY({ label: null, tickFormat: shortLabel, tickSize: 0, fontSize: 13, fontWeight: 600, fill: ink }),
    ...feet.map((foot) =>
      barX(stances(foot, frames, trace.dt), {
        x1: 'from',
        x2: 'to',
        y: () => foot.label,
        fill: foot.colour,
        rx: 4,
        insetTop: 5,
        insetBottom: 5,
      }),
    ),
    text(['seconds'], { frameAnchor: 'bottom-right', textAnchor: 'end', dy: 34, fill: muted, fontSize: 12 }),
  ];
  const shares = feet.map((foot) => `${foot.label} ${formatShare(foot.share)}`).join(', ');
  return drawPlot('footfalls', `Share of the time on the ground: ${shares}.`, {
    width: 1040,
    height: feet.length * 30 + 52,
    marginLeft: labelMargin(feet.map((foot) => foot.label)),
    marginRight: 8,
    marginTop: 6,
    marginBottom: 46,
    x: { domain: [frames[0].time, frames[frames.length - 1].time] },
    y: { type: 'band', domain: feet.map((foot) => foot.label), padding: 0 },
    marks,
  });
}

/** Geometries that touch the ground for part of the time, at most eight, those that do most first in the model's order. */
function feetOf(trace: EpisodeTrace, frames: readonly TraceFrame[], style: BodyStyle): Foot[] {
  const feet = style.drawn.flatMap((index): Foot[] => {
    const geom = trace.geoms[index];
    if (geom.body === 'world') return [];
    const onGround = frames.map((frame) => lowestPoint(geom, index, frame) - style.ground! < touching);
    const share = onGround.filter(Boolean).length / onGround.length;
    return share < 0.02 || share === 1
      ? []
      : [{ label: geom.name || geom.body, colour: style.colours[index], onGround, share }];
  });
  const most = [...feet].sort((a, b) => b.share - a.share).slice(0, 8);
  return feet.filter((foot) => most.includes(foot));
}

/** Height of a geometry's lowest point; for capsules and spheres exact, for others that of their bounding sphere's centre. */
function lowestPoint(geom: GeomRecord, index: number, frame: TraceFrame): number {
  const height = positionOf(frame, index)[2];
  if (geom.type === 'sphere') return height - geom.size[0];
  if (geom.type !== 'capsule') return height;
  return height - geom.size[0] - Math.abs(frame.geomRotations[9 * index + 8]) * geom.size[1];
}

/** Stretches of time on the ground, each frame standing for half a step to both sides. */
function stances({ onGround }: Foot, frames: readonly TraceFrame[], dt: number): { from: number; to: number }[] {
  const [first, last] = [frames[0].time, frames[frames.length - 1].time];
  const bars: { from: number; to: number }[] = [];
  for (let start = 0; start < onGround.length; start++) {
    if (!onGround[start]) continue;
    let end = start;
    while (onGround[end + 1]) end++;
    bars.push({ from: Math.max(first, frames[start].time - dt / 2), to: Math.min(last, frames[end].time + dt / 2) });
    start = end;
  }
  return bars;
}
