import { InputError } from '@understudy/errors';
import { add, KernelMemory, LayerNorm } from '@understudy/kernels';
import type { Generator } from '@understudy/random';
import { initialiseNetwork, type NetworkInitialisation } from './initialisation.ts';
import { createMlpNetwork, type MlpNetwork, type MlpPlacement } from './mlp-network.ts';
import type { Activation, BackwardOptions, Network } from './network.ts';
import { allocateParameters, mlpTensors, type ParameterVector, type TensorShape } from './parameter-vector.ts';
import type { Tensor } from './safetensors/tensor.ts';
import type { SpectralState } from './spectral-normalisation.ts';

/** A residual network's form. */
export interface ResidualOptions {
  inputSize: number;
  outputSize: number;
  /** Units of the stream that the blocks add to. */
  width: number;
  /** Units inside a block; `width` by default. */
  hidden?: number;
  /** Residual blocks. */
  blocks: number;
  /** Inside the blocks; ReLU by default. */
  activation?: Activation;
  /** After the last layer; none (`identity`) by default. */
  outputActivation?: Activation;
  /** The largest batch that {@link Network.forward} will get. */
  maxBatch: number;
  /** First part of its tensors' names; `network` by default. */
  name?: string;
  /** Normalises what goes into every block and into the last layer. */
  layerNormalisation?: boolean;
  /** Divides the weights of every linear layer by their largest singular value. */
  spectralNormalisation?: boolean;
}

/** A network of residual blocks on the kernels. */
export interface ResidualNetwork extends Network {
  /** With `spectralNormalisation`: the power iterations' state, which belongs into checkpoints. */
  readonly spectral?: SpectralState;
}

/**
 * The tensors of a residual network: `<name>.input.0.weight`, then for each block `<name>.blocks.0.norm.weight` (with
 * `layerNormalisation`), `<name>.blocks.0.mlp.0.weight` and `...1.weight`, then `<name>.norm.weight` and
 * `<name>.output.0.weight`, each with its `bias`.
 */
export function residualTensors(options: ResidualOptions): TensorShape[] {
  const { inputSize, outputSize, width, hidden = width, blocks, name = 'network', layerNormalisation } = options;
  const norm = (prefix: string) =>
    layerNormalisation ? ['weight', 'bias'].map((part) => ({ name: `${prefix}.norm.${part}`, shape: [width] })) : [];
  return [
    ...mlpTensors([inputSize, width], `${name}.input`),
    ...Array.from({ length: blocks }, (_, block) => [
      ...norm(`${name}.blocks.${block}`),
      ...mlpTensors([width, hidden, width], `${name}.blocks.${block}.mlp`),
    ]).flat(),
    ...norm(name),
    ...mlpTensors([width, outputSize], `${name}.output`),
  ];
}

/**
 * A network with a stream of `width` units that a linear layer starts, every block adds a perceptron of one hidden layer
 * to, `h + mlp(norm(h))`, and a last linear layer reads (He et al. 2016, arXiv 1603.05027, without the first activation;
 * the normalisation before each block as in Xiong et al. 2020, arXiv 2002.04745).
 *
 * Its parameters start as zeros, gains included; see {@link initialiseResidualNetwork}. Several networks may share one
 * vector's tensors.
 *
 * @throws InputError when a size is not a whole number from 1 up.
 */
export function createResidualNetwork(options: ResidualOptions, placement: MlpPlacement = {}): ResidualNetwork {
  const { inputSize, outputSize, width, blocks, hidden = width, maxBatch, name = 'network' } = options;
  for (const [key, value] of Object.entries({ inputSize, outputSize, width, hidden, blocks, maxBatch })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`The residual network's ${key} is ${value}: give a whole number from 1 up.`);
    }
  }
  const tensors = residualTensors(options);
  const vector = placement.parameters ?? allocateParameters(placement.memory ?? KernelMemory.create(), tensors);
  const section = vector.section(name);
  const parts = createParts(options, vector);
  const dense = [parts.input, ...parts.blocks.map(({ mlp }) => mlp), parts.output];
  const stream = new ResidualStream(vector.memory, parts, width, maxBatch);
  return {
    inputSize,
    outputSize,
    maxBatch,
    ...section,
    inputBuffer: parts.input.inputBuffer,
    forward: (inputs, batch) => stream.forward(inputs, batch),
    backward: (outputGradients, batch, backwardOptions) => stream.backward(outputGradients, batch, backwardOptions),
    zeroGradients() {
      section.gradients.fill(0);
    },
    ...(options.spectralNormalisation && {
      spectral: joinSpectral(dense.flatMap(({ spectral }) => (spectral ? [spectral] : []))),
    }),
  };
}

/** Fills the linear layers as {@link initialiseNetwork} does, the last one as its last; gains become 1, their biases 0. */
export function initialiseResidualNetwork(
  network: Pick<Network, 'layout' | 'parameters'>,
  generator: Generator,
  initialisation: NetworkInitialisation = {},
): void {
  const { layout, parameters } = network;
  const linear: { name: string; shape: readonly number[]; offset: number }[] = [];
  for (let i = 0; i < layout.length; i += 2) {
    if (layout[i].shape.length === 2) {
      linear.push(layout[i], layout[i + 1]);
      continue;
    }
    const [gain, bias] = [layout[i].offset, layout[i + 1].offset];
    parameters.fill(1, gain, bias).fill(0, bias, bias + layout[i + 1].shape[0]);
  }
  initialiseNetwork({ layout: linear, parameters }, generator, initialisation);
}

interface Block {
  norm?: LayerNorm;
  mlp: MlpNetwork;
}

interface Parts {
  input: MlpNetwork;
  blocks: Block[];
  norm?: LayerNorm;
  output: MlpNetwork;
}

function createParts(options: ResidualOptions, parameters: ParameterVector): Parts {
  const { inputSize, outputSize, width, hidden = width, blocks, maxBatch, name = 'network' } = options;
  const { activation = 'relu', outputActivation, layerNormalisation, spectralNormalisation } = options;
  const dense = (sizes: number[], part: string, last?: Activation) =>
    createMlpNetwork(
      { sizes, activation, outputActivation: last, maxBatch, name: `${name}.${part}`, spectralNormalisation },
      { parameters },
    );
  const norm = (part: string) =>
    layerNormalisation
      ? new LayerNorm(parameters.memory, { ...parameters.section(`${name}.${part}`), size: width, maxBatch })
      : undefined;
  return {
    input: dense([inputSize, width], 'input'),
    blocks: Array.from({ length: blocks }, (_, block) => ({
      norm: norm(`blocks.${block}.norm`),
      mlp: dense([width, hidden, width], `blocks.${block}.mlp`),
    })),
    norm: norm('norm'),
    output: dense([width, outputSize], 'output', outputActivation),
  };
}

/** The passes through the parts, whose buffers they use. */
class ResidualStream {
  readonly #memory: KernelMemory;
  readonly #parts: Parts;
  readonly #width: number;
  /** Derivative by the stream. */
  readonly #gradients: Float32Array;

  constructor(memory: KernelMemory, parts: Parts, width: number, maxBatch: number) {
    this.#memory = memory;
    this.#parts = parts;
    this.#width = width;
    this.#gradients = memory.float32(maxBatch * width);
  }

  forward(inputs: Float32Array, batch: number): Float32Array {
    const { input, blocks, norm, output } = this.#parts;
    // Every part keeps what its backward pass needs, so the stream may be changed in place.
    const stream = input.forward(inputs, batch);
    for (const block of blocks) {
      const added = block.mlp.forward(block.norm?.forward(stream, batch) ?? stream, batch);
      add(this.#memory, stream, added, batch * this.#width);
    }
    return output.forward(norm?.forward(stream, batch) ?? stream, batch);
  }

  backward(outputGradients: Float32Array, batch: number, options: BackwardOptions = {}): Float32Array | undefined {
    const { input, blocks, norm, output } = this.#parts;
    const { skipParameters } = options;
    const through = (mlp: MlpNetwork, own: LayerNorm | undefined, gradients: Float32Array) => {
      const below = mlp.backward(gradients, batch, { inputGradients: true, skipParameters }) as Float32Array;
      return own ? own.backward(below, batch, { skipParameters }) : below;
    };
    const length = batch * this.#width;
    const gradients = this.#gradients;
    gradients.set(through(output, norm, outputGradients).subarray(0, length));
    for (let i = blocks.length - 1; i >= 0; i--) {
      add(this.#memory, gradients, through(blocks[i].mlp, blocks[i].norm, gradients), length);
    }
    return input.backward(gradients, batch, options);
  }
}

/** The states of several networks as one. */
function joinSpectral(states: readonly SpectralState[]): SpectralState {
  return {
    get powerIterations() {
      return states[0].powerIterations;
    },
    set powerIterations(iterations) {
      for (const state of states) state.powerIterations = iterations;
    },
    tensors: () => states.flatMap((state) => state.tensors()),
    load(tensors: ReadonlyMap<string, Tensor>, source?: string) {
      for (const state of states) state.load(tensors, source);
    },
  };
}
