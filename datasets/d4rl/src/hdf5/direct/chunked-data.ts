import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import type { ByteSource } from './byte-source.ts';
import { copyChunk } from './chunk-copy.ts';
import { type ChunkTable, readChunkTree } from './chunk-tree.ts';
import { canUnpack, unpackChunk } from './filters.ts';
import type { Filter, Storage } from './storage.ts';

/** Unpacked chunks kept for the next slice, which often begins inside them. */
const MAX_KEPT_BYTES = 2 ** 23;

/** A chunked dataset: finds its chunks once, and reads rows of it. */
export class ChunkedData {
  readonly #source: ByteSource;
  readonly #shape: readonly number[];
  readonly #chunk: readonly number[];
  readonly #elementBytes: number;
  readonly #filters: readonly Filter[];
  readonly #table: ChunkTable;
  /** Chunks in a row of chunks, the grid's dimensions after the first. */
  readonly #grid: readonly number[];
  /** What the last read had unpacked of the row of chunks that it ended in. */
  readonly #kept = new Map<number, Uint8Array>();
  #keptBand = -1;
  #packed = new Uint8Array(0);

  constructor(
    source: ByteSource,
    shape: readonly number[],
    storage: Extract<Storage, { kind: 'chunked' }>,
    filters: readonly Filter[],
  ) {
    if (!canUnpack(filters)) throw new UnsupportedHdf5('other filters');
    if (storage.index === undefined) throw new UnsupportedHdf5('data that were never written');
    this.#source = source;
    this.#shape = shape;
    this.#chunk = storage.chunk;
    this.#elementBytes = storage.elementBytes;
    this.#filters = filters;
    this.#grid = shape.slice(1).map((n, d) => Math.ceil(n / storage.chunk[d + 1]));
    const { single, index } = storage;
    if (single) source.check(index, single.bytes);
    this.#table = single
      ? { places: new Map([[0, 0]]), addresses: [index], sizes: [single.bytes], masks: [single.mask] }
      : readChunkTree(source, index, shape, storage.chunk);
  }

  /** @param target - Takes the rows, row-major. */
  readRows(start: number, stop: number, target: Uint8Array): void {
    if (stop === start) return;
    const columns = this.#grid.reduce((product, n) => product * n, 1);
    const [rows] = this.#chunk;
    const lastBand = Math.floor((stop - 1) / rows);
    const keepLast = stop % rows !== 0 && stop < this.#shape[0] && columns * this.#chunkBytes() <= MAX_KEPT_BYTES;
    for (let band = Math.floor(start / rows); band <= lastBand; band++) {
      if (band !== this.#keptBand) this.#kept.clear();
      this.#keptBand = band;
      for (let column = 0; column < columns; column++) {
        const number = band * columns + column;
        const data = this.#kept.get(number) ?? this.#unpack(number);
        if (keepLast && band === lastBand) this.#kept.set(number, data);
        const offset = this.#offsetOf(band, column);
        copyChunk(data, target, { start, stop }, this.#shape, this.#chunk, offset, this.#elementBytes);
      }
    }
  }

  #offsetOf(band: number, column: number): number[] {
    const offset = new Array<number>(this.#shape.length);
    let rest = column;
    for (let d = this.#grid.length - 1; d >= 0; d--) {
      const at = rest % this.#grid[d];
      rest = (rest - at) / this.#grid[d];
      offset[d + 1] = at * this.#chunk[d + 1];
    }
    offset[0] = band * this.#chunk[0];
    return offset;
  }

  #unpack(number: number): Uint8Array {
    const { places, addresses, sizes, masks } = this.#table;
    const place = places.get(number);
    if (place === undefined) throw new UnsupportedHdf5('chunks that were never written');
    const size = sizes[place];
    if (this.#packed.length < size) this.#packed = new Uint8Array(size);
    const packed = this.#packed.subarray(0, size);
    this.#source.readInto(packed, addresses[place]);
    const data = unpackChunk(packed, this.#filters, masks[place], this.#chunkBytes());
    // The next chunk would overwrite what no filter made a copy of.
    return data.buffer === packed.buffer ? data.slice() : data;
  }

  #chunkBytes(): number {
    const bytes = this.#chunk.reduce((product, n) => product * n, this.#elementBytes);
    if (!Number.isSafeInteger(bytes)) throw new Hdf5Failure('chunks are larger than any file');
    return bytes;
  }
}
