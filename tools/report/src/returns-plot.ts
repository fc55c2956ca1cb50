import type { Markish } from '@observablehq/plot';
import { axisX, axisY, dot, gridX, ruleY, text } from '@observablehq/plot';
import { evenly } from './downsample.ts';
import { type Drawing, drawPlot, labelMargin, shortLabel } from './drawing.ts';
import { formatCount, formatTick } from './format.ts';
import type { EvaluationRecord } from './input.ts';
import { hairline, ink, muted, paper, roleColour } from './palette.ts';
import { withMargin } from './results.ts';
import { type ReturnFigures, returnFigures } from './statistics.ts';

interface PolicyRow extends ReturnFigures {
  name: string;
  colour: string;
  returns: readonly number[];
}

const rowHeight = 84;
/** Of more episodes than this, that many are shown, at equal distances of rank. */
const dotLimit = 500;

/** The evaluated policies, one row each: every episode a faint dot, and below them the mean in its 95 % confidence interval. */
export function drawReturns(evaluation: readonly EvaluationRecord[]): Drawing | undefined {
  const rows: PolicyRow[] = [];
  evaluation.forEach((record, index) => {
    const figures = returnFigures(record);
    if (figures)
      rows.push({
        ...figures,
        name: record.name,
        colour: roleColour(record.name, index),
        returns: record.returns ?? [],
      });
  });
  if (rows.length === 0) return undefined;
  const marks: Markish[] = [
    gridX({ stroke: hairline, strokeOpacity: 1, tickSpacing: 90 }),
    axisX({ label: null, tickFormat: formatTick, tickSize: 0, fill: muted, tickSpacing: 90 }),
    axisY({ label: null, tickFormat: shortLabel, tickSize: 0, fontSize: 15, fontWeight: 600, fill: ink }),
    ...rows.flatMap(rowMarks),
    text(['return of an episode'], {
      frameAnchor: 'bottom-right',
      textAnchor: 'end',
      dy: 36,
      fill: muted,
      fontSize: 12,
    }),
  ];
  return drawPlot('returns', describeReturns(rows), {
    width: 1040,
    height: rows.length * rowHeight + 62,
    marginLeft: labelMargin(rows.map((row) => row.name)),
    marginRight: 30,
    marginTop: 14,
    marginBottom: 48,
    x: { domain: rangeOf(rows), nice: 14 },
    y: { type: 'band', domain: rows.map((row) => row.name), padding: 0 },
    marks,
  });
}

/** `Returns. random: -281 ± 20 over 20 episodes; ...`. */
function describeReturns(rows: readonly PolicyRow[]): string {
  const parts = rows.map((row) => `${row.name} ${withMargin(row)} over ${formatCount(row.episodes, 'episode')}`);
  return `Mean return with 95 % confidence interval: ${parts.join('; ')}.`;
}

function rowMarks({ name, colour, returns, mean, margin }: PolicyRow): Markish[] {
  const shown =
    returns.length <= dotLimit
      ? returns
      : evenly(
          [...returns].sort((a, b) => a - b),
          dotLimit,
        );
  const episodes = shown.map((value, index) => ({ value, dy: scatter(index) }));
  const marks: Markish[] = [];
  for (const dy of new Set(episodes.map((episode) => episode.dy))) {
    const lane = episodes.filter((episode) => episode.dy === dy);
    marks.push(dot(lane, { x: 'value', y: () => name, dy, r: 4, fill: colour, fillOpacity: 0.35, stroke: 'none' }));
  }
  if (margin !== undefined) {
    const bar = { y1: name, x1: mean - margin, x2: mean + margin };
    marks.push(
      ruleY([bar], { y: 'y1', x1: 'x1', x2: 'x2', dy: 22, stroke: colour, strokeWidth: 4, strokeLinecap: 'round' }),
    );
  }
  const centre = [{ x: mean, y: name }];
  marks.push(dot(centre, { x: 'x', y: 'y', dy: 22, r: 5, fill: colour, stroke: paper, strokeWidth: 1.5 }));
  const label = withMargin({ mean, margin });
  marks.push(text(centre, { x: 'x', y: 'y', dy: -31, fontSize: 13, fontWeight: 600, fill: colour, text: () => label }));
  return marks;
}

/** Vertical places of dots inside a row: low-discrepancy, so that equal returns don't hide each other. */
function scatter(index: number): number {
  return Math.round((((index * 0.618034 + 0.5) % 1) - 0.5) * 8) * 4 - 4;
}

function rangeOf(rows: readonly PolicyRow[]): [number, number] {
  let [low, high] = [0, 0];
  for (const { returns, mean, margin = 0 } of rows) {
    for (const value of [...returns, mean - margin, mean + margin]) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low === high ? [low - 1, high + 1] : [low, high];
}
