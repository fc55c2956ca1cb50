import type { PCG64 } from './pcg64.ts';
import { EXPONENTIAL_F, EXPONENTIAL_K, EXPONENTIAL_W, NORMAL_F, NORMAL_K, NORMAL_W } from './ziggurat-tables.ts';

/** Where the normal's tail begins. */
const NORMAL_R = 3.6541528853610088;
const NORMAL_INVERSE_R = 0.27366123732975828;
/** Where the exponential's tail begins. */
const EXPONENTIAL_R = 7.69711747013105;

/**
 * A standard normal draw by the ziggurat (G. Marsaglia and W. W. Tsang, "The Ziggurat Method for Generating Random
 * Variables", 2000), taking its bits as NumPy does: strip from the lowest 8, sign from the next, position from 52 more.
 */
export function drawStandardNormal(bits: PCG64): number {
  for (;;) {
    bits.nextUint64();
    const { high, low } = bits;
    const strip = low & 0xff;
    const position = ((high >>> 9) & 0xfffff) * 0x100000000 + (((low >>> 9) | (high << 23)) >>> 0);
    const size = position * NORMAL_W[strip];
    const x = (low & 0x100) !== 0 ? -size : size;
    if (position < NORMAL_K[strip]) return x;
    if (strip === 0) return drawNormalTail(bits, (low & 0x20000) !== 0);
    const lower = NORMAL_F[strip];
    if ((NORMAL_F[strip - 1] - lower) * bits.nextDouble() + lower < Math.exp(-0.5 * x * x)) return x;
  }
}

/**
 * Marsaglia's exact tail beyond {@link NORMAL_R}, one draw in 4,000. The logarithm is the platform's, here as in NumPy,
 * whose own tails differ in the last bit from one C library or processor to the next.
 */
function drawNormalTail(bits: PCG64, negative: boolean): number {
  for (;;) {
    const x = -NORMAL_INVERSE_R * Math.log1p(-bits.nextDouble());
    const y = -Math.log1p(-bits.nextDouble());
    if (y + y > x * x) return negative ? -(NORMAL_R + x) : NORMAL_R + x;
  }
}

/** A standard exponential draw by the ziggurat: strip from bits 3 to 10, position from the 53 above. */
export function drawStandardExponential(bits: PCG64): number {
  for (;;) {
    bits.nextUint64();
    const { high, low } = bits;
    const strip = (low >>> 3) & 0xff;
    const position = (high >>> 0) * 0x200000 + (low >>> 11);
    const x = position * EXPONENTIAL_W[strip];
    if (position < EXPONENTIAL_K[strip]) return x;
    if (strip === 0) return EXPONENTIAL_R - Math.log1p(-bits.nextDouble());
    const lower = EXPONENTIAL_F[strip];
    if ((EXPONENTIAL_F[strip - 1] - lower) * bits.nextDouble() + lower < Math.exp(-x)) return x;
  }
}
