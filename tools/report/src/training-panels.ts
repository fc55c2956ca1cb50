import type { Drawing } from './drawing.ts';
import type { RunRecord } from './input.ts';
import { curveOf } from './learning-curve.ts';
import { type ChartCurve, describeCurve, drawLineChart } from './line-chart.ts';
import { cloneColour, expertColour, roleColour } from './palette.ts';

/** Columns of `metrics.jsonl` that get a small chart each, in this order, with what they are called there. */
const panels: readonly (readonly [column: string, label: string])[] = [
  ['policyLoss', 'policy loss'],
  ['valueLoss', 'value loss'],
  ['explainedVariance', 'explained variance'],
  ['kl', 'KL divergence'],
  ['clipFraction', 'clip fraction'],
  ['entropy', 'entropy'],
];

/** Small charts of a learner's own figures over its steps; none for a run that logged none. */
export function drawTrainingPanels(run: RunRecord): Drawing[] {
  const drawings: Drawing[] = [];
  for (const [column, label] of panels) {
    const points = curveOf(run.metrics, 'step', column);
    if (points.length < 2) continue;
    drawings.push(
      drawLineChart({
        name: `${fileName(column)}-${run.name}`,
        description: `${label} of ${run.name} over training: ${describeCurve(points)}.`,
        curves: [{ points, colour: roleColour(run.name), strokeWidth: 1.5 }],
        xLabel: 'steps',
        yLabel: label,
        width: 340,
        height: 210,
        tickSpacing: 40,
      }),
    );
  }
  return drawings;
}

/** Training and validation loss of a supervised run over its epochs; undefined for a run that logged neither. */
export function drawLossCurve(run: RunRecord): Drawing | undefined {
  const x = run.metrics.some((row) => typeof row.epoch === 'number') ? 'epoch' : 'step';
  const unit = x === 'epoch' ? 'epochs' : (run.summary?.unit ?? 'steps');
  const training = curveOf(run.metrics, x, 'trainingLoss');
  const validation = curveOf(run.metrics, x, 'validationLoss');
  if (training.length < 2 && validation.length < 2) return undefined;
  const curves: ChartCurve[] = [];
  if (training.length > 1) curves.push({ points: training, colour: expertColour, label: 'training' });
  if (validation.length > 1) curves.push({ points: validation, colour: cloneColour, label: 'validation' });
  const ranges = `Training: ${describeCurve(training)}. Validation: ${describeCurve(validation)}.`;
  return drawLineChart({
    name: `loss-${run.name}`,
    description: `Loss of ${run.name} over ${unit}. ${ranges}`,
    curves,
    xLabel: unit,
    yLabel: 'loss',
    logarithmic: true,
    width: 1040,
    height: 280,
    marginRight: 84,
  });
}

function fileName(column: string): string {
  return column.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
