import { InputError } from '@understudy/errors';

/** A number that Python has as a float, so that 1 is written as `1.0`. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What {@link formatPythonJson} writes. */
export type PythonJson =
  | null
  | boolean
  | number
  | string
  | PythonFloat
  | readonly PythonJson[]
  | { readonly [name: string]: PythonJson | undefined };

/**
 * JSON as Python's `json.dumps` writes it: `, ` and `: ` between items, `Infinity` and `NaN` as words, other characters
 * than ASCII escaped. Properties that are undefined are left out.
 */
export function formatPythonJson(value: PythonJson): string {
  if (value instanceof PythonFloat) return formatPythonFloat(value.value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : formatPythonFloat(value);
  if (typeof value === 'string') return formatText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => formatPythonJson(item)).join(', ')}]`;
  const items = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${items.map(([name, item]) => `${formatText(name)}: ${formatPythonJson(item as PythonJson)}`).join(', ')}}`;
}

/** A float as Python's `repr` writes it: the shortest digits, an exponent below 1e-4 and from 1e16 on. */
export function formatPythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size === 0) return '0.0';
  if (size >= 1e-4 && size < 1e16) {
    const digits = String(value);
    const plain = digits.includes('e') ? value.toFixed(20).replace(/0+$/, '') : digits;
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const [digits, exponent] = value.toExponential().split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}

function formatText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * Reads JSON as Python's `json.dumps` writes it, with `Infinity`, `-Infinity` and `NaN`.
 *
 * @param what - Names the text in errors.
 * @throws InputError when it is no JSON.
 */
export function parsePythonJson(text: string, what: string): unknown {
  // The words are numbers only outside strings, so strings are matched first and kept.
  const named = new Map([
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', Number.NaN],
  ]);
  let words = false;
  const marker = '\u0000python:';
  const plain = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => {
    if (!named.has(token)) return token;
    words = true;
    return `"\\u0000python:${token}"`;
  });
  try {
    if (!words) return JSON.parse(text);
    return JSON.parse(plain, (_name, value) =>
      typeof value === 'string' && value.startsWith(marker) ? named.get(value.slice(marker.length)) : value,
    );
  } catch {
    throw new InputError(`${what} is not JSON, so get an undamaged copy.`);
  }
}
