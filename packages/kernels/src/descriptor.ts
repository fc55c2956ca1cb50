import type { KernelMemory } from './kernel-memory.ts';

/** The element-wise functions between layers. Leaky ReLU's slope is 0.01, ELU's alpha 1. */
export type Activation = 'identity' | 'tanh' | 'relu' | 'leaky-relu' | 'elu' | 'silu';

/** The numbers that assembly/activation.ts knows the activations by. */
export const activationCodes: Readonly<Record<Activation, number>> = {
  identity: 0,
  tanh: 1,
  relu: 2,
  'leaky-relu': 3,
  elu: 4,
  silu: 5,
};

/** How many parameters a multilayer perceptron of these sizes has, weights and biases. */
export function mlpParameterCount(sizes: readonly number[]): number {
  let count = 0;
  for (let layer = 0; layer + 1 < sizes.length; layer++) count += (sizes[layer] + 1) * sizes[layer + 1];
  return count;
}

/** Rows are worked on in blocks of so many, so that a block's activations stay near the processor. */
const BLOCK_ROWS = 64;
/** Rows of room after each panel: keeps the panels of one row in different cache sets. */
const PANEL_PADDING_ROWS = 4;
const WORDS_PER_RECORD = 16;
/** Where the words of {@link addTangentBuffers} begin in the header and in a layer's record. */
const INPUT_TANGENTS_WORD = 7;
const LAYER_TANGENTS_WORD = 10;

export interface DescriptorOptions {
  sizes: readonly number[];
  activation: Activation;
  outputActivation: Activation;
  maxBatch: number;
  parameters: Float32Array;
  gradients: Float32Array;
}

/** Allocates a network's buffers and writes the description that assembly/descriptor.ts reads; returns its words. */
export function writeDescriptor(memory: KernelMemory, options: DescriptorOptions): Uint32Array {
  const { sizes, activation, outputActivation, maxBatch, parameters, gradients } = options;
  const layers = sizes.length - 1;
  const words = memory.uint32(WORDS_PER_RECORD * (1 + layers));
  const { blockRows, blocks, panelLength, blockLength } = measureBlocks(maxBatch);
  const widest = Math.max(...sizes);
  const allocate = (length: number) => memory.float32(length).byteOffset;

  words.set([
    layers,
    blockRows,
    allocate(blocks * blockLength(sizes[0])),
    blockLength(sizes[0]) * 4,
    allocate(blockLength(widest)),
    allocate(blockLength(widest)),
    panelLength * 4,
  ]);
  let offset = 0;
  for (let layer = 0; layer < layers; layer++) {
    const [inputs, outputs] = [sizes[layer], sizes[layer + 1]];
    const kind = layer === layers - 1 ? outputActivation : activation;
    words.set(
      [
        inputs,
        outputs,
        activationCodes[kind],
        parameters.byteOffset + offset * 4,
        gradients.byteOffset + offset * 4,
        allocate(Math.ceil(outputs / 8) * 8 * (1 + inputs)),
        allocate(Math.ceil(inputs / 8) * 8 * (1 + outputs)),
        allocate(blocks * blockLength(outputs)),
        kind === 'silu' ? allocate(blocks * blockLength(outputs)) : 0,
        blockLength(outputs) * 4,
      ],
      WORDS_PER_RECORD * (1 + layer),
    );
    offset += (inputs + 1) * outputs;
  }
  return words;
}

/** Allocates what tangent passes need besides and enters it into the description. */
export function addTangentBuffers(memory: KernelMemory, words: Uint32Array, options: DescriptorOptions): void {
  const { sizes, activation, outputActivation, maxBatch } = options;
  const { blocks, blockLength } = measureBlocks(maxBatch);
  const widest = Math.max(...sizes);
  const allocate = (length: number) => memory.float32(length).byteOffset;
  words.set(
    [allocate(blocks * blockLength(sizes[0])), allocate(blockLength(widest)), allocate(blockLength(widest))],
    INPUT_TANGENTS_WORD,
  );
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer], sizes[layer + 1]];
    const kind = layer + 2 === sizes.length ? outputActivation : activation;
    words.set(
      [
        allocate(blocks * blockLength(outputs)),
        kind === 'silu' ? allocate(blocks * blockLength(outputs)) : 0,
        allocate(Math.ceil(outputs / 8) * 8 * (1 + inputs)),
      ],
      WORDS_PER_RECORD * (1 + layer) + LAYER_TANGENTS_WORD,
    );
  }
}

/** How a batch is cut into blocks of rows; lengths in numbers. */
function measureBlocks(maxBatch: number) {
  const blockRows = Math.min(BLOCK_ROWS, Math.ceil(maxBatch / 4) * 4);
  const panelLength = (blockRows + PANEL_PADDING_ROWS) * 8;
  return {
    blockRows,
    blocks: Math.ceil(maxBatch / blockRows),
    panelLength,
    blockLength: (columns: number) => Math.ceil(columns / 8) * panelLength,
  };
}
