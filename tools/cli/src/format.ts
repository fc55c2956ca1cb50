/** A whole number with thousands separated: `300,000`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A figure at the precision a reader needs: `11,200`, `812.4`, `0.0312`, `1.2e-9`. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1000 || Number.isInteger(value)) return formatCount(value);
  if (size >= 10) return value.toFixed(size >= 100 ? 1 : 2);
  return size >= 1e-3 ? value.toPrecision(3) : value.toExponential(1);
}

/** Seconds as a clock shows them: `0:07`, `3:41`, `1:02:09`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** Rows under a header, columns aligned: numbers to the right, text to the left. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map((c) => (typeof c === 'number' ? formatFigure(c) : c)))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const toTheRight = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, i) => (toTheRight[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
