import type { Space } from '@understudy/gym';

/** As much of a one-dimensional box space as the tests need. */
export function testBox(size: number, low = -Infinity, high = Infinity): Space<Float64Array | Float32Array> {
  const bounds = { low: new Float32Array(size).fill(low), high: new Float32Array(size).fill(high) };
  return {
    kind: 'box',
    flatSize: size,
    ...bounds,
    seed() {},
    sample: () => new Float32Array(size),
    contains: (value): value is Float32Array => value instanceof Float32Array && value.length === size,
    flattenInto(value, out, offset) {
      out.set(value, offset);
    },
    unflatten: (flat) => flat,
    toString: () => `Box(${low}, ${high}, (${size},), float32)`,
  } as Space<Float64Array | Float32Array>;
}
