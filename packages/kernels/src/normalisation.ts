import { InputError } from '@understudy/errors';
import type { KernelMemory } from './kernel-memory.ts';

export interface LayerNormOptions {
  /** Columns. */
  size: number;
  /** The largest batch that the buffers hold. */
  maxBatch: number;
  /** Added to the variance; 1e-5 unless told. */
  epsilon?: number;
  /** A view of the memory `[2 size]`: gains, then biases. A new one, gains 1 and biases 0, unless given. */
  parameters?: Float32Array;
  /** A view of the memory for the gradients, laid out as `parameters`. A new one, zeroed, unless given. */
  gradients?: Float32Array;
}

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016, arXiv 1607.06450): every row gets mean 0 and variance 1, then gains
 * and biases of its own for every column.
 */
export class LayerNorm {
  readonly size: number;
  readonly maxBatch: number;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly #memory: KernelMemory;
  readonly #epsilon: number;
  readonly #outputs: Float32Array;
  readonly #standardised: Float32Array;
  readonly #inverses: Float32Array;
  readonly #inputGradients: Float32Array;

  constructor(memory: KernelMemory, options: LayerNormOptions) {
    const { size, maxBatch, epsilon = 1e-5 } = options;
    for (const [name, value] of Object.entries({ size, maxBatch })) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new InputError(`The layer normalisation's ${name} is ${value}: give a whole number from 1 up.`);
      }
    }
    this.size = size;
    this.maxBatch = maxBatch;
    this.#memory = memory;
    this.#epsilon = epsilon;
    this.parameters = options.parameters ?? memory.float32(2 * size).fill(1, 0, size);
    this.gradients = options.gradients ?? memory.float32(2 * size);
    checkView(memory, this.parameters, 2 * size, 'parameters');
    checkView(memory, this.gradients, 2 * size, 'gradients');
    this.#outputs = memory.float32(maxBatch * size);
    this.#standardised = memory.float32(maxBatch * size);
    this.#inverses = memory.float32(maxBatch);
    this.#inputGradients = memory.float32(maxBatch * size);
  }

  /**
   * @param inputs - `[batch, size]`, a view of the memory.
   * @returns `[batch, size]` and the rest of the buffer, which the next call overwrites.
   */
  forward(inputs: Float32Array, batch: number): Float32Array {
    this.#check(inputs, batch, 'inputs');
    const { byteOffset } = this.parameters;
    this.#memory.kernels.layerNorm(
      inputs.byteOffset,
      byteOffset,
      byteOffset + 4 * this.size,
      this.#outputs.byteOffset,
      this.#standardised.byteOffset,
      this.#inverses.byteOffset,
      batch,
      this.size,
      this.#epsilon,
    );
    return this.#outputs;
  }

  /**
   * Backpropagates through the last {@link forward}, adding to {@link gradients}.
   *
   * @param outputGradients - `[batch, size]`, a view of the memory.
   * @returns Derivative by the inputs, `[batch, size]` and the rest of the buffer, which the next call overwrites.
   */
  backward(outputGradients: Float32Array, batch: number, options?: { skipParameters?: boolean }): Float32Array {
    this.#check(outputGradients, batch, 'output gradients');
    const { byteOffset } = this.gradients;
    this.#memory.kernels.layerNormBackward(
      outputGradients.byteOffset,
      this.parameters.byteOffset,
      this.#standardised.byteOffset,
      this.#inverses.byteOffset,
      options?.skipParameters ? 0 : byteOffset,
      options?.skipParameters ? 0 : byteOffset + 4 * this.size,
      this.#inputGradients.byteOffset,
      batch,
      this.size,
    );
    return this.#inputGradients;
  }

  #check(values: Float32Array, batch: number, name: string): void {
    if (!(Number.isInteger(batch) && batch >= 1 && batch <= this.maxBatch)) {
      throw new InputError(`The batch is ${batch}: this normalisation takes whole numbers from 1 to ${this.maxBatch}.`);
    }
    if (values.length < batch * this.size || !this.#memory.owns(values)) {
      throw new InputError(
        `The ${name} hold ${values.length} numbers: give a view of the memory with ${batch * this.size}.`,
      );
    }
  }
}

export interface SpectralNormOptions {
  /** `[inputs, outputs]`, row-major; a view of the memory, as all arrays here. */
  weights: Float32Array;
  /** `[inputs]`; the estimate of the first left singular vector, kept from call to call. */
  left: Float32Array;
  /** `[outputs]`; the same of the right one. */
  right: Float32Array;
  /** Power iterations, which move the two vectors; 0 leaves them as they are. */
  iterations: number;
}

/** The largest singular value of a weight matrix as power iteration estimates it: left . weights . right. */
export function spectralNorm(memory: KernelMemory, options: SpectralNormOptions): number {
  const { weights, left, right, iterations } = options;
  checkView(memory, weights, left.length * right.length, 'weights');
  checkView(memory, left, left.length, 'left vector');
  checkView(memory, right, right.length, 'right vector');
  return memory.kernels.spectralNorm(
    weights.byteOffset,
    left.byteOffset,
    right.byteOffset,
    left.length,
    right.length,
    iterations,
  );
}

export interface SpectralNormBackwardOptions extends Omit<SpectralNormOptions, 'weights' | 'iterations'> {
  /** Gradients by the weights, `[inputs, outputs]`, which are added to. */
  gradients: Float32Array;
  /** Gradients by the normalised weights, `[inputs, outputs]`. */
  normalisedGradients: Float32Array;
  /** The weights over {@link norm}, `[inputs, outputs]`. */
  normalised: Float32Array;
  norm: number;
}

/** The gradient through a division by the spectral norm, the singular vectors held fixed (Miyato et al. 2018). */
export function spectralNormBackward(memory: KernelMemory, options: SpectralNormBackwardOptions): void {
  const { gradients, normalisedGradients, normalised, left, right, norm } = options;
  const count = left.length * right.length;
  checkView(memory, gradients, count, 'gradients');
  checkView(memory, normalisedGradients, count, 'normalised gradients');
  checkView(memory, normalised, count, 'normalised weights');
  memory.kernels.spectralNormBackward(
    gradients.byteOffset,
    normalisedGradients.byteOffset,
    normalised.byteOffset,
    left.byteOffset,
    right.byteOffset,
    left.length,
    right.length,
    norm,
  );
}

/** Adds `source` to `target`, views of the memory, over the first `length` numbers. */
export function add(memory: KernelMemory, target: Float32Array, source: Float32Array, length = target.length): void {
  for (const [name, view] of Object.entries({ target, source })) {
    if (view.length < length || !memory.owns(view)) {
      throw new InputError(`The ${name} holds ${view.length} numbers: give a view of the memory with ${length}.`);
    }
  }
  memory.kernels.add(target.byteOffset, source.byteOffset, length);
}

function checkView(memory: KernelMemory, view: Float32Array, length: number, name: string): void {
  if (view.length !== length || !memory.owns(view)) {
    throw new InputError(`The ${name} hold ${view.length} numbers: give a view of the memory with ${length}.`);
  }
}
