import type { Generator } from '@understudy/random';
import type { Network } from './network.ts';

/**
 * Fills one tensor of a layer in place.
 *
 * @param tensor - Weights `[fanIn, fanOut]`, row-major, or biases `[fanOut]`.
 * @param fanIn - The layer's inputs, for biases too.
 */
export type Initialiser = (tensor: Float32Array, fanIn: number, fanOut: number, generator: Generator) => void;

/** Activations that have a recommended gain. */
export type GainActivation = 'identity' | 'tanh' | 'relu' | 'leaky-relu';

/** Every element the same. */
export function constant(value: number): Initialiser {
  return (tensor) => {
    tensor.fill(value);
  };
}

/** Every element 0. */
export function zeros(): Initialiser {
  return constant(0);
}

/**
 * A random matrix whose rows, or columns where they are fewer, are orthonormal, times `gain` (Saxe et al. 2014, arXiv
 * 1312.6120). It is the Q of a normal matrix's QR decomposition with R's diagonal made positive, so that Q is uniform
 * over the orthogonal matrices, as in PyTorch. Only for weights.
 *
 * @param gain - Stable-Baselines3's PPO takes sqrt(2) for hidden layers, .01 for the policy's last, 1 for the value's.
 */
export function orthogonal(gain = 1): Initialiser {
  return (tensor, fanIn, fanOut, generator) => {
    const length = Math.max(fanIn, fanOut);
    const count = Math.min(fanIn, fanOut);
    const vectors = orthonormalVectors(count, length, generator);
    for (let v = 0; v < count; v++) {
      for (let i = 0; i < length; i++) {
        tensor[fanIn >= fanOut ? i * fanOut + v : v * fanOut + i] = gain * vectors[v * length + i];
      }
    }
  };
}

/**
 * Uniform within +-gain sqrt(3 / fanIn) (He et al. 2015, arXiv 1502.01852).
 *
 * @param gain - A number, or the activation that follows: sqrt(2) for ReLU.
 */
export function kaimingUniform(gain: number | GainActivation = 'relu'): Initialiser {
  const factor = gainOf(gain) * Math.sqrt(3);
  return (tensor, fanIn, _fanOut, generator) => {
    const bound = factor / Math.sqrt(fanIn);
    generator.fillUniform(tensor, -bound, bound);
  };
}

/** Normal with standard deviation gain / sqrt(fanIn) (He et al. 2015, arXiv 1502.01852). */
export function kaimingNormal(gain: number | GainActivation = 'relu'): Initialiser {
  const factor = gainOf(gain);
  return (tensor, fanIn, _fanOut, generator) => {
    generator.fillNormal(tensor, 0, factor / Math.sqrt(fanIn));
  };
}

/** What PyTorch gives a linear layer unasked, its weights and its biases: uniform within +-1 / sqrt(fanIn). */
export function pytorchLinear(): Initialiser {
  return (tensor, fanIn, _fanOut, generator) => {
    const bound = 1 / Math.sqrt(fanIn);
    generator.fillUniform(tensor, -bound, bound);
  };
}

/** How {@link initialiseNetwork} fills each kind of tensor. */
export interface NetworkInitialisation {
  /** Weights of all layers but the last. Orthogonal with gain sqrt(2) by default. */
  hidden?: Initialiser;
  /** Weights of the last layer. Orthogonal with gain 1 by default. */
  output?: Initialiser;
  /** Biases of all layers. Zero by default. */
  bias?: Initialiser;
}

/**
 * Fills the parameters of a multilayer perceptron, layer by layer, weights before biases: the same generator state
 * gives the same parameters.
 *
 * @param network - One whose layout alternates weights `[in, out]` and biases `[out]`.
 */
export function initialiseNetwork(
  network: Pick<Network, 'layout' | 'parameters'>,
  generator: Generator,
  { hidden = orthogonal(Math.SQRT2), output = orthogonal(1), bias = zeros() }: NetworkInitialisation = {},
): void {
  const { layout, parameters } = network;
  for (let i = 0; i + 1 < layout.length; i += 2) {
    const [fanIn, fanOut] = layout[i].shape;
    if (layout[i].shape.length !== 2 || layout[i + 1].shape.length !== 1 || layout[i + 1].shape[0] !== fanOut) {
      throw new Error(`${layout[i].name} and ${layout[i + 1].name} are not the weights and biases of a layer.`);
    }
    const weights = parameters.subarray(layout[i].offset, layout[i].offset + fanIn * fanOut);
    const biases = parameters.subarray(layout[i + 1].offset, layout[i + 1].offset + fanOut);
    (i + 2 < layout.length ? hidden : output)(weights, fanIn, fanOut, generator);
    bias(biases, fanIn, fanOut, generator);
  }
}

/** The gains of PyTorch's `calculate_gain`; LeakyReLU's is for the slope .01. */
function gainOf(gain: number | GainActivation): number {
  if (typeof gain === 'number') return gain;
  const gains = { identity: 1, tanh: 5 / 3, relu: Math.SQRT2, 'leaky-relu': Math.sqrt(2 / (1 + 0.01 ** 2)) };
  return gains[gain];
}

/**
 * `count` orthonormal vectors of `length`, one after another: modified Gram-Schmidt on normal draws, which is the QR
 * decomposition with a positive diagonal of R. In float64 its rounding errors stay far below float32's.
 */
function orthonormalVectors(count: number, length: number, generator: Generator): Float64Array {
  const vectors = new Float64Array(count * length);
  // Drawn row by row of the [length, count] matrix whose columns they are, as a matrix library draws it.
  for (let i = 0; i < length; i++) {
    for (let v = 0; v < count; v++) vectors[v * length + i] = generator.standardNormal();
  }
  for (let v = 0; v < count; v++) {
    const vector = vectors.subarray(v * length, (v + 1) * length);
    for (let u = 0; u < v; u++) subtractProjection(vector, vectors.subarray(u * length, (u + 1) * length));
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < length; i++) vector[i] /= norm;
  }
  return vectors;
}

function subtractProjection(vector: Float64Array, direction: Float64Array): void {
  const along = dot(vector, direction);
  for (let i = 0; i < vector.length; i++) vector[i] -= along * direction[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
