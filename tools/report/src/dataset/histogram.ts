import { axisX, axisY, gridY, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import { coordinate, type Drawing, draw, drawPlot } from '../drawing.ts';
import { formatNumber, formatTick } from '../format.ts';
import { markup } from '../markup.ts';
import { expertColour, hairline, ink, muted, paper } from '../palette.ts';
import type { BinnedCounts, InspectedSpread } from './input.ts';

/** What {@link drawHistogram} draws. */
export interface HistogramChart {
  readonly name: string;
  /** What is counted: `episodes`. */
  readonly unit: string;
  /** What it is counted by: `return`. */
  readonly xLabel: string;
  readonly histogram: BinnedCounts;
  readonly spread: InspectedSpread;
}

/** Bars over the range of the values, with the mean marked. */
export function drawHistogram({ name, unit, xLabel, histogram, spread }: HistogramChart): Drawing {
  const bins = binsOf(histogram, spread);
  const [first, last] = [bins[0].x1, bins[bins.length - 1].x2];
  // A single bar stands in the middle rather than over everything.
  const aside = bins.length === 1 ? 6 * (last - first) : 0;
  const label = `mean ${formatNumber(spread.mean)}`;
  const described = `${capitalised(unit)} by ${xLabel}: from ${formatNumber(spread.min)} to ${formatNumber(spread.max)}, ${label}.`;
  return drawPlot(name, described, {
    width: 520,
    height: 260,
    marginLeft: 52,
    marginRight: 16,
    marginTop: 36,
    marginBottom: 44,
    x: { domain: [first - aside, last + aside], nice: false },
    y: { domain: [0, Math.max(...bins.map(({ count }) => count)) * 1.16] },
    marks: [
      gridY({ stroke: hairline, strokeOpacity: 1, tickSpacing: 50 }),
      axisX({ label: null, tickFormat: formatTick, tickSize: 4, stroke: hairline, fill: muted, tickSpacing: 80 }),
      axisY({ label: null, tickFormat: formatTick, tickSize: 0, fill: muted, tickSpacing: 50 }),
      rectY(bins, { x1: 'x1', x2: 'x2', y: 'count', fill: expertColour, insetLeft: 0.5, insetRight: 0.5 }),
      ruleY([0], { stroke: muted }),
      ruleX([spread.mean], { stroke: ink, strokeDasharray: '2,4', strokeWidth: 1.25 }),
      text([label], {
        x: spread.mean,
        frameAnchor: 'top',
        dx: 6,
        dy: 2,
        textAnchor: 'start',
        fill: ink,
        stroke: paper,
        strokeWidth: 4,
        fontSize: 12,
      }),
      text([unit], {
        frameAnchor: 'top-left',
        textAnchor: 'start',
        dx: -52,
        dy: -22,
        fontSize: 13,
        fontWeight: 600,
        fill: ink,
      }),
      text([xLabel], { frameAnchor: 'bottom-right', textAnchor: 'end', dy: 34, fontSize: 12, fill: muted }),
    ],
  });
}

const sparkWidth = 132;
const sparkHeight = 24;

/** A histogram small enough for a table's cell. */
export function drawSparkBars(name: string, { counts }: BinnedCounts): Drawing {
  const most = Math.max(...counts);
  const step = sparkWidth / counts.length;
  const bars = counts.map((count, i) => {
    if (count === 0) return undefined;
    // At least a pixel, or rare values would not be seen at all.
    const height = Math.max(1, (count / most) * (sparkHeight - 1));
    const width = Math.max(1, step - (step > 3 ? 0.5 : 0));
    return markup`<rect x="${coordinate(i * step)}" y="${coordinate(sparkHeight - height)}" width="${coordinate(width)}" height="${coordinate(height)}"/>`;
  });
  return draw({
    name: `distribution-${name}`,
    description: `Distribution of ${name}`,
    width: sparkWidth,
    height: sparkHeight,
    content: markup`<g fill="${expertColour}">${bars}</g>`,
  });
}

/** Bars, cut to the range of the values; a single value gets a bar that can be seen. */
function binsOf({ low, width, counts }: BinnedCounts, { min, max }: InspectedSpread) {
  if (min === max) {
    const half = Math.abs(min) * 0.01 || 0.5;
    return [{ x1: min - half, x2: min + half, count: counts.reduce((sum, count) => sum + count, 0) }];
  }
  return counts.map((count, i) => ({
    x1: Math.max(min, low + i * width),
    x2: i === counts.length - 1 ? Math.max(max, low + i * width) : low + (i + 1) * width,
    count,
  }));
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
