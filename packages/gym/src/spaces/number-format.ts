/** A number as NumPy prints a scalar: the shortest digits that give it back, always with a point. */
export function formatFloat(value: number, precision: 'float32' | 'float64'): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  let text = String(value);
  for (let digits = 1; precision === 'float32' && digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) !== value) continue;
    text = String(shorter);
    break;
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A shape as Python prints a tuple: `(6,)`, `(4, 3)`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
