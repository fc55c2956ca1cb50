import { type BodyStyle, bodyMarkup, bodyParts, bodyStyle, boundsOf, groundUnder, positionOf } from './body-shapes.ts';
import { evenly } from './downsample.ts';
import { coordinate, type Drawing, draw } from './drawing.ts';
import { formatNumber } from './format.ts';
import type { EpisodeTrace, TraceFrame } from './input.ts';
import { type Markup, markup } from './markup.ts';
import { hairline, ink, muted } from './palette.ts';
import { projectPoint } from './projection.ts';

const columns = 4;
const gap = 16;
const panelWidth = (1040 - (columns - 1) * gap) / columns;
const captionHeight = 30;

/**
 * A film strip: the body at `count` moments spread evenly over the episode, each picture moved along with the body and
 * marked with its time, position and speed.
 *
 * @returns Undefined when the trace has no geometry to draw.
 */
export function drawFilmStrip(trace: EpisodeTrace, count = 12): Drawing | undefined {
  const style = bodyStyle(trace);
  if (!style) return undefined;
  const frames = evenly(trace.frames, count);
  const extent = stripExtent(trace, frames, style);
  const scale = Math.min(panelWidth / extent.width, 190 / extent.height);
  const panelHeight = Math.round(scale * extent.height) + captionHeight;
  const rows = Math.ceil(frames.length / columns);
  const panels = frames.map((frame, index) => {
    const left = (index % columns) * (panelWidth + gap);
    const top = Math.floor(index / columns) * (panelHeight + gap);
    return panelMarkup(trace, frame, style, {
      left,
      top,
      height: panelHeight - captionHeight,
      scale,
      bottom: extent.bottom,
    });
  });
  const last = frames[frames.length - 1];
  return draw({
    name: 'film-strip',
    description: `The body at ${frames.length} moments from ${formatNumber(frames[0].time, 1)} s to ${formatNumber(last.time, 1)} s of the episode, seen from the side.`,
    width: 1040,
    height: rows * (panelHeight + gap) - gap,
    content: markup`${panels}`,
  });
}

interface PanelPlace {
  left: number;
  top: number;
  height: number;
  scale: number;
  /** Metres at the panel's lower edge. */
  bottom: number;
}

function panelMarkup(trace: EpisodeTrace, frame: TraceFrame, style: BodyStyle, panel: PanelPlace): Markup {
  const { left, top, height, scale, bottom } = panel;
  const root = positionOf(frame, style.root);
  const [centre] = projectPoint(style.view, root);
  const place = { scale, left: left + panelWidth / 2 - scale * centre, top: top + height + scale * bottom };
  const ground = groundUnder(style, root);
  const groundY = ground === undefined ? top + height : place.top - scale * ground;
  const right = left + panelWidth;
  const speed = frame.xVelocity === undefined ? '' : `  ${formatNumber(frame.xVelocity, 1)} m/s`;
  return markup`<g><line x1="${coordinate(left)}" x2="${coordinate(right)}" y1="${coordinate(groundY)}" y2="${coordinate(groundY)}" stroke="${hairline}" stroke-width="2"/>${groundTicks(style, root, place.left, scale, left, right, groundY)}${bodyMarkup(bodyParts(trace, frame, style), place)}<text x="${coordinate(left + 2)}" y="${coordinate(top + height + 22)}" text-anchor="start" font-weight="600" fill="${ink}">${formatNumber(frame.time, 1)} s</text><text x="${coordinate(right - 2)}" y="${coordinate(top + height + 22)}" text-anchor="end" fill="${muted}">x = ${formatNumber(root[0], 1)} m${speed}</text></g>`;
}

/** A short mark under the ground at every metre of x, so that two pictures show how far the body came. */
function groundTicks(
  style: BodyStyle,
  root: readonly number[],
  origin: number,
  scale: number,
  left: number,
  right: number,
  y: number,
): Markup {
  if (style.view.right[0] < 0.5) return markup``;
  const offset = projectPoint(style.view, [0, root[1], 0])[0];
  const step = style.view.right[0];
  const first = Math.ceil(((left + 4 - origin) / scale - offset) / step);
  const marks: Markup[] = [];
  for (let metre = first; ; metre++) {
    const x = origin + scale * (offset + metre * step);
    if (x > right - 4) return markup`${marks}`;
    marks.push(
      markup`<line x1="${coordinate(x)}" x2="${coordinate(x)}" y1="${coordinate(y)}" y2="${coordinate(y + 5)}" stroke="${hairline}" stroke-width="2"/>`,
    );
  }
}

/** The smallest panel, in metres, that holds the body at every moment with the root in its middle. */
function stripExtent(trace: EpisodeTrace, frames: readonly TraceFrame[], style: BodyStyle) {
  let [reach, bottom, top] = [0, Infinity, -Infinity];
  for (const frame of frames) {
    const root = positionOf(frame, style.root);
    const [centre] = projectPoint(style.view, root);
    const [left, low, right, high] = boundsOf(bodyParts(trace, frame, style));
    reach = Math.max(reach, right - centre, centre - left);
    bottom = Math.min(bottom, low, groundUnder(style, root) ?? low);
    top = Math.max(top, high);
  }
  const height = top - bottom;
  return { width: 2.1 * reach, height: 1.06 * height, bottom: bottom - 0.02 * height };
}
