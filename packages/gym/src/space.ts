/** The set that observations or actions come from. */
export interface Space<T = unknown> {
  readonly kind: 'box' | 'discrete' | 'multi-discrete' | 'multi-binary' | 'dict' | 'tuple';
  /** Numbers in one flattened element: one-hot for discrete spaces, as in Gymnasium's `flatten`. */
  readonly flatSize: number;
  /** Restarts the space's own generator, which {@link sample} draws from. */
  seed(seed: number): void;
  /** A uniformly drawn element, the one NumPy's generator gives Gymnasium for the same seed. */
  sample(): T;
  contains(value: unknown): value is T;
  /** Writes the flattened element at `out[offset ...]`. */
  flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void;
  /** The element that {@link flattenInto} wrote. */
  unflatten(flat: Float32Array | Float64Array): T;
  /** One line for error messages, as Gymnasium prints it: `Box(-1.0, 1.0, (6,), float32)`. */
  toString(): string;
}
