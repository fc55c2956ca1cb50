/**
 * Reads tables of a FlatBuffer, every access checked against its bytes. Fields are numbered as in the schema; absent
 * ones have the type's default.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #position: number;
  readonly #vtable: number;
  readonly #fields: number;

  private constructor(view: DataView, position: number) {
    this.#view = view;
    this.#position = position;
    this.#vtable = position - view.getInt32(position, true);
    this.#fields = (view.getUint16(this.#vtable, true) - 4) / 2;
  }

  /** @throws RangeError when the bytes are too short; so does every access to a damaged table. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  int8(field: number): number {
    const at = this.#at(field);
    return at === 0 ? 0 : this.#view.getInt8(at);
  }

  int16(field: number): number {
    const at = this.#at(field);
    return at === 0 ? 0 : this.#view.getInt16(at, true);
  }

  int32(field: number): number {
    const at = this.#at(field);
    return at === 0 ? 0 : this.#view.getInt32(at, true);
  }

  int64(field: number): number {
    const at = this.#at(field);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#follow(field);
    return at === 0 ? undefined : new FlatTable(this.#view, at);
  }

  text(field: number): string {
    const at = this.#follow(field);
    if (at === 0) return '';
    const length = this.#view.getUint32(at, true);
    return new TextDecoder().decode(this.#bytes(at + 4, length));
  }

  /** The tables of a vector; at most `limit`. */
  tables(field: number, limit: number): FlatTable[] {
    const { start, count } = this.#vector(field, 4, limit);
    return Array.from({ length: count }, (_, i) => {
      const at = start + 4 * i;
      return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
    });
  }

  /** The structs of a vector, as views of `size` bytes; at most `limit`. */
  structs(field: number, size: number, limit: number): DataView[] {
    const { start, count } = this.#vector(field, size, limit);
    return Array.from({ length: count }, (_, i) => {
      const bytes = this.#bytes(start + size * i, size);
      return new DataView(bytes.buffer, bytes.byteOffset, size);
    });
  }

  #vector(field: number, size: number, limit: number): { start: number; count: number } {
    const at = this.#follow(field);
    if (at === 0) return { start: 0, count: 0 };
    const count = this.#view.getUint32(at, true);
    if (count > limit || at + 4 + count * size > this.#view.byteLength)
      throw new RangeError(`a list of ${count} items`);
    return { start: at + 4, count };
  }

  #bytes(start: number, length: number): Uint8Array {
    if (start + length > this.#view.byteLength) throw new RangeError(`${length} bytes that are not there`);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  #follow(field: number): number {
    const at = this.#at(field);
    return at === 0 ? 0 : at + this.#view.getUint32(at, true);
  }

  /** 0 where the field is absent. */
  #at(field: number): number {
    if (field >= this.#fields) return 0;
    const offset = this.#view.getUint16(this.#vtable + 4 + 2 * field, true);
    return offset === 0 ? 0 : this.#position + offset;
  }
}
