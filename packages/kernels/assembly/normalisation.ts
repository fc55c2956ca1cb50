// Layer normalisation of row-major matrices, and spectral normalisation of weights. Sums run in sixteen lanes, added up
// at the end, and nothing is fused.

import { loadLanes, storeLanes } from './vector';

/** a * b + c, rounded twice in either form of the kernels. */
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline
function addLanes(total: f32, lanes: v128): f32 {
  return (
    total +
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    f32x4.extract_lane(lanes, 2) +
    f32x4.extract_lane(lanes, 3)
  );
}

function sum(x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  let count = <i32>(bytes >> 2);
  for (; count >= 16; count -= 16, x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  if (count > 0) a = f32x4.add(a, loadLanes(x, count));
  if (count > 4) b = f32x4.add(b, loadLanes(x + 16, count - 4));
  if (count > 8) c = f32x4.add(c, loadLanes(x + 32, count - 8));
  if (count > 12) d = f32x4.add(d, loadLanes(x + 48, count - 12));
  return addLanes(addLanes(addLanes(addLanes(0, a), b), c), d);
}

function dot(x: usize, y: usize, bytes: usize): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  let count = <i32>(bytes >> 2);
  for (; count >= 16; count -= 16, x += 64, y += 64) {
    a = multiplyAdd(v128.load(x), v128.load(y), a);
    b = multiplyAdd(v128.load(x, 16), v128.load(y, 16), b);
    c = multiplyAdd(v128.load(x, 32), v128.load(y, 32), c);
    d = multiplyAdd(v128.load(x, 48), v128.load(y, 48), d);
  }
  if (count > 0) a = multiplyAdd(loadLanes(x, count), loadLanes(y, count), a);
  if (count > 4) b = multiplyAdd(loadLanes(x + 16, count - 4), loadLanes(y + 16, count - 4), b);
  if (count > 8) c = multiplyAdd(loadLanes(x + 32, count - 8), loadLanes(y + 32, count - 8), c);
  if (count > 12) d = multiplyAdd(loadLanes(x + 48, count - 12), loadLanes(y + 48, count - 12), d);
  return addLanes(addLanes(addLanes(addLanes(0, a), b), c), d);
}

/** y += factor * x */
function addScaled(y: usize, x: usize, factor: f32, bytes: usize): void {
  const factor4 = f32x4.splat(factor);
  for (let count = <i32>(bytes >> 2); count > 0; count -= 4, x += 16, y += 16) {
    storeLanes(y, multiplyAdd(factor4, v128.load(x), v128.load(y)), count);
  }
}

/** target += source */
export function add(target: usize, source: usize, length: i32): void {
  addScaled(target, source, 1, <usize>length << 2);
}

/** target = (x - shift) * factor */
function standardise(x: usize, target: usize, shift: f32, factor: f32, bytes: usize): void {
  const shift4 = f32x4.splat(shift);
  const factor4 = f32x4.splat(factor);
  for (let count = <i32>(bytes >> 2); count > 0; count -= 4, x += 16, target += 16) {
    storeLanes(target, f32x4.mul(f32x4.sub(v128.load(x), shift4), factor4), count);
  }
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
    standardise(inputs, standardised, mean, 1, bytes);
    const variance = dot(standardised, standardised, bytes) / <f32>width;
    const inverse = <f32>1 / sqrt<f32>(variance + epsilon);
    standardise(standardised, standardised, 0, inverse, bytes);
    store<f32>(inverses, inverse);
    let at: usize = 0;
    for (let count = width; count > 0; count -= 4, at += 16) {
      const scaled = multiplyAdd(v128.load(standardised + at), v128.load(gain + at), v128.load(bias + at));
      storeLanes(outputs + at, scaled, count);
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
  for (let count = <i32>(bytes >> 2); count > 0; count -= 4, x += 16, y += 16, target += 16) {
    storeLanes(target, multiplyAdd(v128.load(x), v128.load(y), v128.load(target)), count);
  }
}

/** target = x * y */
function multiply(target: usize, x: usize, y: usize, bytes: usize): void {
  for (let count = <i32>(bytes >> 2); count > 0; count -= 4, x += 16, y += 16, target += 16) {
    storeLanes(target, f32x4.mul(v128.load(x), v128.load(y)), count);
  }
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
