import { type BodyStyle, bodyStyle, positionOf } from './body-shapes.ts';
import { type CurvePoint, runningMean } from './downsample.ts';
import type { Drawing } from './drawing.ts';
import type { EpisodeTrace, JointRecord, TraceFrame } from './input.ts';
import { type ChartCurve, describeCurve, drawLineChart } from './line-chart.ts';
import { lineColours, torsoColour } from './palette.ts';

/** Small charts over the whole episode: forward speed, height of the trunk and reward, each with its mean over a second. */
export function drawEpisodeTraces(trace: EpisodeTrace): Drawing[] {
  const { frames, dt } = trace;
  const window = Math.max(1, Math.round(1 / dt));
  const charts = [
    panel(
      'forward-speed',
      'forward speed (m/s)',
      over(frames, (frame) => frame.xVelocity),
      lineColours[0],
      { window, minSpan: 0.5 },
    ),
    panel('height', 'height of the trunk (m)', rootHeight(trace), torsoColour, { window, minSpan: 0.1 }),
    panel(
      'reward',
      'reward of a step',
      over(frames, (frame) => frame.reward),
      lineColours[2],
      { window },
    ),
  ];
  return charts.filter((drawing) => drawing !== undefined);
}

/** A small chart of every hinge joint's angle over {@link strideWindow}, in the colour of the limb that it moves. */
export function drawJointTraces(trace: EpisodeTrace): Drawing[] {
  const style = bodyStyle(trace);
  const frames = trace.frames.slice(...strideWindow(trace));
  const charts = (trace.joints ?? []).filter(isLimbJoint).map((joint) => {
    const angles = over(frames, (frame) => degrees(frame.qpos?.[joint.qposAddress]));
    return panel(`joint-${joint.name}`, `${joint.name} (°)`, angles, jointColour(joint, trace, style), { minSpan: 10 });
  });
  return charts.filter((drawing) => drawing !== undefined);
}

/** Frames in which single strides can be told apart: four seconds in the episode's middle, as `[start, end)`. */
export function strideWindow({ frames, dt }: EpisodeTrace): [start: number, end: number] {
  const length = Math.min(frames.length, Math.max(20, Math.round(4 / dt)));
  const start = Math.floor((frames.length - length) / 2);
  return [start, start + length];
}

/** Joints of limbs; planar bodies have hinges at the root that only say where the whole body is. */
function isLimbJoint({ type, name }: JointRecord): boolean {
  return type === 'hinge' && !name.startsWith('root');
}

function jointColour({ body }: JointRecord, { geoms }: EpisodeTrace, style: BodyStyle | undefined): string {
  const geom = body === undefined ? -1 : geoms.findIndex((candidate) => candidate.body === body);
  return style && geom >= 0 ? style.colours[geom] : lineColours[1];
}

/** Points in the running mean, which is drawn from four windows on; and the chart's least range of y. */
interface PanelOptions {
  window?: number;
  minSpan?: number;
}

function panel(
  name: string,
  label: string,
  points: readonly CurvePoint[],
  colour: string,
  { window = 1, minSpan }: PanelOptions,
) {
  if (points.length < 2) return undefined;
  const smooth = window > 1 && points.length > 4 * window;
  const curves: ChartCurve[] = [{ points, colour, strokeWidth: smooth ? 1 : 1.75, opacity: smooth ? 0.3 : 1 }];
  if (smooth) curves.push({ points: runningMean(points, window), colour, strokeWidth: 2 });
  return drawLineChart({
    name: `trace-${name}`,
    description: `${label} over the episode's time: ${describeCurve(points)}.`,
    curves,
    xLabel: 'seconds',
    yLabel: label,
    minSpan,
    width: 340,
    height: 196,
    tickSpacing: 40,
  });
}

function over(frames: readonly TraceFrame[], value: (frame: TraceFrame) => number | undefined): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (const frame of frames) {
    const y = value(frame);
    if (y !== undefined && Number.isFinite(y)) points.push({ x: frame.time, y });
  }
  return points;
}

function rootHeight(trace: EpisodeTrace): CurvePoint[] {
  const style = bodyStyle(trace);
  return style ? over(trace.frames, (frame) => positionOf(frame, style.root)[2]) : [];
}

function degrees(radians: number | undefined): number | undefined {
  return radians === undefined ? undefined : (radians * 180) / Math.PI;
}
