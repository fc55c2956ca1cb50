import { InputError, nearestNames } from '@understudy/errors';
import type { Env } from './env.ts';
import { ActionCheck } from './wrappers/action-check.ts';
import { OrderEnforcing } from './wrappers/order-enforcing.ts';
import { TimeLimit } from './wrappers/time-limit.ts';

/** An environment in words, for the page that lists all: each a phrase or a sentence or two of Markdown, no heading. */
export interface EnvDescription {
  /** The task: `Run forward on two legs without falling.` */
  readonly task: string;
  /** What the numbers of the observation are, with units and count. */
  readonly observation: string;
  readonly action: string;
  /** What is rewarded, and what ends an episode. */
  readonly reward: string;
  /** Where the task comes from: paper, benchmark, version. */
  readonly origin: string;
  /** What differs from the original (Gymnasium, D4RL, the paper); `None known.` where nothing does. */
  readonly differences: string;
}

/** What {@link register} needs to know of an environment. */
export interface EnvSpec {
  /** Name and version, `HalfCheetah-v5`. */
  readonly id: string;
  /** Makes the bare environment from the options that {@link make} was given. */
  entryPoint(options: object): Env<unknown, unknown> | Promise<Env<unknown, unknown>>;
  /** Steps after which an episode is truncated; none unless told. */
  readonly maxEpisodeSteps?: number;
  /** Return at which the task counts as solved. */
  readonly rewardThreshold?: number;
  /** The options that the entry point accepts; {@link make} refuses others. */
  readonly optionNames?: readonly string[];
  /** The environment in words. */
  readonly description?: EnvDescription;
  /**
   * `import.meta.url` of the module that registers the environment, for worker threads to import; without it they need
   * to be told the module.
   */
  readonly module?: string;
}

/** Options of {@link make}: those of the environment, and one that every environment has. */
export interface MakeOptions {
  /** Overrides the environment's time limit; null takes it away. */
  maxEpisodeSteps?: number | null;
  [option: string]: unknown;
}

const specs = new Map<string, EnvSpec>();

/** Makes an environment known to {@link make}; registering an id again replaces it. */
export function register(spec: EnvSpec): void {
  specs.set(spec.id, spec);
}

/** Ids of all registered environments, sorted. */
export function registeredIds(): string[] {
  return [...specs.keys()].sort();
}

/**
 * How the environment of an id is registered.
 *
 * @throws InputError when it is not, with the nearest names.
 */
export function spec(id: string): EnvSpec {
  const found = specs.get(id);
  if (found) return found;
  const near = nearestNames(id, specs.keys());
  const known = registeredIds();
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}`
      : known.length > 0
        ? `known are ${known.join(', ')}`
        : "none is registered: import the environment's package first";
  throw new InputError(`There is no environment ${id}; ${hint}.`);
}

/**
 * Makes an environment in the wrappers that Gymnasium's `make` puts around it: actions are checked, episodes end at the
 * time limit, calls out of order are refused.
 *
 * @throws InputError for an unknown id, with the nearest names, or an unknown option, with the accepted ones.
 */
export async function make<Observation = Float64Array, Action = Float32Array>(
  id: string,
  options: MakeOptions = {},
): Promise<Env<Observation, Action>> {
  const found = spec(id);
  const { maxEpisodeSteps = found.maxEpisodeSteps ?? null, ...envOptions } = options;
  checkOptionNames(found, Object.keys(envOptions));
  const env = (await found.entryPoint(envOptions)) as Env<Observation, Action>;
  const checked = new ActionCheck(env);
  return new OrderEnforcing(maxEpisodeSteps === null ? checked : new TimeLimit(checked, maxEpisodeSteps));
}

function checkOptionNames({ id, optionNames = [] }: EnvSpec, given: string[]): void {
  const accepted = [...optionNames, 'maxEpisodeSteps'];
  const unknown = given.find((name) => !accepted.includes(name));
  if (unknown === undefined) return;
  const near = nearestNames(unknown, accepted);
  const hint = near.length > 0 ? ` (did you mean ${near.join(' or ')})` : '';
  throw new InputError(`${id} has no option ${unknown}${hint}; it accepts ${accepted.join(', ')}.`);
}
