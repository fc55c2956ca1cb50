import { type BodyStyle, bodyMarkup, bodyParts, bodyStyle, boundsOf, groundUnder, positionOf } from './body-shapes.ts';
import { coordinate, type Drawing, draw } from './drawing.ts';
import { formatNumber, formatTick } from './format.ts';
import type { EpisodeTrace, TraceFrame } from './input.ts';
import { type Markup, markup } from './markup.ts';
import { hairline, muted } from './palette.ts';

const width = 1040;
const axisHeight = 40;
/** Lengths of the body from one whole picture to the next. */
const spacing = 1.15;
/** A body that takes longer from one whole picture to the next, in seconds, doesn't travel. */
const slowest = 1.5;
/** Widest and flattest wanted: the picture's width over its height. */
const aspect = 4.6;

/** Frames of a {@link drawStride}: every `interval`-th is a pose drawn whole, those between are its ghosts. */
interface Stretch {
  frames: readonly TraceFrame[];
  interval: number;
}

/**
 * A chronophotograph: the body at equal intervals of time over one stretch of the episode, at its true places along the
 * ground, with faint pictures of the moments between.
 *
 * @returns Undefined when the body can't be drawn or doesn't travel along x.
 */
export function drawStride(trace: EpisodeTrace): Drawing | undefined {
  const style = bodyStyle(trace);
  const stretch = style && findStretch(trace, style);
  if (!stretch) return undefined;
  const { frames, interval } = stretch;
  const bodies = frames.map((frame) => bodyParts(trace, frame, style));
  const [left, low, right, high] = boundsOf(bodies.flat());
  const start = positionOf(frames[0], style.root);
  const ground = groundUnder(style, start) ?? low;
  const bottom = Math.min(low, ground);
  const scale = Math.min(width / (right - left), 320 / (high - bottom));
  const height = Math.round(scale * (high - bottom)) + axisHeight + 4;
  const place = { scale, left: (width - scale * (right + left)) / 2, top: height - axisHeight + scale * bottom };
  const groundY = place.top - scale * ground;
  const ghosts = bodies.filter((_, index) => index % interval !== 0).map((parts) => bodyMarkup(parts, place, 0.1));
  const whole = bodies.filter((_, index) => index % interval === 0).map((parts) => bodyMarkup(parts, place));
  const last = frames[frames.length - 1];
  const travelled = Math.abs(positionOf(last, style.root)[0] - start[0]);
  const seconds = last.time - frames[0].time;
  return draw({
    name: 'stride',
    description: `The body every ${formatNumber(seconds / (whole.length - 1), 2)} s, ${formatNumber(frames[0].time, 1)} s into the episode, at its true places: ${formatNumber(travelled, 1)} m in ${formatNumber(seconds, 1)} s.`,
    width,
    height,
    content: markup`${ghosts}<line x1="0" x2="${width}" y1="${coordinate(groundY)}" y2="${coordinate(groundY)}" stroke="${hairline}" stroke-width="2"/>${distanceMarks(start[0], place.left, scale, groundY)}${whole}`,
  });
}

function distanceMarks(start: number, origin: number, scale: number, y: number): Markup {
  const step = [0.25, 0.5, 1, 2, 5, 10, 25].find((metres) => metres * scale > 90) ?? 50;
  const marks: Markup[] = [];
  for (let k = Math.ceil((20 - origin) / (scale * step) - start / step); ; k++) {
    const x = origin + scale * (start + k * step);
    if (x > width - 20) return markup`${marks}`;
    marks.push(
      markup`<line x1="${coordinate(x)}" x2="${coordinate(x)}" y1="${coordinate(y)}" y2="${coordinate(y + 6)}" stroke="${hairline}" stroke-width="2"/><text x="${coordinate(x)}" y="${coordinate(y + 24)}" fill="${muted}">${formatTick(k * step)} m</text>`,
    );
  }
}

/** A stretch from the episode's middle in which the body moves on by {@link spacing} lengths from pose to pose. */
function findStretch({ frames, ...trace }: EpisodeTrace, style: BodyStyle): Stretch | undefined {
  if (frames.length < 4 || style.view.right[0] < 0.5) return undefined;
  const x = (index: number) => positionOf(frames[index], style.root)[0];
  const middle = Math.floor(frames.length / 2);
  const [left, low, right, high] = boundsOf(bodyParts({ frames, ...trace }, frames[middle], style));
  const wanted = Math.max(4 * spacing * (right - left), aspect * (high - low) - (right - left));
  let [from, to] = [middle, middle];
  while (Math.abs(x(to) - x(from)) < wanted && (from > 0 || to < frames.length - 1)) {
    if (to < frames.length - 1) to++;
    if (Math.abs(x(to) - x(from)) < wanted && from > 0) from--;
  }
  const travelled = Math.abs(x(to) - x(from)) / (right - left);
  const count = Math.min(1 + Math.floor(travelled / spacing + 0.1), to - from + 1);
  if (count < 2) return undefined;
  const interval = Math.ceil((to - from) / (count - 1));
  if (interval * trace.dt > slowest) return undefined;
  const ghosts = Math.min(interval, 3);
  const chosen: TraceFrame[] = [];
  for (let pose = 0; pose < count; pose++) {
    for (let ghost = 0; ghost < (pose === count - 1 ? 1 : ghosts); ghost++) {
      const index = from + pose * interval + Math.round((ghost * interval) / ghosts);
      if (index < frames.length) chosen.push(frames[index]);
    }
  }
  return { frames: chosen, interval: ghosts };
}
