import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type Attributes,
  type AttributeValue,
  elementBytes,
  Hdf5Writer,
  makeDirectory,
  type StoredType,
} from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { parseDatasetId } from './dataset-id.ts';
import { type AttributeGroup, leavesOf, type MinariArray, type MinariEpisode } from './episode.ts';
import { type EpisodeSteps, EpisodeWriter } from './episode-writer.ts';
import { formatMetadata, MINARI_VERSION, type MinariMetadata } from './metadata.ts';
import type { PythonJson } from './python-json.ts';
import { summariseRewards } from './reward-attributes.ts';
import { type MinariSpace, spaceLeaves } from './space-json.ts';
import { writeText } from './write-text.ts';

/** Options of {@link MinariWriter}. */
export interface MinariWriterOptions {
  /** Of the form `namespace/environment/name-v0`. */
  readonly id: string;
  readonly observationSpace: MinariSpace;
  readonly actionSpace: MinariSpace;
  /** The JSON that Gymnasium's `EnvSpec.to_json` gives; see {@link formatEnvSpec}. */
  readonly envSpec?: string;
  /** Other fields of `metadata.json`: `author`, `algorithm_name`, `code_permalink`, `ref_min_score` ... */
  readonly other?: { readonly [name: string]: PythonJson };
  /** gzip level, 1 to 9, or 0 for none as Minari writes. Default 0. */
  readonly compression?: number;
}

/** What is known when an episode begins. */
export interface EpisodeStart {
  readonly seed?: number;
  readonly options?: AttributeGroup;
}

/** An episode to be written; its number is the next one. */
export type NewEpisode = Omit<MinariEpisode, 'id'>;

let created = 0;

/**
 * Writes a Minari dataset episode by episode. It stands in a hidden directory beside its own until {@link close} and
 * then takes its name, so that no half of one is ever seen.
 */
export class MinariWriter {
  /** The dataset's directory; `data` lies in it. */
  readonly path: string;
  readonly #partial: string;
  readonly #file: Hdf5Writer;
  readonly #options: MinariWriterOptions;
  #episodes = 0;
  #steps = 0;
  #current: EpisodeWriter | undefined;
  #open = true;

  /**
   * @param path - The dataset's directory, which must not exist.
   * @throws InputError when it exists, cannot be made, or the id is malformed.
   */
  constructor(path: string, options: MinariWriterOptions) {
    parseDatasetId(options.id);
    this.path = resolve(path);
    this.#options = options;
    if (existsSync(path)) throw new InputError(`${path} already exists, so delete it first or choose another name.`);
    this.#partial = join(dirname(this.path), `.${basename(this.path)}.${process.pid}-${created++}.partial`);
    makeDirectory(join(this.#partial, 'data'), this.path);
    try {
      const file = join(this.#partial, 'data', 'main_data.hdf5');
      this.#file = new Hdf5Writer(file, options.compression ?? 0, undefined, this.path);
    } catch (error) {
      rmSync(this.#partial, { recursive: true, force: true });
      throw error;
    }
  }

  /** Episodes written so far. */
  get episodes(): number {
    return this.#episodes;
  }

  /**
   * Writes a whole episode.
   *
   * @throws InputError when its columns do not fit the spaces or each other, or the disk is full.
   */
  append(episode: NewEpisode): void {
    const steps = episode.rewards.length;
    if (steps === 0) throw new InputError('The episode has no steps, so leave it out.');
    const group = this.#beginGroup(episode);
    const write = (name: string, leaf: MinariArray | readonly string[], rows?: number) => {
      const length = 'shape' in leaf ? leaf.shape[0] : leaf.length;
      if (rows !== undefined && length !== rows) {
        throw new InputError(`"${name}" has ${length} rows where ${rows} were expected for ${steps} steps.`);
      }
      this.#writeLeaf(`${group}/${name}`, leaf);
    };
    const writeSpace = (name: 'observations' | 'actions', space: MinariSpace, rows: number) => {
      const leaves = new Map(leavesOf(episode[name]));
      for (const { path, shape, dtype } of spaceLeaves(space)) {
        const full = path === '' ? name : `${name}/${path}`;
        const leaf = leaves.get(path);
        if (leaf === undefined) throw new InputError(`The episode has no "${full}", which its space has.`);
        if ('shape' in leaf ? leaf.shape.slice(1).join() !== shape.join() : dtype !== 'string') {
          const found = 'shape' in leaf ? `shape [${leaf.shape}]` : 'texts';
          throw new InputError(`"${full}" has ${found} where its space has [${shape}] a step.`);
        }
        write(full, leaf, rows);
      }
    };
    writeSpace('observations', this.#options.observationSpace, steps + 1);
    writeSpace('actions', this.#options.actionSpace, steps);
    const { rewards, terminations, truncations } = episode;
    const dtype = rewards instanceof Float32Array ? 'float32' : 'float64';
    write('rewards', { data: rewards, shape: [rewards.length], dtype });
    write('terminations', { data: terminations, shape: [terminations.length], dtype: 'bool' }, steps);
    write('truncations', { data: truncations, shape: [truncations.length], dtype: 'bool' }, steps);
    for (const [name, leaf] of leavesOf(episode.infos ?? {})) if (name !== '') write(`infos/${name}`, leaf);
    this.#endGroup(group, steps, summariseRewards(rewards));
  }

  /**
   * Begins an episode that is written in pieces; {@link EpisodeWriter.end} it before the next one.
   *
   * @param columns - Its columns by name, with the shape of a row.
   */
  begin(start: EpisodeStart, columns: EpisodeSteps): EpisodeWriter {
    const group = this.#beginGroup(start);
    this.#current = new EpisodeWriter(this.#file, group, columns, (steps, rewards) =>
      this.#endGroup(group, steps, rewards),
    );
    return this.#current;
  }

  /**
   * Writes the rest and gives the dataset its name.
   *
   * @throws InputError when there are no episodes, the disk is full, or the name was taken meanwhile.
   */
  close(): void {
    if (!this.#open) return;
    if (this.#current !== undefined) throw new Error('An episode is still being written.');
    try {
      if (this.#episodes === 0) throw new InputError(`${this.path} would have no episodes, so write at least one.`);
      this.#file.close();
      this.#open = false;
      const data = join(this.#partial, 'data');
      const bytes = statSync(join(data, 'main_data.hdf5')).size;
      writeText(join(data, 'metadata.json'), formatMetadata(this.#metadata(), bytes), this.path);
      if (existsSync(this.path)) throw new InputError(`${this.path} was made meanwhile, so choose another name.`);
      renameSync(this.#partial, this.path);
    } catch (error) {
      this.#remove();
      throw error;
    }
  }

  /** Gives up and removes what was written. */
  discard(): void {
    if (this.#open) this.#file.discard();
    this.#remove();
  }

  #metadata(): MinariMetadata {
    const { id, observationSpace, actionSpace, envSpec, other = {} } = this.#options;
    return {
      id,
      totalEpisodes: this.#episodes,
      totalSteps: this.#steps,
      observationSpace,
      actionSpace,
      envSpec,
      minariVersion: MINARI_VERSION,
      other,
    };
  }

  #beginGroup({ seed, options }: EpisodeStart): string {
    if (!this.#open) throw new Error(`${this.path} is closed.`);
    if (this.#current !== undefined) throw new Error('An episode is still being written.');
    const group = `episode_${this.#episodes}`;
    this.#file.setAttributes(group, { id: this.#episodes, ...flattenAttributes({ seed, options }) });
    return group;
  }

  #endGroup(group: string, steps: number, rewards: Attributes): void {
    this.#file.setAttributes(group, { total_steps: steps, ...rewards });
    this.#file.closeGroup(group);
    this.#current = undefined;
    this.#episodes++;
    this.#steps += steps;
  }

  #writeLeaf(path: string, leaf: MinariArray | readonly string[]): void {
    if (!('shape' in leaf)) {
      this.#file.writeVariableStrings(path, leaf);
      return;
    }
    const { data, shape, dtype } = leaf;
    if (!Object.hasOwn(elementBytes, dtype))
      throw new InputError(`"${path}" is of ${dtype}, which HDF5 here cannot hold.`);
    if (shape.length === 0 || data.length === 0) {
      throw new InputError(`"${path}" has the shape [${shape}], so give at least one number a row.`);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#file.writeRows(path, dtype as StoredType, shape.slice(1), bytes);
  }

  #remove(): void {
    this.#open = false;
    rmSync(this.#partial, { recursive: true, force: true });
  }
}

/** Minari gives nested attributes names with slashes. */
function flattenAttributes(group: Record<string, unknown>, path = ''): Record<string, AttributeValue> {
  const flat: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(group)) {
    const full = `${path}${name}`;
    if (value === undefined || value === null) continue;
    if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) flat[full] = value as AttributeValue;
    else if (value instanceof Float64Array || value instanceof BigInt64Array) flat[full] = value;
    else if (ArrayBuffer.isView(value)) flat[full] = Float64Array.from(value as Float32Array);
    else if (Array.isArray(value))
      flat[full] = value.every((item) => typeof item === 'string') ? value : Float64Array.from(value);
    else Object.assign(flat, flattenAttributes(value as Record<string, unknown>, `${full}/`));
  }
  return flat;
}
