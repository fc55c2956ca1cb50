import type { Markish, PlotOptions } from '@observablehq/plot';
import { axisX, axisY, dot, gridY, lineY, ruleY, scale, text } from '@observablehq/plot';
import { type CurvePoint, downsample } from './downsample.ts';
import { type Drawing, drawPlot } from './drawing.ts';
import { formatNumber, formatTick } from './format.ts';
import { hairline, ink, muted, paper } from './palette.ts';

/** One curve of a {@link LineChart}. */
export interface ChartCurve {
  points: readonly CurvePoint[];
  colour: string;
  /** Written at the curve's end. */
  label?: string;
  strokeWidth?: number;
  opacity?: number;
}

/** A horizontal line with a name: a level to compare curves with. */
export interface ChartLevel {
  y: number;
  colour: string;
  label: string;
}

/** What {@link drawLineChart} draws. */
export interface LineChart {
  name: string;
  description: string;
  curves: readonly ChartCurve[];
  /** Faint points behind the curves. */
  dots?: { points: readonly CurvePoint[]; colour: string };
  levels?: readonly ChartLevel[];
  xLabel: string;
  yLabel: string;
  width: number;
  height: number;
  /** Space for the labels at the curves' ends. */
  marginRight?: number;
  /** Approximate distance between two ticks of y, in pixels. */
  tickSpacing?: number;
  /** Least range of y, so that a curve which hardly changes looks like one. */
  minSpan?: number;
  /** Logarithmic y, if all values are positive and span a factor of ten. */
  logarithmic?: boolean;
}

/** Curves over a common x, with quiet axes. */
export function drawLineChart(chart: LineChart): Drawing {
  const { curves, dots, levels = [], width, height } = chart;
  const limit = Math.max(200, Math.round(width * 1.5));
  const options = frame(chart);
  // Named here, as Plot's own choice for a logarithmic axis draws a line at every digit.
  const ticks = options.y!.type === 'log' ? { ticks: options.y!.ticks } : { tickSpacing: chart.tickSpacing ?? 50 };
  const marks: Markish[] = [
    gridY({ stroke: hairline, strokeOpacity: 1, ...ticks }),
    axisX({
      label: null,
      tickFormat: formatTick,
      tickSize: 4,
      stroke: hairline,
      fill: muted,
      tickSpacing: chart.width < 500 ? 55 : 90,
    }),
    axisY({ label: null, tickFormat: formatTick, tickSize: 0, fill: muted, ...ticks }),
  ];
  for (const level of levels) {
    marks.push(ruleY([level.y], { stroke: level.colour, strokeDasharray: '2,4', strokeWidth: 1.25 }));
  }
  if (dots) {
    marks.push(
      dot(downsample(dots.points, 1600), {
        x: 'x',
        y: 'y',
        r: 2,
        fill: dots.colour,
        fillOpacity: 0.28,
        stroke: 'none',
      }),
    );
  }
  const shifts = labelShifts(curves, options, height);
  curves.forEach((curve, index) => {
    marks.push(...curveMarks(curve, limit, shifts[index]));
  });
  for (const { label, y, colour } of levels)
    marks.push(text([label], { y, ...levelLabel, fill: colour, stroke: paper, strokeWidth: 5 }));
  marks.push(
    text([chart.yLabel], { ...yLabelPlace, fill: ink }),
    text([chart.xLabel], { ...xLabelPlace, fill: muted }),
  );
  return drawPlot(chart.name, chart.description, { ...options, width, height, marks });
}

/** Values around a curve in words: where it starts, where it ends, how far it reaches. */
export function describeCurve(points: readonly CurvePoint[]): string {
  if (points.length === 0) return 'no values';
  const highest = points.reduce((best, point) => (point.y > best.y ? point : best));
  const [first, last] = [points[0], points[points.length - 1]];
  return `from ${formatNumber(first.y)} to ${formatNumber(last.y)}, at most ${formatNumber(highest.y)}`;
}

const margins = { marginLeft: 48, marginTop: 36, marginBottom: 44 } as const;

const levelLabel = { frameAnchor: 'right', textAnchor: 'end', dx: -2, dy: -8, fontSize: 12 } as const;
const yLabelPlace = {
  frameAnchor: 'top-left',
  textAnchor: 'start',
  dx: -margins.marginLeft,
  dy: -22,
  fontSize: 13,
  fontWeight: 600,
} as const;
const xLabelPlace = { frameAnchor: 'bottom-right', textAnchor: 'end', dx: 0, dy: 34, fontSize: 12 } as const;

function curveMarks({ points, colour, label, strokeWidth, opacity }: ChartCurve, limit: number, dy: number): Markish[] {
  const line = { x: 'x', y: 'y', stroke: colour, strokeWidth: strokeWidth ?? 2, strokeOpacity: opacity } as const;
  const marks: Markish[] = [lineY(downsample(points, limit), line)];
  const last = points.at(-1);
  if (!label || !last) return marks;
  marks.push(dot([last], { x: 'x', y: 'y', r: 3.5, fill: colour, stroke: 'none' }));
  marks.push(
    text([last], {
      x: 'x',
      y: 'y',
      text: () => label,
      dx: 9,
      dy,
      textAnchor: 'start',
      fill: colour,
      fontSize: 13,
      fontWeight: 600,
    }),
  );
  return marks;
}

/** How far each end label moves down, in pixels, so that neighbours keep a line's height between them. */
function labelShifts(curves: readonly ChartCurve[], options: PlotOptions, height: number): number[] {
  const range = [height - margins.marginBottom, margins.marginTop];
  const y = scale({ y: { ...options.y, range } });
  const ends = curves.map(({ points }) => y.apply(points.at(-1)?.y ?? 1) as number);
  const order = ends.map((_, index) => index).sort((a, b) => ends[a] - ends[b]);
  const placed = [...ends];
  for (let i = 1; i < order.length; i++) {
    const overlap = placed[order[i - 1]] + 17 - placed[order[i]];
    if (overlap <= 0) continue;
    placed[order[i]] += overlap;
    if (i === 1) for (const index of [order[0], order[1]]) placed[index] -= overlap / 2;
  }
  return placed.map((place, index) => place - ends[index]);
}

/** 1, 2 and 5 times the powers of ten in the range. */
function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= low * 0.9 && tick <= high * 1.1);
}

function frame(chart: LineChart): PlotOptions {
  const { curves, dots, levels = [] } = chart;
  const points = [...curves.flatMap((curve) => curve.points), ...(dots?.points ?? [])];
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  for (const { y } of levels) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const span = chart.minSpan ?? (low === high ? 1 : 1e-6 * Math.max(Math.abs(low), Math.abs(high)));
  if (high - low < span) [low, high] = [(low + high - span) / 2, (low + high + span) / 2];
  return {
    ...margins,
    marginRight: chart.marginRight ?? 16,
    x: { domain: left === right ? [left - 1, right + 1] : [left, right] },
    y:
      chart.logarithmic && low > 0 && high > 10 * low
        ? { type: 'log', domain: [low * 0.9, high * 1.1], ticks: decadeTicks(low, high) }
        : { domain: [low, high], nice: 4 },
  };
}
