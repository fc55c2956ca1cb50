import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorOf } from '@understudy/nn';
import { createDirectory, type Recording, writeFileAtomically } from '@understudy/training';
import { z } from 'zod';

const modeSchema = z.union([z.number(), z.array(z.number()).readonly(), z.null()]);

/** What is known of a recorded episode beside its transitions. */
export const episodeRecordSchema = z.object({
  /** The mode that imitators don't see. */
  mode: modeSchema,
  /** Undiscounted, of the raw rewards. */
  return: z.number(),
  length: z.number().int(),
  /** What the last info said, in tasks whose infos tell. */
  success: z.boolean().optional(),
});
export type EpisodeRecord = z.infer<typeof episodeRecordSchema>;

const indexSchema = z.object({
  identity: z.string(),
  blocks: z.array(z.array(episodeRecordSchema)),
});

/** Columns of some episodes one after the other, as a recording has them. */
export interface RecordedBlock {
  readonly observations: Float32Array | Float64Array;
  readonly actions: Float32Array | Float64Array;
  readonly rewards: Float32Array | Float64Array;
  readonly nextObservations: Float32Array | Float64Array;
  readonly terminals: Uint8Array;
  readonly timeouts: Uint8Array;
  readonly infos: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** Transitions that are kept in memory before they are written. */
const blockTransitions = 4096;

/**
 * Episodes recorded so far, in a directory, whole whatever moment the process dies at: blocks of columns and an index
 * that is written after each. Holds recordings of one identity; those of another are thrown away.
 */
export class EpisodeStore {
  readonly #directory: string;
  readonly #identity: string;
  readonly #blocks: EpisodeRecord[][];
  #pending: { recording: Recording; record: EpisodeRecord }[] = [];
  #pendingTransitions = 0;

  /** @param identity - Everything that the recorded bytes depend on. */
  constructor(directory: string, identity: string) {
    this.#directory = directory;
    this.#identity = identity;
    this.#blocks = readIndex(directory, identity);
    if (this.#blocks.length === 0) rmSync(directory, { recursive: true, force: true });
    createDirectory(directory);
  }

  /** Those recorded, also if not yet written. */
  get episodes(): EpisodeRecord[] {
    return [...this.#blocks.flat(), ...this.#pending.map(({ record }) => record)];
  }

  get blocks(): number {
    return this.#blocks.length;
  }

  /** The episodes of a block, in its order. */
  episodesOf(block: number): readonly EpisodeRecord[] {
    return this.#blocks[block];
  }

  /** Adds a recording of one episode. */
  add(recording: Recording, record: EpisodeRecord): void {
    this.#pending.push({ recording, record });
    this.#pendingTransitions += record.length;
    if (this.#pendingTransitions >= blockTransitions) this.flush();
  }

  /** Writes what is in memory. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const block = joined(this.#pending.map(({ recording }) => recording));
    writeFileAtomically(this.#blockPath(this.#blocks.length), encodeSafetensors(Object.entries(block)));
    this.#blocks.push(this.#pending.map(({ record }) => record));
    const index = { identity: this.#identity, blocks: this.#blocks };
    writeFileAtomically(indexPath(this.#directory), `${JSON.stringify(index)}\n`);
    this.#pending = [];
    this.#pendingTransitions = 0;
  }

  /** Reads a block back. */
  read(block: number): RecordedBlock {
    const path = this.#blockPath(block);
    const { tensors } = decodeSafetensors(readFileSync(path), path);
    const data = (name: string) => tensors.get(name)!.data;
    const infos = [...tensors.keys()].filter((name) => name.startsWith('infos/'));
    return {
      observations: data('observations') as Float32Array,
      actions: data('actions') as Float32Array,
      rewards: data('rewards') as Float32Array,
      nextObservations: data('nextObservations') as Float32Array,
      terminals: data('terminals') as Uint8Array,
      timeouts: data('timeouts') as Uint8Array,
      infos: Object.fromEntries(infos.map((name) => [name.slice('infos/'.length), data(name) as Float32Array])),
    };
  }

  /** Removes the recordings. */
  clear(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #blockPath(block: number): string {
    return join(this.#directory, `block-${String(block).padStart(6, '0')}.safetensors`);
  }
}

function indexPath(directory: string): string {
  return join(directory, 'index.json');
}

function readIndex(directory: string, identity: string): EpisodeRecord[][] {
  const path = indexPath(directory);
  if (!existsSync(path)) return [];
  const { identity: saved, blocks } = indexSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return saved === identity ? blocks : [];
}

/** Columns of several recordings one after the other, as tensors by name. */
function joined(recordings: readonly Recording[]): Record<string, Tensor> {
  const names = ['observations', 'actions', 'rewards', 'nextObservations', 'terminals', 'timeouts'] as const;
  const columns = names.map((name) => [name, concatenated(recordings.map((recording) => recording[name]))] as const);
  const infos = Object.keys(recordings[0].infos).map(
    (name) => [`infos/${name}`, concatenated(recordings.map((recording) => recording.infos[name].data))] as const,
  );
  return Object.fromEntries([...columns, ...infos].map(([name, data]) => [name, tensorOf(data)]));
}

function concatenated<T extends Float32Array | Float64Array | Uint8Array>(parts: readonly T[]): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const out = new (parts[0].constructor as new (length: number) => T)(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
