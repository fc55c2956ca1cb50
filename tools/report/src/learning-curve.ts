import type { CurvePoint } from './downsample.ts';
import type { Drawing } from './drawing.ts';
import { formatNumber } from './format.ts';
import type { MetricsRow, RunRecord } from './input.ts';
import { type ChartLevel, describeCurve, drawLineChart } from './line-chart.ts';
import { roleColour } from './palette.ts';

/** Pairs of two columns, without the rows that lack a finite number in either. */
export function curveOf(rows: readonly MetricsRow[], x: string, y: string): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (const row of rows) {
    const [at, value] = [row[x], row[y]];
    if (Number.isFinite(at) && Number.isFinite(value)) points.push({ x: at as number, y: value as number });
  }
  return points;
}

/**
 * The returns of training episodes over environment steps. The line is `meanReturn`, which learners log as the mean over
 * the last episodes; where they also log `episodeReturn`, that of the episodes which ended in the iteration, it is drawn
 * as faint points.
 *
 * @param levels - Evaluated returns to compare with, as dashed lines.
 * @returns Undefined when the run logged fewer than two returns.
 */
export function drawLearningCurve(run: RunRecord, levels: readonly ChartLevel[] = []): Drawing | undefined {
  const mean = curveOf(run.metrics, 'step', 'meanReturn');
  if (mean.length < 2) return undefined;
  const colour = roleColour(run.name);
  return drawLineChart({
    name: `learning-curve-${run.name}`,
    description: `Return of ${run.name}'s training episodes over environment steps: ${describeCurve(mean)}.`,
    curves: [{ points: mean, colour, label: formatNumber(mean[mean.length - 1].y, 0), strokeWidth: 2.5 }],
    dots: { points: curveOf(run.metrics, 'step', 'episodeReturn'), colour },
    levels,
    xLabel: 'environment steps',
    yLabel: 'return of training episodes',
    width: 1040,
    height: 380,
    marginRight: 64,
  });
}
