/**
 * A differentiable function of a batch, whichever engine computes it. All arrays are float32, row-major.
 *
 * `forward` and `backward` return views of the network's own buffers, overwritten by its next call.
 */
export interface Network {
  readonly inputSize: number;
  readonly outputSize: number;
  /** The largest batch that the network's buffers hold. */
  readonly maxBatch: number;
  /** All parameters as one flat vector; writing to it changes the network. */
  readonly parameters: Float32Array;
  /** Gradients of the parameters, added to by {@link backward}. */
  readonly gradients: Float32Array;
  /** Name, shape and offset of every tensor inside {@link parameters}, for checkpoints. */
  readonly layout: readonly ParameterSlot[];
  /**
   * A buffer `[maxBatch, inputSize]` the network reads without copying: fill it and pass it to {@link forward}.
   */
  readonly inputBuffer: Float32Array;
  /** @param inputs - `[batch, inputSize]` @returns `[batch, outputSize]` */
  forward(inputs: Float32Array, batch: number): Float32Array;
  /**
   * Backpropagates through the last {@link forward}, adding to {@link gradients}.
   *
   * @param outputGradients - Derivative of the loss by the outputs, `[batch, outputSize]`.
   * @returns Derivative by the inputs, `[batch, inputSize]`, when `inputGradients` is set; else undefined.
   */
  backward(outputGradients: Float32Array, batch: number, options?: BackwardOptions): Float32Array | undefined;
  zeroGradients(): void;
}

export interface BackwardOptions {
  /** Also compute the derivative by the inputs. */
  inputGradients?: boolean;
  /** Leave the parameters' gradients alone: for sampling through a fixed network. */
  skipParameters?: boolean;
}

/** Where one named tensor lies inside a flat parameter vector. */
export interface ParameterSlot {
  name: string;
  shape: readonly number[];
  offset: number;
}

export type Activation = 'identity' | 'tanh' | 'relu' | 'leaky-relu' | 'elu' | 'silu';
