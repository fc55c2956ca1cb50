import { ByteBuilder } from './byte-builder.ts';

/** HDF5 makes no smaller collection. */
const SMALLEST_COLLECTION = 4096;
/** Objects are counted with 16 bits, and 0 stands for the free space. */
const MAX_OBJECTS = 65_535;

/**
 * Strings of any length as HDF5 keeps them: bytes in global heap collections (file format specification, section
 * III.E), and a descriptor of 16 bytes a string (length, collection, object) where the value itself would stand.
 */
export class HeapBuilder {
  readonly #texts: readonly Uint8Array[];

  constructor(texts: readonly string[]) {
    const encoder = new TextEncoder();
    this.#texts = texts.map((text) => encoder.encode(text));
  }

  /**
   * @param address - Where the collections will be written.
   * @returns The collections, one after another, and the descriptors in the strings' order.
   */
  build(address: number): { collection: Uint8Array; descriptors: Uint8Array } {
    const collections = new ByteBuilder();
    const descriptors = new ByteBuilder();
    const stored = this.#texts.filter(({ length }) => length > 0);
    for (let first = 0, next = 0; first < Math.max(1, stored.length); first += MAX_OBJECTS) {
      const start = address + collections.length;
      collections.bytes(buildCollection(stored.slice(first, first + MAX_OBJECTS)));
      let index = 1;
      while (next < this.#texts.length && index <= MAX_OBJECTS) {
        const { length } = this.#texts[next++];
        // An empty string has no object.
        if (length === 0) descriptors.u32(0).u64(0).u32(0);
        else descriptors.u32(length).u64(start).u32(index++);
      }
    }
    const missing = this.#texts.length - descriptors.length / 16;
    for (let i = 0; i < missing; i++) descriptors.u32(0).u64(0).u32(0);
    return {
      collection: stored.length === 0 ? new Uint8Array(0) : collections.build(),
      descriptors: descriptors.build(),
    };
  }
}

function buildCollection(objects: readonly Uint8Array[]): Uint8Array {
  const used = objects.reduce((sum, { length }) => sum + 16 + Math.ceil(length / 8) * 8, 16);
  const size = Math.max(SMALLEST_COLLECTION, used);
  const collection = new ByteBuilder().text('GCOL').u8(1, 0, 0, 0).u64(size);
  objects.forEach((bytes, i) => {
    collection
      .u16(i + 1, 1)
      .u32(0)
      .u64(bytes.length)
      .bytes(bytes)
      .padTo(Math.ceil(collection.length / 8) * 8);
  });
  // The rest, its own header included, is free; too small a rest needs no header.
  if (size - used >= 16)
    collection
      .u16(0, 0)
      .u32(0)
      .u64(size - used);
  return collection.padTo(size).build();
}
