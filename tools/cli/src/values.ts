import { InputError } from '@understudy/errors';

/** A commander value parser for whole numbers of at least `least`, named after its option in complaints. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll(/[_,](?=\d{3})/g, ''));
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InputError(`${option} must be a whole number of at least ${least}, but was ${quote(text)}.`);
    }
    return value;
  };
}

/** A commander value parser for numbers above 0. */
export function positiveNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InputError(`${option} must be a number above 0, but was ${quote(text)}.`);
  };
}

/** A commander value parser for one of a few names. */
export function oneOf(option: string, names: readonly string[]): (text: string) => string {
  return (text) => {
    if (!names.includes(text)) {
      throw new InputError(`${option} must be one of ${names.join(', ')}, but was ${quote(text)}.`);
    }
    return text;
  };
}

/** Splits `key=value` of a repeatable option, and collects: `--set gamma=0.98 --set epochs=5`. */
export function collectSettings(option: string): (text: string, previous?: Setting[]) => Setting[] {
  return (text, previous = []) => {
    const split = text.indexOf('=');
    if (split < 1) throw new InputError(`${option} takes key=value, but was ${quote(text)}.`);
    return [...previous, { key: text.slice(0, split).trim(), value: text.slice(split + 1).trim() }];
  };
}

/** One `key=value` from the command line, not yet read as the type its key needs. */
export interface Setting {
  key: string;
  value: string;
}

function quote(text: string): string {
  return text === '' ? 'empty' : `"${text}"`;
}

/**
 * Settings as an object for an algorithm's configuration, which checks names and types. A value is JSON where it reads
 * as JSON (`0.98`, `true`, `[256,256]`, `null`) and text elsewhere (`relu`).
 */
export function settingsObject(settings: readonly Setting[]): Record<string, unknown> {
  return Object.fromEntries(settings.map(({ key, value }) => [key, parseValue(value)]));
}

function parseValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
