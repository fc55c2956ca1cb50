/** Length of a polyline `[n, 2]`. */
export function arcLength(points: ArrayLike<number>): number {
  let length = 0;
  for (let i = 2; i < points.length; i += 2) length += segmentLength(points, i);
  return length;
}

function segmentLength(points: ArrayLike<number>, end: number): number {
  return Math.hypot(points[end] - points[end - 2], points[end + 1] - points[end - 1]);
}

/**
 * Points of a polyline at given arc lengths.
 *
 * @param points - `[n, 2]`
 * @param lengths - Arc lengths from the first point, not falling, `[m]`.
 * @returns `[m, 2]`
 */
export function pointsAt(points: ArrayLike<number>, lengths: ArrayLike<number>): Float64Array {
  const out = new Float64Array(2 * lengths.length);
  let end = 2;
  let before = 0;
  for (let i = 0; i < lengths.length; i++) {
    while (end < points.length - 2 && before + segmentLength(points, end) < lengths[i]) {
      before += segmentLength(points, end);
      end += 2;
    }
    const share = Math.min(1, Math.max(0, (lengths[i] - before) / segmentLength(points, end)));
    for (let k = 0; k < 2; k++) out[2 * i + k] = points[end - 2 + k] + share * (points[end + k] - points[end - 2 + k]);
  }
  return out;
}

/** Moves a polyline's first point to the origin and scales it to an arc length, in place. */
export function normalise(points: Float64Array, length: number): void {
  const [x, y] = points;
  const scale = length / arcLength(points);
  for (let i = 0; i < points.length; i += 2) {
    points[i] = scale * (points[i] - x);
    points[i + 1] = scale * (points[i + 1] - y);
  }
}

/** A smooth curve through control points `[n, 2]`: Catmull and Rom's spline, `perSegment` points between two of them. */
export function splineThrough(controls: readonly (readonly [number, number])[], perSegment: number): Float64Array {
  const last = controls.length - 1;
  const out = new Float64Array(2 * (last * perSegment + 1));
  for (let i = 0; i <= last * perSegment; i++) {
    const segment = Math.min(last - 1, Math.floor(i / perSegment));
    const t = i / perSegment - segment;
    const around = [segment - 1, segment, segment + 1, segment + 2].map(
      (k) => controls[Math.max(0, Math.min(last, k))],
    );
    for (let k = 0; k < 2; k++) out[2 * i + k] = catmullRom(around[0][k], around[1][k], around[2][k], around[3][k], t);
  }
  return out;
}

function catmullRom(before: number, from: number, to: number, after: number, t: number): number {
  const linear = to - before;
  const square = 2 * before - 5 * from + 4 * to - after;
  const cube = 3 * from - before - 3 * to + after;
  return from + 0.5 * t * (linear + t * (square + t * cube));
}
