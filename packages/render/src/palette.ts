import type { Picture } from './picture.ts';

/** Colours are counted in cubes of 8 values a channel. */
const binBits = 5;
const binCount = 1 << (3 * binBits);
/** Nearest entries are remembered for cubes of 4 values a channel. */
const cacheBits = 6;
/** Pixels that are counted at most; more are skipped evenly. */
const sampleLimit = 4_000_000;

/** A few colours that stand for many: red, green and blue of each, and the entry nearest to any colour. */
export class Palette {
  /** `[n, 3]`, 0 to 255. */
  readonly colors: Uint8Array;
  /** The entry for a colour's leading bits, plus 1; 0 where it hasn't been looked for. */
  readonly #nearest = new Uint16Array(1 << (3 * cacheBits));

  /** @param colors - `[n, 3]` */
  constructor(colors: Uint8Array) {
    this.colors = colors;
  }

  get size(): number {
    return this.colors.length / 3;
  }

  /** The entry nearest to a colour. */
  indexOf(red: number, green: number, blue: number): number {
    const drop = 8 - cacheBits;
    const key = ((red >> drop) << (2 * cacheBits)) | ((green >> drop) << cacheBits) | (blue >> drop);
    const known = this.#nearest[key];
    if (known > 0) return known - 1;
    // The first colour of a cube would decide for all, so its middle does.
    const middle = (1 << drop) >> 1;
    const index = this.#search(
      ((red >> drop) << drop) + middle,
      ((green >> drop) << drop) + middle,
      ((blue >> drop) << drop) + middle,
    );
    this.#nearest[key] = index + 1;
    return index;
  }

  #search(red: number, green: number, blue: number): number {
    const { colors } = this;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < colors.length; i += 3) {
      const distance = (colors[i] - red) ** 2 + (colors[i + 1] - green) ** 2 + (colors[i + 2] - blue) ** 2;
      if (distance < least) {
        least = distance;
        best = i / 3;
      }
    }
    return best;
  }
}

/** A set of bins with what a split needs: the squared distances from the mean, by channel and in all. */
interface Box {
  readonly bins: readonly number[];
  readonly mean: readonly number[];
  readonly error: number;
  /** The channel along which the colours differ most. */
  readonly axis: number;
}

/** Colours counted in cubes, with the sums of each cube's channels: `[bins]` and `[bins, 3]`. */
interface Histogram {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/**
 * The palette of pictures: starting from all colours, the set with the largest squared error is split in two at its mean,
 * along its widest channel, until there are enough.
 *
 * @param size - Colours at most; fewer come where the pictures have fewer.
 */
export function choosePalette(pictures: readonly Picture[], size: number): Palette {
  const histogram = countColors(pictures);
  const all = [...histogram.counts.keys()].filter((bin) => histogram.counts[bin] > 0);
  const boxes = [measure(all, histogram)];
  while (boxes.length < size) {
    const worst = boxes.reduce((best, box, i) => (box.error > boxes[best].error ? i : best), 0);
    const { bins, mean, axis, error } = boxes[worst];
    if (!(error > 0)) break;
    const value = (bin: number) => histogram.sums[3 * bin + axis] / histogram.counts[bin];
    const low = bins.filter((bin) => value(bin) <= mean[axis]);
    const high = bins.filter((bin) => value(bin) > mean[axis]);
    if (low.length === 0 || high.length === 0) break;
    boxes.splice(worst, 1, measure(low, histogram), measure(high, histogram));
  }
  return new Palette(Uint8Array.from(boxes.flatMap(({ mean }) => mean.map(Math.round))));
}

function countColors(pictures: readonly Picture[]): Histogram {
  const counts = new Float64Array(binCount);
  const sums = new Float64Array(3 * binCount);
  const pixels = pictures.reduce((total, { width, height }) => total + width * height, 0);
  const stride = 3 * Math.ceil(pixels / sampleLimit);
  const drop = 8 - binBits;
  for (const { data } of pictures) {
    for (let i = 0; i < data.length; i += stride) {
      const bin = ((data[i] >> drop) << (2 * binBits)) | ((data[i + 1] >> drop) << binBits) | (data[i + 2] >> drop);
      counts[bin]++;
      for (let channel = 0; channel < 3; channel++) sums[3 * bin + channel] += data[i + channel];
    }
  }
  return { counts, sums };
}

function measure(bins: readonly number[], { counts, sums }: Histogram): Box {
  const total = bins.reduce((sum, bin) => sum + counts[bin], 0);
  const mean: number[] = [];
  const errors: number[] = [];
  for (let channel = 0; channel < 3; channel++) {
    const middle = bins.reduce((sum, bin) => sum + sums[3 * bin + channel], 0) / total;
    const error = bins.reduce((sum, bin) => {
      const difference = sums[3 * bin + channel] / counts[bin] - middle;
      return sum + counts[bin] * difference * difference;
    }, 0);
    mean.push(middle);
    errors.push(error);
  }
  return { bins, mean, error: errors[0] + errors[1] + errors[2], axis: errors.indexOf(Math.max(...errors)) };
}
