/** Levels of an info that travel; what lies deeper is left out. */
const DEPTH = 16;

/**
 * What an environment tells, as data that can travel: typed arrays become arrays of numbers; functions and what else has
 * no plain form is left out.
 */
export function toPlainRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return toPlain(record, 0) as Record<string, unknown>;
}

function toPlain(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || depth > DEPTH) return undefined;
  if (ArrayBuffer.isView(value))
    return value instanceof DataView ? undefined : Array.from(value as Float64Array, Number);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1) ?? null);
  const entries = Object.entries(value).map(([key, item]) => [key, toPlain(item, depth + 1)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}
