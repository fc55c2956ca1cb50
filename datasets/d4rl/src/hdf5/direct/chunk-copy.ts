/**
 * Copies the part of a chunk that lies in a range of rows to its place among those rows.
 *
 * @param target - Rows `start` to `stop` of the dataset, row-major.
 * @param shape - Of the dataset.
 * @param chunk - Shape of the chunk.
 * @param offset - Of the chunk's first element.
 * @param elementBytes - Of an element.
 */
export function copyChunk(
  data: Uint8Array,
  target: Uint8Array,
  range: { readonly start: number; readonly stop: number },
  shape: readonly number[],
  chunk: readonly number[],
  offset: readonly number[],
  elementBytes: number,
): void {
  const rank = shape.length;
  const from = Math.max(range.start, offset[0]);
  const to = Math.min(range.stop, offset[0] + chunk[0], shape[0]);
  const rowElements = product(shape.slice(1));
  const chunkRowElements = product(chunk.slice(1));
  if (shape.every((n, d) => d === 0 || n === chunk[d])) {
    const rowBytes = rowElements * elementBytes;
    const first = (from - offset[0]) * rowBytes;
    target.set(data.subarray(first, first + (to - from) * rowBytes), (from - range.start) * rowBytes);
    return;
  }
  // Runs along the last dimension; everything between the first and the last one is stepped through.
  const lengths = shape.map((n, d) => Math.min(chunk[d], n - offset[d]));
  const run = lengths[rank - 1];
  const runs = product(lengths.slice(1, -1));
  for (let k = 0; k < runs; k++) {
    let rest = k;
    let inTarget = offset[rank - 1];
    let inChunk = 0;
    let targetStride = shape[rank - 1];
    let chunkStride = chunk[rank - 1];
    for (let d = rank - 2; d > 0; d--) {
      const at = rest % lengths[d];
      rest = (rest - at) / lengths[d];
      inTarget += (offset[d] + at) * targetStride;
      inChunk += at * chunkStride;
      targetStride *= shape[d];
      chunkStride *= chunk[d];
    }
    copyRuns(data, target, {
      count: to - from,
      run: run * elementBytes,
      from: ((from - offset[0]) * chunkRowElements + inChunk) * elementBytes,
      fromStride: chunkRowElements * elementBytes,
      to: ((from - range.start) * rowElements + inTarget) * elementBytes,
      toStride: rowElements * elementBytes,
    });
  }
}

interface Runs {
  readonly count: number;
  readonly run: number;
  readonly from: number;
  readonly fromStride: number;
  readonly to: number;
  readonly toStride: number;
}

/** Copies equally spaced runs of bytes, four at a time where everything lies on such bounds. */
function copyRuns(data: Uint8Array, target: Uint8Array, { count, run, from, fromStride, to, toStride }: Runs): void {
  const bounds = run | from | fromStride | to | toStride | data.byteOffset | target.byteOffset;
  if ((bounds & 3) === 0) {
    const source = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
    const words = new Uint32Array(target.buffer, target.byteOffset, target.length >> 2);
    copyWords(source, words, count, run >> 2, from >> 2, fromStride >> 2, to >> 2, toStride >> 2);
  } else copyWords(data, target, count, run, from, fromStride, to, toStride);
}

function copyWords(
  source: Uint8Array | Uint32Array,
  target: Uint8Array | Uint32Array,
  count: number,
  run: number,
  from: number,
  fromStride: number,
  to: number,
  toStride: number,
): void {
  // h5py's own chunks have one or two columns.
  if (run === 1) {
    for (let i = 0, a = from, b = to; i < count; i++, a += fromStride, b += toStride) target[b] = source[a];
  } else if (run === 2) {
    for (let i = 0, a = from, b = to; i < count; i++, a += fromStride, b += toStride) {
      target[b] = source[a];
      target[b + 1] = source[a + 1];
    }
  } else {
    for (let i = 0, a = from, b = to; i < count; i++, a += fromStride, b += toStride) {
      for (let k = 0; k < run; k++) target[b + k] = source[a + k];
    }
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, n) => total * n, 1);
}
