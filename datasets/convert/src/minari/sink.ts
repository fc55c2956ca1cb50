import type { D4rlMetadata } from '@understudy/d4rl';
import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import {
  type AttributeGroup,
  type EpisodeSteps,
  type EpisodeWriter,
  formatEnvSpec,
  type MinariSpace,
  MinariWriter,
  type PythonJson,
  parsePythonJson,
  parseSpace,
  spaceLeaves,
  unboundedBox,
} from '@understudy/minari';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import {
  asType,
  type Block,
  type Column,
  type EpisodeNote,
  type Header,
  type Sink,
  type SinkOptions,
  widthOf,
} from '../table.ts';
import { placeOf } from './columns.ts';

/** What a Minari dataset cannot hold of another, or needs and the other does not have. */
export function minariLosses({ columns }: Header): string[] {
  const names = new Set(columns.map(({ name }) => name));
  const losses = columns
    .filter(({ name }) => placeOf(name) === undefined)
    .map(({ name }) => `the column "${name}", for which Minari has no place`);
  const unfinished = columns.some(({ name }) => placeOf(name)?.kind === 'observations' && !names.has(`next_${name}`));
  if (unfinished) {
    losses.push('the final observation of each episode, which is not recorded and becomes the last one again');
  }
  return losses;
}

/** Writes a Minari dataset: a row's flags, or the header's episodes where it has them, end an episode. */
export function openMinariSink(path: string, header: Header, options: SinkOptions): Sink {
  const { columns } = header;
  for (const name of ['rewards', 'terminals']) {
    if (!columns.some((column) => column.name === name)) {
      throw new InputError(`Minari episodes have ${name}, of which there is no column, so choose another format.`);
    }
  }
  if (header.rows === 0) throw new InputError(`There is nothing to write to ${path}, so convert a dataset with rows.`);
  const own = asRecord(header.metadata.minari);
  const writer = new MinariWriter(path, {
    id: options.id!,
    observationSpace: spaceOf(columns, 'observations', own.observation_space),
    actionSpace: spaceOf(columns, 'actions', own.action_space),
    envSpec: envSpecOf(header.metadata, own),
    other: otherMetadata(header, own),
  });
  const stream = new EpisodeStream(writer, header, options.lossy);
  return {
    write: (block) => stream.write(block),
    finish: () => {
      stream.finish();
      writer.close();
      return stream.losses;
    },
    discard: () => writer.discard(),
  };
}

interface Target {
  readonly index: number;
  readonly width: number;
  readonly column: Column;
  readonly kind: NonNullable<ReturnType<typeof placeOf>>['kind'];
  /** In the episode's group. */
  readonly name: string;
}

/** Cuts blocks of rows into episodes. */
class EpisodeStream {
  readonly losses: string[] = [];
  readonly #writer: MinariWriter;
  readonly #lossy: boolean;
  readonly #targets: Target[];
  readonly #steps: EpisodeSteps;
  readonly #notes: readonly EpisodeNote[] | undefined;
  readonly #widths: readonly number[];
  readonly #terminals: number;
  readonly #timeouts: number;
  #episode: EpisodeWriter | undefined;
  #index = 0;
  /** The last row written of every column. */
  #last: NumberArray[] = [];

  constructor(writer: MinariWriter, { columns, episodes }: Header, lossy: boolean) {
    this.#writer = writer;
    this.#lossy = lossy;
    this.#notes = episodes?.filter(({ length }) => length > 0);
    this.#targets = columns.flatMap((column, index) => {
      const place = placeOf(column.name);
      if (place === undefined) return [];
      return [{ index, width: widthOf(column), column, kind: place.kind, name: place.column }];
    });
    const stored = this.#targets.filter(({ kind }) => kind !== 'nextObservations');
    const steps = stored.map(({ name, kind, column: { type, shape } }) => {
      const flag = kind === 'terminations' || kind === 'truncations';
      return [name, flag ? { dtype: 'bool', shape: [] } : { dtype: type, shape: kind === 'rewards' ? [] : shape }];
    });
    this.#steps = { truncations: { dtype: 'bool', shape: [] }, ...Object.fromEntries(steps) };
    this.#widths = columns.map((column) => widthOf(column));
    this.#terminals = columns.findIndex(({ name }) => name === 'terminals');
    this.#timeouts = columns.findIndex(({ name }) => name === 'timeouts');
  }

  write({ rows, data }: Block): void {
    for (const { kind, name, width } of this.#targets) {
      const single = kind === 'rewards' || kind === 'terminations' || kind === 'truncations';
      if (single && width !== 1) throw new InputError(`"${name}" has ${width} numbers a row where Minari has one.`);
    }
    for (let start = 0; start < rows; ) {
      if (this.#episode === undefined) this.#begin();
      const { stop, ends } = this.#findEnd(start, rows, data);
      this.#append(start, stop, data);
      if (ends) this.#end();
      start = stop;
    }
  }

  finish(): void {
    if (this.#episode !== undefined) this.#end();
  }

  #begin(): void {
    const note = this.#notes?.[this.#index];
    const options = note?.attributes?.options as AttributeGroup | undefined;
    this.#episode = this.#writer.begin({ seed: note?.seed, options }, this.#steps);
    this.#index++;
  }

  #findEnd(start: number, rows: number, data: readonly NumberArray[]): { stop: number; ends: boolean } {
    const note = this.#notes?.[this.#index - 1];
    if (note !== undefined) {
      const stop = start + note.length - this.#episode!.steps;
      return { stop: Math.min(stop, rows), ends: stop <= rows };
    }
    const [terminals, timeouts] = [data[this.#terminals], data[this.#timeouts]];
    for (let row = start; row < rows; row++) {
      if (Number(terminals[row]) !== 0 || (timeouts !== undefined && Number(timeouts[row]) !== 0)) {
        return { stop: row + 1, ends: true };
      }
    }
    return { stop: rows, ends: false };
  }

  #append(start: number, stop: number, data: readonly NumberArray[]): void {
    this.#checkNext(start, stop, data);
    const episode = this.#episode!;
    for (const { index, width, kind, name, column } of this.#targets) {
      const rows = data[index].subarray(start * width, stop * width);
      if (kind === 'terminations' || kind === 'truncations') episode.append(name, this.#flags(column, rows));
      else if (kind !== 'nextObservations') episode.append(name, asType(rows, column.type));
    }
    if (this.#timeouts < 0) episode.append('truncations', new Uint8Array(stop - start));
    this.#last = data.map((column, i) => column.slice((stop - 1) * this.#widths[i], stop * this.#widths[i]));
  }

  /** Minari keeps an observation once, so the next one must be the next row's. */
  #checkNext(start: number, stop: number, data: readonly NumberArray[]): void {
    for (const target of this.#targets) {
      if (target.kind !== 'nextObservations') continue;
      const observations = this.#targets.find(({ kind, name }) => kind === 'observations' && name === target.name);
      if (observations === undefined) throw new InputError(`There is "${target.column.name}" but no "${target.name}".`);
      const [next, current, width] = [data[target.index], data[observations.index], target.width];
      if (observations.width !== width) throw new InputError(`"${target.column.name}" is wider than "${target.name}".`);
      const inside = this.#episode!.steps > 0;
      if (inside && !sameNumbers(this.#last[target.index], 0, current, start * width, width))
        this.#lose(target.column.name);
      if (!sameNumbers(next, start * width, current, (start + 1) * width, (stop - start - 1) * width)) {
        this.#lose(target.column.name);
      }
    }
  }

  #flags(column: Column, rows: NumberArray): Uint8Array {
    const flags = new Uint8Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const value = Number(rows[i]);
      flags[i] = value === 0 ? 0 : 1;
      if (value !== 0 && value !== 1) this.#lose(column.name, 'values other than 0 and 1, which become 1');
    }
    return flags;
  }

  #end(): void {
    const episode = this.#episode!;
    for (const { index, kind, name, column } of this.#targets) {
      if (kind === 'infos') episode.append(name, asType(this.#last[index], column.type));
      else if (kind === 'observations') {
        const next = this.#targets.find((target) => target.kind === 'nextObservations' && target.name === name);
        episode.append(name, asType(this.#last[next?.index ?? index], column.type));
      }
    }
    episode.end();
    this.#episode = undefined;
  }

  #lose(name: string, what = "rows that differ from the next row's observation inside an episode"): void {
    const loss = `"${name}" has ${what}`;
    if (!this.#lossy) throw new InputError(`${loss}, which Minari cannot hold; give --lossy to leave that out.`);
    if (!this.losses.includes(loss)) this.losses.push(loss);
  }
}

/** Whether numbers are equal, NaN to itself. */
function sameNumbers(a: NumberArray, atA: number, b: NumberArray, atB: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (!Object.is(a[atA + i], b[atB + i])) return false;
  return true;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The space that the data came from, where it still fits, or one without bounds. */
function spaceOf(columns: readonly Column[], group: 'observations' | 'actions', text: unknown): MinariSpace {
  const own = columns.filter(({ name }) => name === group || name.startsWith(`${group}/`));
  if (own.length === 0) throw new InputError(`Minari episodes have ${group}, of which there is no column.`);
  if (typeof text === 'string') {
    const space = parseSpace(text, `The space of ${group}`);
    const leaves = spaceLeaves(space);
    const fits = own.every(({ name, shape }) =>
      leaves.some(
        ({ path, shape: row }) => (path === '' ? group : `${group}/${path}`) === name && row.join() === shape.join(),
      ),
    );
    if (fits && leaves.length === own.length) return space;
  }
  if (own.length === 1 && own[0].name === group) return unboundedBox(npyType(own[0]), own[0].shape);
  const subspaces = own.map((column) => [
    column.name.slice(group.length + 1),
    unboundedBox(npyType(column), column.shape),
  ]);
  if (subspaces.some(([name]) => (name as string).includes('/'))) {
    throw new InputError(`The columns of ${group} are nested deeper than can be told, so choose another format.`);
  }
  return { type: 'Dict', subspaces: Object.fromEntries(subspaces) };
}

function npyType({ type }: Column): string {
  return type === 'bool' ? 'int8' : type;
}

function envSpecOf(metadata: D4rlMetadata, own: Record<string, unknown>): string | undefined {
  if (typeof own.env_spec === 'string') return own.env_spec;
  const id = [metadata.env_id, metadata.environment, metadata.env].find((value) => typeof value === 'string');
  return typeof id === 'string' ? formatEnvSpec({ id }) : undefined;
}

function otherMetadata(header: Header, own: Record<string, unknown>): Record<string, PythonJson> {
  const { algorithm } = header.metadata;
  const kept = typeof own.other === 'string' ? asRecord(parsePythonJson(own.other, 'metadata/minari/other')) : {};
  // A dataset that came from Minari needs no description to go back.
  if (Object.keys(own).length > 0) return kept as Record<string, PythonJson>;
  const described = { [DESCRIPTOR_KEY]: formatDescriptor(header) };
  return typeof algorithm === 'string' ? { algorithm_name: algorithm, ...described } : described;
}
