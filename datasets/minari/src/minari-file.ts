import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Hdf5Attribute, type Hdf5Dataset, Hdf5File, type NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import {
  type AttributeGroup,
  type AttributeTree,
  assembleValue,
  type MinariArray,
  type MinariDict,
  type MinariEpisode,
  type MinariEpisodeInfo,
  type MinariValue,
} from './episode.ts';
import { type MinariMetadata, readMetadata } from './metadata.ts';
import { type MinariSpace, spaceLeaves } from './space-json.ts';

const DATA_FILE = 'main_data.hdf5';
/** Episodes up to this size are read in one go, longer ones column by column. */
const SMALL_EPISODE_BYTES = 2 ** 22;
/** Attributes of so many episodes are read in one go. */
const EPISODES_AT_ONCE = 256;

/** A column of an episode: where it stands in the file and what it holds. */
export interface MinariColumn {
  /** For instance `observations`, `observations/desired_goal`, `infos/qpos`. */
  readonly name: string;
  /** `[steps, ...]` */
  readonly shape: readonly number[];
  /** As NumPy calls it, or `string`. */
  readonly dtype: string;
}

/**
 * Opens a Minari dataset without reading its episodes.
 *
 * @param path - The dataset's directory (with `data` in it), that `data`, or the `main_data.hdf5` in it.
 * @throws InputError when there is no such dataset, or its metadata or file is not whole.
 */
export async function openMinari(path: string): Promise<MinariFile> {
  const candidates = [join(path, 'data'), path, join(path, '..')];
  const directory = candidates.find((candidate) => existsSync(join(candidate, DATA_FILE)));
  if (directory === undefined || (directory === candidates[2] && !path.endsWith(DATA_FILE))) {
    throw new InputError(`${path} is no Minari dataset, which has data/${DATA_FILE} in it, so check the path.`);
  }
  const file = await Hdf5File.openLazily(join(directory, DATA_FILE));
  try {
    return new MinariFile(file, directory, readMetadata(directory, file));
  } catch (error) {
    file.close();
    throw error;
  }
}

/** An open Minari dataset, read episode by episode; see {@link openMinari}. Close it when done. */
export class MinariFile {
  /** Where `main_data.hdf5` and `metadata.json` lie. */
  readonly directory: string;
  readonly metadata: MinariMetadata;
  readonly #file: Hdf5File;
  #listed: string | undefined;
  #values: ReadonlyMap<string, NumberArray> = new Map();

  /** Use {@link openMinari}. */
  constructor(file: Hdf5File, directory: string, metadata: MinariMetadata) {
    this.#file = file;
    this.directory = directory;
    this.metadata = metadata;
    const episodes = file.rootNames().filter((name) => /^episode_\d+$/.test(name)).length;
    if (episodes !== metadata.totalEpisodes) {
      throw new InputError(
        `${file.path} has ${episodes} episodes and its metadata counts ${metadata.totalEpisodes}, so get a fresh copy.`,
      );
    }
  }

  /** @throws InputError when there is no such episode. */
  episodeInfo(id: number): MinariEpisodeInfo {
    return this.#describe(id, this.#file.attributes(this.#group(id)));
  }

  /** {@link MinariFile.episodeInfo} of all episodes, faster than one after another. */
  episodeInfos(): MinariEpisodeInfo[] {
    const ids = Array.from({ length: this.metadata.totalEpisodes }, (_, id) => id);
    const infos: MinariEpisodeInfo[] = [];
    for (let start = 0; start < ids.length; start += EPISODES_AT_ONCE) {
      const some = ids.slice(start, start + EPISODES_AT_ONCE);
      const attributes = this.#file.attributesOf(some.map((id) => this.#group(id)));
      infos.push(...some.map((id, i) => this.#describe(id, attributes[i])));
    }
    return infos;
  }

  /** The columns of an episode. */
  columns(id: number): MinariColumn[] {
    const prefix = `${this.#group(id)}/`;
    return this.#list(id).map(({ path, shape, dtype }) => ({ name: path.slice(prefix.length), shape, dtype }));
  }

  /**
   * Reads steps of a column of numbers.
   *
   * @returns `[stop - start, ...]` flat, as stored.
   */
  readRows(id: number, name: string, start: number, stop: number): NumberArray {
    const { shape } = this.#column(id, name);
    if (!Number.isInteger(start) || !Number.isInteger(stop) || start < 0 || stop < start || stop > shape[0]) {
      throw this.#wrong(id, `has ${shape[0]} rows of "${name}", not ${start} to ${stop}`);
    }
    const path = `${this.#group(id)}/${name}`;
    const width = shape.slice(1).reduce((product, n) => product * n, 1);
    return this.#values.get(path)?.subarray(start * width, stop * width) ?? this.#file.readRows(path, start, stop);
  }

  /**
   * Reads a whole episode.
   *
   * @throws InputError when there is no such episode, a column is missing, or lengths and shapes do not fit the spaces.
   */
  readEpisode(id: number): MinariEpisode {
    const { totalSteps, seed, options } = this.episodeInfo(id);
    const { observationSpace, actionSpace } = this.metadata;
    const rewards = this.#array(id, 'rewards', totalSteps).data;
    const infos = this.columns(id).some(({ name }) => name.startsWith('infos/'));
    return {
      id,
      seed,
      options,
      observations: this.#space(id, 'observations', observationSpace, totalSteps + 1),
      actions: this.#space(id, 'actions', actionSpace, totalSteps),
      rewards:
        rewards instanceof Float32Array || rewards instanceof Float64Array
          ? rewards
          : Float64Array.from(rewards, Number),
      terminations: this.#flags(id, 'terminations', totalSteps),
      truncations: this.#flags(id, 'truncations', totalSteps),
      infos: infos ? this.#infos(id) : undefined,
    };
  }

  /** Reads all episodes, or those of the given numbers, one after another. */
  *episodes(ids?: Iterable<number>): Generator<MinariEpisode> {
    for (const id of ids ?? Array.from({ length: this.metadata.totalEpisodes }, (_, i) => i))
      yield this.readEpisode(id);
  }

  /** Releases the file; what was read stays valid. */
  close(): void {
    this.#file.close();
  }

  #describe(id: number, attributes: ReadonlyMap<string, Hdf5Attribute>): MinariEpisodeInfo {
    const { seed, total_steps: steps, id: stored, options, ...other } = nestAttributes(attributes);
    const totalSteps = toNumber(steps) ?? this.#column(id, 'rewards').shape[0];
    if (!Number.isSafeInteger(totalSteps) || totalSteps < 0) throw this.#wrong(id, `has ${String(steps)} steps`);
    if (stored !== undefined && toNumber(stored) !== id) throw this.#wrong(id, `says that its id is ${String(stored)}`);
    return { id, totalSteps, seed: toNumber(seed), options: options as AttributeGroup | undefined, other };
  }

  #space(id: number, name: string, space: MinariSpace, steps: number): MinariValue {
    const leaves = spaceLeaves(space).map(({ path, shape, dtype }) => {
      const full = path === '' ? name : `${name}/${path}`;
      const leaf = dtype === 'string' ? this.#texts(id, full, steps) : this.#array(id, full, steps);
      if ('shape' in leaf && !sameShape(leaf.shape.slice(1), shape)) {
        throw this.#wrong(id, `has "${full}" of shape [${leaf.shape}] where its space has [${shape}]`);
      }
      return [path, leaf] as const;
    });
    return assembleValue(new Map(leaves));
  }

  #infos(id: number): MinariDict {
    const columns = this.columns(id).filter(({ name, dtype }) => name.startsWith('infos/') && dtype !== 'other');
    const leaves = columns.map(({ name, dtype, shape }) => {
      const leaf = dtype === 'string' ? this.#texts(id, name, shape[0] ?? 1) : this.#array(id, name, shape[0] ?? 1);
      return [name.slice('infos/'.length), leaf] as const;
    });
    return assembleValue(new Map(leaves)) as MinariDict;
  }

  #array(id: number, name: string, steps: number): MinariArray {
    const { shape, dtype } = this.#column(id, name);
    if (shape.length > 0 && shape[0] !== steps) {
      throw this.#wrong(id, `has ${shape[0]} rows of "${name}" where ${steps} were expected`);
    }
    const path = `${this.#group(id)}/${name}`;
    return { data: this.#values.get(path) ?? this.#file.readAll(path), shape, dtype };
  }

  #flags(id: number, name: string, steps: number): Uint8Array {
    const { data } = this.#array(id, name, steps);
    const flags = new Uint8Array(data.length);
    for (let i = 0; i < flags.length; i++) flags[i] = Number(data[i]) === 0 ? 0 : 1;
    return flags;
  }

  #texts(id: number, name: string, steps: number): readonly string[] {
    const { shape, dtype } = this.#column(id, name);
    if (dtype !== 'string' || shape[0] !== steps) {
      throw this.#wrong(id, `has "${name}" of ${dtype} and shape [${shape}] where ${steps} texts were expected`);
    }
    const texts = this.#file.readStrings(`${this.#group(id)}/${name}`);
    if (texts === undefined) throw this.#wrong(id, `has "${name}" in pieces, which cannot be read here`);
    return typeof texts === 'string' ? [texts] : texts;
  }

  #column(id: number, name: string): Hdf5Dataset {
    const found = this.#list(id).find(({ path }) => path === `${this.#group(id)}/${name}`);
    if (found === undefined) throw this.#wrong(id, `has no "${name}"`);
    return found;
  }

  #list(id: number): Hdf5Dataset[] {
    const group = this.#group(id);
    if (this.#listed !== group) {
      if (this.#listed !== undefined) this.#file.forgetGroup(this.#listed);
      this.#listed = group;
      this.#values = this.#file.readGroup(group, SMALL_EPISODE_BYTES).values;
    }
    return [...this.#file.datasets.values()];
  }

  #group(id: number): string {
    const { totalEpisodes } = this.metadata;
    if (!Number.isInteger(id) || id < 0 || id >= totalEpisodes) {
      throw new InputError(`${this.metadata.id} has episodes 0 to ${totalEpisodes - 1}, so do not ask for ${id}.`);
    }
    return `episode_${id}`;
  }

  #wrong(id: number, reason: string): InputError {
    return new InputError(`Episode ${id} of ${this.#file.path} ${reason}, so get a fresh copy.`);
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function toNumber(value: AttributeTree | undefined): number | undefined {
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined;
}

/** Minari flattens nested attributes to names with slashes. */
function nestAttributes(attributes: ReadonlyMap<string, Hdf5Attribute>): Record<string, AttributeTree> {
  const root: Record<string, AttributeTree> = Object.create(null);
  for (const [path, value] of attributes) {
    const names = path.split('/');
    let group = root;
    for (const name of names.slice(0, -1)) {
      const next = group[name];
      group[name] = typeof next === 'object' && Object.getPrototypeOf(next) === null ? next : Object.create(null);
      group = group[name] as Record<string, AttributeTree>;
    }
    group[names.at(-1)!] = value;
  }
  return root;
}
