/** Figures as people read them: thousands apart, a true minus sign, no more digits than they mean. */

/** A number at a fixed count of decimals; without one, at about three significant digits. */
export function formatNumber(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e9 || (decimals === undefined && magnitude !== 0 && magnitude < 1e-3))
    return trueMinus(trimExponent(value));
  const digits =
    decimals ?? (magnitude >= 100 || Number.isInteger(value) ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3);
  const [whole, fraction] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return trueMinus(/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);
}

/** Seconds as `3 min 12 s`, `41 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${formatNumber(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Bytes as `412 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  return `${formatNumber(bytes / size, bytes / size < 10 ? 1 : 0)} ${unit}`;
}

/** A share as `97.4 %`. */
export function formatShare(share: number): string {
  return `${formatNumber(share * 100, 1)} %`;
}

/** A count with its noun: `1 episode`, `20 episodes`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count, 0)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A tick of an axis: `250k`, `1.5M`, `−300`. */
export function formatTick(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6) return trueMinus(`${Number((value / 1e6).toFixed(2))}M`);
  if (magnitude >= 1e4) return trueMinus(`${Number((value / 1e3).toFixed(1))}k`);
  if (magnitude >= 1e3) return formatNumber(value, 0);
  if (magnitude !== 0 && magnitude < 1e-3) return trueMinus(trimExponent(value));
  return trueMinus(String(Number(value.toPrecision(6))));
}

function trimExponent(value: number): string {
  const [mantissa, exponent] = value.toExponential(2).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function trueMinus(text: string): string {
  return text.replace('-', '−').replace('e-', 'e−');
}
