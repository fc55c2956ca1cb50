import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorOf } from '@understudy/nn';
import { createDirectory, writeFileAtomically } from '@understudy/training';
import type { SegmentLayout, SegmentRows } from './segment.ts';

/**
 * Pieces of a dataset under way, each a file that appears whole or not at all. Holds pieces of one identity: those of
 * another are thrown away.
 */
export class SegmentStore {
  readonly #directory: string;
  #count = 0;

  /** @param identity - Everything that the pieces' bytes depend on. */
  constructor(directory: string, identity: string) {
    this.#directory = directory;
    const told = join(directory, 'identity');
    const same = existsSync(told) && readFileSync(told, 'utf8') === identity;
    if (!same) rmSync(directory, { recursive: true, force: true });
    createDirectory(directory);
    if (!same) writeFileAtomically(told, identity);
    while (existsSync(this.#path(this.#count))) this.#count++;
  }

  /** Pieces that are there: those numbered below. */
  get count(): number {
    return this.#count;
  }

  /** Keeps the next piece. */
  add(rows: SegmentRows): void {
    const { infos = {}, nextObservations, timeouts, ...columns } = rows;
    const entries: [string, Tensor][] = Object.entries({ ...columns, timeouts }).map(([name, data]) => [
      name,
      tensorOf(data),
    ]);
    if (nextObservations) entries.push(['nextObservations', tensorOf(nextObservations)]);
    for (const [name, data] of Object.entries(infos)) entries.push([`infos/${name}`, tensorOf(data)]);
    writeFileAtomically(this.#path(this.#count), encodeSafetensors(entries));
    this.#count++;
  }

  /** Reads a piece back. @throws InputError when its file was damaged. */
  read(index: number, layout: SegmentLayout): SegmentRows {
    const path = this.#path(index);
    const { tensors } = decodeSafetensors(readFileSync(path), path);
    const column = (name: string) => tensors.get(name)?.data as Float32Array;
    const flags = (name: string) => tensors.get(name)?.data as Uint8Array;
    return {
      observations: column('observations'),
      actions: column('actions'),
      rewards: column('rewards'),
      terminals: flags('terminals'),
      timeouts: flags('timeouts'),
      ...(layout.nextObservations && { nextObservations: column('nextObservations') }),
      infos: Object.fromEntries(Object.keys(layout.infos).map((name) => [name, column(`infos/${name}`)])),
    };
  }

  /** Removes the pieces. */
  clear(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #path(index: number): string {
    return join(this.#directory, `segment-${String(index).padStart(6, '0')}.safetensors`);
  }
}
