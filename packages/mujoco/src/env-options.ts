import { InputError, nearestNames } from '@understudy/errors';
import type { ContactMargin, EngineName } from './engine/host.ts';

/** Options that every MuJoCo environment takes. */
export interface MujocoEnvOptions {
  /** Which MuJoCo simulates; default `mujoco-js`. */
  engine?: EngineName;
  /** How geom margins make a contact's margin; default `sum`, as in Gymnasium today. */
  contactMargin?: ContactMargin;
  /** A model of your own as MJCF text, instead of the environment's. */
  xml?: string;
  /** A model of your own as an MJCF file, with the meshes and includes that it names. */
  xmlFile?: string;
  /** Simulation steps for one environment step. */
  frameSkip?: number;
  /** Size of the noise in the initial state. */
  resetNoiseScale?: number;
}

/** What the common options are unless an environment says otherwise. */
export const commonDefaults = {
  engine: 'mujoco-js' as EngineName,
  contactMargin: 'sum' as ContactMargin,
  xml: undefined as string | undefined,
  xmlFile: undefined as string | undefined,
};

/** A lower and an upper bound; either may be infinite. */
export type Range = readonly [low: number, high: number];

/** `kind` of an option by its default: what it has to look like. */
const checks = {
  number: {
    expected: 'a finite number',
    holds: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
  },
  boolean: { expected: 'true or false', holds: (value: unknown) => typeof value === 'boolean' },
  string: { expected: 'a string', holds: (value: unknown) => typeof value === 'string' },
  range: {
    expected: 'a range [low, high]',
    holds: (value: unknown) =>
      Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'number') && value[0] <= value[1],
  },
  frameSkip: {
    expected: 'a whole number of at least 1',
    holds: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1,
  },
  resetNoiseScale: {
    expected: 'a finite number of at least 0',
    holds: (value: unknown) => Number.isFinite(value) && (value as number) >= 0,
  },
  mainBody: {
    expected: "a body's name or number",
    holds: (value: unknown) => typeof value === 'string' || (Number.isSafeInteger(value) && (value as number) >= 0),
  },
} as const;

/**
 * An environment's options: what the caller gave over the defaults. An option given as `undefined` counts as not given.
 *
 * @throws InputError for an option that the environment doesn't have (with the nearest names) or a value of the wrong
 * kind.
 */
export function readOptions<Options extends object>(id: string, given: object, defaults: Options): Options {
  const options = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      const near = nearestNames(name, Object.keys(defaults))[0];
      const advice = near ? `did you mean "${near}"?` : `it takes ${Object.keys(defaults).join(', ')}`;
      throw new InputError(`${id} has no option "${name}"; ${advice}`);
    }
    if (value === undefined) continue;
    const { expected, holds } = checks[kindOf(name, (defaults as Record<string, unknown>)[name])];
    if (!holds(value)) {
      throw new InputError(`option ${name} of ${id} is ${JSON.stringify(value)}, expected ${expected}`);
    }
    options[name] = value;
  }
  return options as Options;
}

function kindOf(name: string, byDefault: unknown): keyof typeof checks {
  if (name === 'frameSkip' || name === 'resetNoiseScale' || name === 'mainBody') return name;
  if (Array.isArray(byDefault)) return 'range';
  const kind = typeof byDefault;
  return kind === 'number' || kind === 'boolean' ? kind : 'string';
}
