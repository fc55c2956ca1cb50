// Layer normalisation of row-major matrices, and spectral normalisation of weights. Sums run in four lanes.

import { madd } from './vector';

@inline
function total(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}

function sum(x: usize, bytes: usize): f32 {
  let lanes = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) lanes = f32x4.add(lanes, v128.load(x + at));
  let result = total(lanes);
  for (; at < bytes; at += 4) result += load<f32>(x + at);
  return result;
}

function dot(x: usize, y: usize, bytes: usize): f32 {
  let lanes = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) lanes = madd(v128.load(x + at), v128.load(y + at), lanes);
  let result = total(lanes);
  for (; at < bytes; at += 4) result += load<f32>(x + at) * load<f32>(y + at);
  return result;
}

/** y += factor * x */
function addScaled(y: usize, x: usize, factor: f32, bytes: usize): void {
  const factor4 = f32x4.splat(factor);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(y + at, madd(factor4, v128.load(x + at), v128.load(y + at)));
  for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(y + at) + factor * load<f32>(x + at));
}

/** target += source */
export function add(target: usize, source: usize, length: i32): void {
  addScaled(target, source, 1, <usize>length << 2);
}

/** Writes (x - shift) * factor; returns the sum of its squares. */
function standardise(x: usize, target: usize, shift: f32, factor: f32, bytes: usize): f32 {
  const shift4 = f32x4.splat(shift);
  const factor4 = f32x4.splat(factor);
  let lanes = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const value = f32x4.mul(f32x4.sub(v128.load(x + at), shift4), factor4);
    v128.store(target + at, value);
    lanes = madd(value, value, lanes);
  }
  let result = total(lanes);
  for (; at < bytes; at += 4) {
    const value = (load<f32>(x + at) - shift) * factor;
    store<f32>(target + at, value);
    result += value * value;
  }
  return result;
}

/**
 * Outputs `[rows, width]`: each row of the inputs with mean 0 and variance 1, times `gain`, plus `bias`.
 *
 * @param standardised - Gets the rows before gain and bias, `[rows, width]`.
 * @param inverses - Gets the inverse standard deviations, `[rows]`.
 */
export function layerNorm(
  inputs: usize,
  gain: usize,
  bias: usize,
  outputs: usize,
  standardised: usize,
  inverses: usize,
  rows: i32,
  width: i32,
  epsilon: f32,
): void {
  const bytes = <usize>width << 2;
  for (; rows > 0; rows--) {
    const mean = sum(inputs, bytes) / <f32>width;
    const variance = standardise(inputs, standardised, mean, 1, bytes) / <f32>width;
    const inverse = <f32>1 / sqrt<f32>(variance + epsilon);
    standardise(standardised, standardised, 0, inverse, bytes);
    store<f32>(inverses, inverse);
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(outputs + at, madd(v128.load(standardised + at), v128.load(gain + at), v128.load(bias + at)));
    }
    for (; at < bytes; at += 4) {
      store<f32>(outputs + at, load<f32>(standardised + at) * load<f32>(gain + at) + load<f32>(bias + at));
    }
    inputs += bytes;
    outputs += bytes;
    standardised += bytes;
    inverses += 4;
  }
}

/**
 * Derivatives by the inputs of `layerNorm`, and those by gain and bias added to theirs, unless these are 0.
 *
 * @param inputGradients - `[rows, width]`; may not be `outputGradients`.
 */
export function layerNormBackward(
  outputGradients: usize,
  gain: usize,
  standardised: usize,
  inverses: usize,
  gainGradients: usize,
  biasGradients: usize,
  inputGradients: usize,
  rows: i32,
  width: i32,
): void {
  const bytes = <usize>width << 2;
  for (; rows > 0; rows--) {
    if (gainGradients) {
      addProduct(gainGradients, outputGradients, standardised, bytes);
      addScaled(biasGradients, outputGradients, 1, bytes);
    }
    multiply(inputGradients, outputGradients, gain, bytes);
    const mean = sum(inputGradients, bytes) / <f32>width;
    const slope = dot(inputGradients, standardised, bytes) / <f32>width;
    const inverse = load<f32>(inverses);
    addScaled(inputGradients, standardised, -slope, bytes);
    standardise(inputGradients, inputGradients, mean, inverse, bytes);
    outputGradients += bytes;
    standardised += bytes;
    inputGradients += bytes;
    inverses += 4;
  }
}

/** target += x * y */
function addProduct(target: usize, x: usize, y: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    v128.store(target + at, madd(v128.load(x + at), v128.load(y + at), v128.load(target + at)));
  }
  for (; at < bytes; at += 4) {
    store<f32>(target + at, load<f32>(target + at) + load<f32>(x + at) * load<f32>(y + at));
  }
}

/** target = x * y */
function multiply(target: usize, x: usize, y: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(target + at, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  for (; at < bytes; at += 4) store<f32>(target + at, load<f32>(x + at) * load<f32>(y + at));
}

/** Makes a vector's norm 1, unless it is next to nothing. */
function makeUnit(x: usize, bytes: usize): void {
  const norm = sqrt<f32>(dot(x, x, bytes));
  const factor = <f32>1 / max(norm, <f32>1e-12);
  standardise(x, x, 0, factor, bytes);
}

/**
 * Power iterations for the largest singular value of weights `[inputs, outputs]`; returns left . weights . right.
 *
 * @param left - `[inputs]`, of norm 1 afterwards if there was an iteration.
 * @param right - `[outputs]`, likewise.
 */
export function spectralNorm(weights: usize, left: usize, right: usize, inputs: i32, outputs: i32, iterations: i32): f32 {
  const rowBytes = <usize>outputs << 2;
  for (; iterations > 0; iterations--) {
    memory.fill(right, 0, rowBytes);
    for (let i = 0; i < inputs; i++) {
      addScaled(right, weights + <usize>i * rowBytes, load<f32>(left + (<usize>i << 2)), rowBytes);
    }
    makeUnit(right, rowBytes);
    for (let i = 0; i < inputs; i++) {
      store<f32>(left + (<usize>i << 2), dot(weights + <usize>i * rowBytes, right, rowBytes));
    }
    makeUnit(left, <usize>inputs << 2);
  }
  let norm: f32 = 0;
  for (let i = 0; i < inputs; i++) {
    norm += load<f32>(left + (<usize>i << 2)) * dot(weights + <usize>i * rowBytes, right, rowBytes);
  }
  return norm;
}

/**
 * Adds to the gradients by weights those by the weights divided by their spectral norm, `normalised`, through the
 * division: (G - (G . normalised) left right^T) / norm.
 */
export function spectralNormBackward(
  gradients: usize,
  normalisedGradients: usize,
  normalised: usize,
  left: usize,
  right: usize,
  inputs: i32,
  outputs: i32,
  norm: f32,
): void {
  const rowBytes = <usize>outputs << 2;
  let along: f32 = 0;
  for (let i = 0; i < inputs; i++) {
    along += dot(normalisedGradients + <usize>i * rowBytes, normalised + <usize>i * rowBytes, rowBytes);
  }
  const inverse = <f32>1 / norm;
  for (let i = 0; i < inputs; i++) {
    const shift = <usize>i * rowBytes;
    addScaled(gradients + shift, normalisedGradients + shift, inverse, rowBytes);
    addScaled(gradients + shift, right, -along * inverse * load<f32>(left + (<usize>i << 2)), rowBytes);
  }
}
