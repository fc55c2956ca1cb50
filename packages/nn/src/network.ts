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
  /**
   * Forward mode, where the engine has it: the directional derivative J v of the last {@link forward}'s outputs. The
   * parameters must still be those of that pass; it may be repeated along other directions.
   *
   * @returns `[batch, outputSize]`
   */
  tangent?(direction: NetworkTangent, batch: number): Float32Array;
  /**
   * Second order, where the engine has it: reverse mode over the last {@link tangent}, which must have been along inputs
   * alone. Adds to {@link gradients} the derivative of the sum over rows of u . J v by the parameters.
   *
   * @param tangentAdjoint - The u, `[batch, outputSize]`.
   */
  tangentBackward?(tangentAdjoint: Float32Array, batch: number): void;
}

/** A network whose engine has forward mode and second order. */
export type TwiceDifferentiableNetwork = Network & Required<Pick<Network, 'tangent' | 'tangentBackward'>>;

/** A direction to differentiate along; what is left out stands still. */
export interface NetworkTangent {
  /** Laid out as {@link Network.parameters}. */
  parameters?: Float32Array;
  /** `[batch, inputSize]` */
  inputs?: Float32Array;
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
