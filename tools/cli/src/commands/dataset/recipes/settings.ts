import { InputError } from '@understudy/errors';

type Settings = Readonly<Record<string, unknown>>;

/** A setting that has to be a number. */
export function numberSetting(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InputError(`--set ${name} takes a number, but was ${JSON.stringify(value)}.`);
}

/** A setting that has to be a whole number of at least 1. */
export function countSetting(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError(`--set ${name} takes a whole number of at least 1, but was ${JSON.stringify(value)}.`);
}

/** A setting that has to be one of a few words. */
export function wordSetting<T extends string>(settings: Settings, name: string, words: readonly T[]): T {
  const value = settings[name];
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw new InputError(`--set ${name} takes ${words.join(' or ')}, but was ${JSON.stringify(value)}.`);
}

/** The recipe's settings with those told over them. @throws InputError for a name that it doesn't have. */
export function mergeSettings(recipe: string, known: Settings, told: Settings): Settings {
  const names = Object.keys(known);
  const unknown = Object.keys(told).find((name) => !names.includes(name));
  if (unknown === undefined) return { ...known, ...told };
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new InputError(`The recipe ${recipe} has no setting "${unknown}"; ${has}.`);
}
