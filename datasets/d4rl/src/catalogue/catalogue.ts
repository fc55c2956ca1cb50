import { InputError, nearestNames } from '@understudy/errors';
import { d4rlFamilies, referenceReturns } from './families.ts';
import { type D4rlFault, d4rlFaults } from './faults.ts';
import { catalogueFiles } from './files.ts';

/** What is known of a dataset before it is fetched. */
export interface D4rlEntry {
  /** For instance `hopper-medium-v2`. */
  readonly name: string;
  /** Directory and file below a server's base URL. */
  readonly path: string;
  /** Of the file; undefined where it was never published. */
  readonly bytes?: number;
  /** Hexadecimal; undefined where it was never published. */
  readonly sha256?: string;
  readonly observationSize?: number;
  readonly actionSize?: number;
  /** The time limit of the episodes. */
  readonly maxEpisodeSteps?: number;
  /** The nearest environment here, by its id. */
  readonly environment?: string;
  /** What differs between that environment and the one of the data. */
  readonly mismatch?: string;
  /** Returns that D4RL's normalised score is 0 and 100 at. */
  readonly reference?: { readonly min: number; readonly max: number };
  readonly faults: readonly D4rlFault[];
}

/** Where D4RL's files were published; the addresses in its source begin so. */
export const d4rlBaseUrl = 'http://rail.eecs.berkeley.edu/datasets/offline_rl';

let entries: ReadonlyMap<string, D4rlEntry> | undefined;

/** All 155 datasets of D4RL by name, those of a directory together. */
export function d4rlCatalogue(): ReadonlyMap<string, D4rlEntry> {
  entries ??= new Map(Object.entries(catalogueFiles).flatMap(readDirectory));
  return entries;
}

/** @throws InputError when D4RL has no dataset of that name; it offers the nearest ones. */
export function d4rlEntry(name: string): D4rlEntry {
  const entry = d4rlCatalogue().get(name);
  if (entry !== undefined) return entry;
  const near = nearestNames(name, d4rlCatalogue().keys());
  const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '"understudy dataset list" prints all.';
  throw new InputError(`D4RL has no dataset "${name}"; ${advice}`);
}

function readDirectory([directory, lines]: [string, string]): [string, D4rlEntry][] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name, file, bytes, sha256] = line.split(' ');
      const path = `${directory}/${file === '=' ? name : file}.hdf5`;
      return [name, { name, path, bytes: bytes ? Number(bytes) : undefined, sha256, ...describe(name) }];
    });
}

function describe(name: string): Omit<D4rlEntry, 'name' | 'path'> {
  const family = d4rlFamilies.find(({ names }) => names.test(name));
  if (family === undefined) throw new Error(`${name} is of no family.`);
  const { observationSize, actionSize, maxEpisodeSteps, mismatch } = family;
  const scale = referenceReturns.find(([names]) => names.test(name));
  return {
    observationSize,
    actionSize,
    maxEpisodeSteps,
    environment: family.environment?.(name),
    mismatch,
    reference: scale && { min: scale[1], max: scale[2] },
    faults: d4rlFaults.filter(({ names }) => names.test(name)),
  };
}
