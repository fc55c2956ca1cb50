/** A point of a curve. */
export interface CurvePoint {
  x: number;
  y: number;
}

/**
 * At most about `limit` points that draw the same curve: the range of x is cut into equal bins, and of each bin the first, the
 * lowest, the highest and the last point stay, in their order. No peak is lost, however long the curve.
 *
 * @param points - Ordered by x.
 * @param limit - At least 8.
 */
export function downsample<Point extends CurvePoint>(points: readonly Point[], limit = 1200): readonly Point[] {
  if (points.length <= limit) return points;
  const first = points[0].x;
  const span = points[points.length - 1].x - first || 1;
  const bins = Math.max(2, Math.floor(limit / 4));
  const kept: Point[] = [];
  let start = 0;
  while (start < points.length) {
    const bin = binOf(points[start].x);
    let end = start + 1;
    while (end < points.length && binOf(points[end].x) === bin) end++;
    for (const index of extremeIndices(points, start, end)) kept.push(points[index]);
    start = end;
  }
  return kept;

  function binOf(x: number): number {
    return Math.min(bins - 1, Math.floor(((x - first) / span) * bins));
  }
}

/** First, lowest, highest and last of `points[start ... end)`, ascending and without repeats. */
function extremeIndices(points: readonly CurvePoint[], start: number, end: number): number[] {
  let lowest = start;
  let highest = start;
  for (let i = start + 1; i < end; i++) {
    if (points[i].y < points[lowest].y) lowest = i;
    if (points[i].y > points[highest].y) highest = i;
  }
  return [...new Set([start, lowest, highest, end - 1])].sort((a, b) => a - b);
}

/** The mean of each point and the `window - 1` before it, at the point's x. Points before a full window average what is there. */
export function runningMean(points: readonly CurvePoint[], window: number): CurvePoint[] {
  let sum = 0;
  return points.map(({ x, y }, i) => {
    sum += y;
    if (i >= window) sum -= points[i - window].y;
    return { x, y: sum / Math.min(i + 1, window) };
  });
}

/** `count` items from the first to the last at equal distances; all when there are fewer. */
export function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]);
}
