import { createMlp, KernelMemory } from '@understudy/kernels';
import type { Activation, TwiceDifferentiableNetwork } from './network.ts';
import { allocateParameters, mlpTensors, type ParameterVector } from './parameter-vector.ts';
import { SpectralMlp, type SpectralState } from './spectral-normalisation.ts';

/** A multilayer perceptron's form. */
export interface MlpOptions {
  /** Inputs, hidden layers' units, outputs: `[17, 64, 64, 6]`. */
  sizes: readonly number[];
  /** Between the layers; tanh by default. */
  activation?: Activation;
  /** After the last layer; none (`identity`) by default. */
  outputActivation?: Activation;
  /** The largest batch that {@link Network.forward} will get. */
  maxBatch: number;
  /** First part of its tensors' names, `actor` in `actor.0.weight`; `network` by default. */
  name?: string;
  /** Divides every layer's weights by their largest singular value, see {@link MlpNetwork.spectral}. */
  spectralNormalisation?: boolean;
}

/** A network on the kernels. */
export interface MlpNetwork extends TwiceDifferentiableNetwork {
  /** A buffer `[maxBatch, outputSize]` that {@link Network.backward} reads without copying. */
  readonly outputGradientBuffer: Float32Array;
  /** With `spectralNormalisation`: the power iteration's state, which belongs into checkpoints. */
  readonly spectral?: SpectralState;
}

/** Where a network's parameters lie. */
export interface MlpPlacement {
  /** A vector that holds the network's tensors (see {@link mlpTensors}) among others. By default one of its own. */
  parameters?: ParameterVector;
  /** The kernels' memory for a network with a vector of its own. By default a new one. */
  memory?: KernelMemory;
}

/**
 * A multilayer perceptron on the fused kernels: each forward or backward pass is one call into WebAssembly.
 *
 * Its parameters start as zeros; see {@link initialiseNetwork}. Several networks may share one vector's tensors, with
 * different batch sizes: one for acting and one for learning, say.
 */
export function createMlpNetwork(options: MlpOptions, placement: MlpPlacement = {}): MlpNetwork {
  const { sizes, activation = 'tanh', outputActivation = 'identity', maxBatch, name = 'network' } = options;
  const tensors = mlpTensors(sizes, name);
  const vector = placement.parameters ?? allocateParameters(placement.memory ?? KernelMemory.create(), tensors);
  const { parameters, gradients, layout } = vector.section(name);
  const expected = tensors.map((tensor) => `${tensor.name} [${tensor.shape.join()}]`);
  const found = layout.map((slot) => `${slot.name} [${slot.shape.join()}]`);
  if (found.join() !== expected.join()) {
    throw new Error(`The parameter vector holds ${found.join(', ')} where the network needs ${expected.join(', ')}.`);
  }
  const form = { sizes, activation, outputActivation, maxBatch };
  const isSpectral = options.spectralNormalisation === true;
  // A normalised network multiplies with weights of its own, which it makes from the parameters.
  const mlp = createMlp(vector.memory, isSpectral ? form : { ...form, parameters, gradients });
  const spectral = isSpectral ? new SpectralMlp(vector.memory, { parameters, gradients, layout }, mlp) : undefined;
  const passes = spectral ?? mlp;
  return {
    inputSize: sizes[0],
    outputSize: sizes[sizes.length - 1],
    maxBatch,
    parameters,
    gradients,
    layout,
    inputBuffer: mlp.inputBuffer,
    outputGradientBuffer: mlp.outputGradientBuffer,
    forward: (inputs, batch) => passes.forward(inputs, batch),
    backward: (outputGradients, batch, backwardOptions) => passes.backward(outputGradients, batch, backwardOptions),
    zeroGradients() {
      gradients.fill(0);
    },
    tangent: (direction, batch) => passes.tangent(direction, batch),
    tangentBackward: (tangentAdjoint, batch) => passes.tangentBackward(tangentAdjoint, batch),
    ...(spectral && { spectral }),
  };
}
