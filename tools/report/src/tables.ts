import { formatNumber } from './format.ts';
import { type Insertion, type Markup, markup } from './markup.ts';

/** A two-column table of names and values; empty values are left out, and so is a table without rows. */
export function factsTable(caption: string, facts: readonly (readonly [name: string, value: Insertion])[]): Markup {
  const rows = facts
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return rows.length === 0 ? markup`` : markup`<table><caption>${caption}</caption><tbody>${rows}</tbody></table>`;
}

/** The rows of a configuration, nested objects with dotted names. */
export function configFacts(config: Readonly<Record<string, unknown>>, prefix = ''): [string, string][] {
  return Object.entries(config).flatMap(([name, value]): [string, string][] => {
    const path = prefix + name;
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (nested && prefix.split('.').length < 4) return configFacts(value as Record<string, unknown>, `${path}.`);
    return [[path, valueText(value)]];
  });
}

/** A JSON value as a person reads it; long ones are cut. */
export function valueText(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? formatNumber(value, 0) : plainDecimal(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 400 ? text : `${text.slice(0, 399)}…`;
}

/** All digits of a setting such as 0.0003, which rounding would falsify. */
function plainDecimal(value: number): string {
  return String(value).replace('-', '−').replace('e-', 'e−');
}
