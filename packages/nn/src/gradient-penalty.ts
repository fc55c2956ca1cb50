import { InputError } from '@understudy/errors';
import type { TwiceDifferentiableNetwork } from './network.ts';

export interface GradientPenaltyOptions {
  /** What the penalty is multiplied by: gamma of R1 (often 10 of images), lambda of WGAN-GP (10). */
  weight: number;
}

/**
 * The R1 penalty (Mescheder, Geiger and Nowozin 2018, arXiv 1801.04406, equation 9): weight / 2 times the mean over rows
 * of |grad_x f(x)|^2, for a network f of one output. On real data it keeps a discriminator flat.
 *
 * Adds its derivative by the parameters to the network's gradients, exactly: a tangent pass along the input gradients and
 * a reverse pass over that. The network's last forward is this one's afterwards.
 *
 * @param inputs - `[batch, inputSize]`
 * @returns The penalty.
 * @throws InputError when the network has several outputs.
 */
export function r1Penalty(
  network: TwiceDifferentiableNetwork,
  inputs: Float32Array,
  batch: number,
  { weight }: GradientPenaltyOptions,
): number {
  const value = (norm: number) => (weight / 2) * norm * norm;
  return addPenalty(network, inputs, batch, value, () => weight);
}

/**
 * The penalty of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028, equation 3): weight times the mean over rows of
 * (|grad_x f(x)| - 1)^2, for a network f of one output; there the inputs lie between real and generated ones.
 *
 * Adds its derivative by the parameters to the network's gradients, as {@link r1Penalty} does. Where the gradient is 0
 * the norm has no derivative, and 0 is taken.
 *
 * @param inputs - `[batch, inputSize]`
 * @returns The penalty.
 * @throws InputError when the network has several outputs.
 */
export function gradientPenalty(
  network: TwiceDifferentiableNetwork,
  inputs: Float32Array,
  batch: number,
  { weight }: GradientPenaltyOptions,
): number {
  const value = (norm: number) => weight * (norm - 1) ** 2;
  const factor = (norm: number) => (norm === 0 ? 0 : (2 * weight * (norm - 1)) / norm);
  return addPenalty(network, inputs, batch, value, factor);
}

/**
 * A penalty that is the mean over rows of a function h of g = |grad_x f|. Its derivative by a parameter is that of
 * sum v . grad_x f for the fixed directions v = h'(g) / g grad_x f / batch.
 *
 * @param penaltyOf - h(g).
 * @param factorOf - h'(g) / g.
 */
function addPenalty(
  network: TwiceDifferentiableNetwork,
  inputs: Float32Array,
  batch: number,
  penaltyOf: (norm: number) => number,
  factorOf: (norm: number) => number,
): number {
  const { inputSize, outputSize } = network;
  if (outputSize !== 1) {
    throw new InputError(`A gradient penalty needs a network of one output; this one has ${outputSize}.`);
  }
  network.forward(inputs, batch);
  const upstream = onesOf(batch);
  // Scaled in place to the directions: the network's buffer holds them until its next backward pass.
  const slopes = network.backward(upstream, batch, { inputGradients: true, skipParameters: true }) as Float32Array;
  let sum = 0;
  for (let row = 0; row < batch; row++) {
    const [start, end] = [row * inputSize, (row + 1) * inputSize];
    let squares = 0;
    for (let i = start; i < end; i++) squares += slopes[i] * slopes[i];
    const norm = Math.sqrt(squares);
    const factor = factorOf(norm) / batch;
    for (let i = start; i < end; i++) slopes[i] *= factor;
    sum += penaltyOf(norm);
  }
  network.tangent({ inputs: slopes }, batch);
  network.tangentBackward(upstream, batch);
  return sum / batch;
}

let ones = new Float32Array(0);

function onesOf(length: number): Float32Array {
  if (ones.length < length) ones = new Float32Array(length).fill(1);
  return ones.subarray(0, length);
}
