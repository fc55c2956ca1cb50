import { InputError } from '@understudy/errors';
import { add, fill, type KernelMemory, type Mlp, scale, spectralNorm, spectralNormBackward } from '@understudy/kernels';
import { defaultRng } from '@understudy/random';
import type { BackwardOptions, NetworkTangent } from './network.ts';
import type { ParameterSection } from './parameter-vector.ts';
import { type Tensor, tensorOf } from './safetensors/tensor.ts';

/** What a spectrally normalised network has besides its parameters. */
export interface SpectralState {
  /** Power iterations before each forward pass: 1, as in the paper. 0 keeps the estimates as they are. */
  powerIterations: number;
  /** The estimates of the singular vectors, as views: `<layer>.weight_u` `[out]` and `<layer>.weight_v` `[in]`. */
  tensors(): [name: string, tensor: Tensor][];
  /** @throws InputError when one is missing or of another type or shape. */
  load(tensors: ReadonlyMap<string, Tensor>, source?: string): void;
}

/** Power iterations before the first forward pass, when the estimates are still random. */
const FIRST_ITERATIONS = 15;

interface Layer {
  name: string;
  weights: Float32Array;
  /** The weights over {@link norm}, which the network multiplies with. */
  normalised: Float32Array;
  gradients: Float32Array;
  normalisedGradients: Float32Array;
  biasGradients: Float32Array;
  /** Of the biases beside the normalised weights. */
  ownBiasGradients: Float32Array;
  left: Float32Array;
  right: Float32Array;
  norm: number;
}

/**
 * A multilayer perceptron whose weights are divided by their spectral norms before every forward pass (Miyato et al.
 * 2018, arXiv 1802.05957, algorithm 1), so that each of its linear maps has Lipschitz constant 1. The norms come from
 * power iteration; gradients go through the division, the singular vectors held fixed.
 */
export class SpectralMlp implements SpectralState {
  powerIterations = 1;
  readonly #memory: KernelMemory;
  readonly #parameters: Float32Array;
  /** On the normalised weights. */
  readonly #mlp: Mlp;
  readonly #layers: readonly Layer[];
  #isFirst = true;

  /**
   * @param section - The weights before the division, and their gradients.
   * @param mlp - A network with parameters of its own, of the same layout.
   */
  constructor(memory: KernelMemory, section: ParameterSection, mlp: Mlp) {
    this.#memory = memory;
    this.#parameters = section.parameters;
    this.#mlp = mlp;
    const generator = defaultRng(0);
    const draw = (length: number) => {
      const vector = memory.float32(length);
      generator.fillNormal(vector, 0, 1 / Math.sqrt(length));
      return vector;
    };
    const { layout, parameters, gradients } = section;
    this.#layers = layout.flatMap(({ name, shape, offset }, i) => {
      if (shape.length !== 2) return [];
      const [left, right] = [draw(shape[0]), draw(shape[1])];
      const [biases, end] = [layout[i + 1].offset, layout[i + 2]?.offset ?? parameters.length];
      return {
        name,
        weights: parameters.subarray(offset, biases),
        normalised: mlp.parameters.subarray(offset, biases),
        gradients: gradients.subarray(offset, biases),
        normalisedGradients: mlp.gradients.subarray(offset, biases),
        biasGradients: gradients.subarray(biases, end),
        ownBiasGradients: mlp.gradients.subarray(biases, end),
        left,
        right,
        norm: 1,
      };
    });
  }

  forward(inputs: Float32Array, batch: number): Float32Array {
    const iterations = this.#isFirst ? Math.min(1, this.powerIterations) * FIRST_ITERATIONS : this.powerIterations;
    if (iterations > 0) this.#isFirst = false;
    this.#mlp.parameters.set(this.#parameters);
    for (const layer of this.#layers) {
      const { weights, normalised, left, right } = layer;
      layer.norm = spectralNorm(this.#memory, { weights, left, right, iterations });
      scale(this.#memory, normalised, 1 / layer.norm);
    }
    return this.#mlp.forward(inputs, batch);
  }

  backward(outputGradients: Float32Array, batch: number, options?: BackwardOptions): Float32Array | undefined {
    if (options?.skipParameters) return this.#mlp.backward(outputGradients, batch, options);
    fill(this.#memory, this.#mlp.gradients, 0);
    const inputGradients = this.#mlp.backward(outputGradients, batch, options);
    this.#addGradients();
    return inputGradients;
  }

  tangent(direction: NetworkTangent, batch: number): Float32Array {
    if (direction.parameters) {
      throw new InputError('A spectrally normalised network has tangents along inputs only: leave out `parameters`.');
    }
    return this.#mlp.tangent(direction, batch);
  }

  tangentBackward(tangentAdjoint: Float32Array, batch: number): void {
    fill(this.#memory, this.#mlp.gradients, 0);
    this.#mlp.tangentBackward(tangentAdjoint, batch);
    this.#addGradients();
  }

  tensors(): [name: string, tensor: Tensor][] {
    return this.#vectors().map(([name, vector]) => [name, tensorOf(vector, [vector.length])]);
  }

  load(tensors: ReadonlyMap<string, Tensor>, source = 'the checkpoint'): void {
    const loaded = this.#vectors().map(([name, vector]) => {
      const tensor = tensors.get(name);
      if (tensor?.dtype !== 'F32' || tensor.data.length !== vector.length) {
        throw new InputError(
          `${source} has no tensor ${name} (F32 [${vector.length}]); use a file of the same network.`,
        );
      }
      return tensor.data;
    });
    this.#vectors().forEach(([, vector], i) => {
      vector.set(loaded[i]);
    });
    this.#isFirst = false;
  }

  #vectors(): [name: string, vector: Float32Array][] {
    return this.#layers.flatMap(({ name, left, right }): [string, Float32Array][] => [
      [`${name}_u`, right],
      [`${name}_v`, left],
    ]);
  }

  /** From gradients by the normalised weights to those by the weights. */
  #addGradients(): void {
    for (const layer of this.#layers) {
      spectralNormBackward(this.#memory, layer);
      add(this.#memory, layer.biasGradients, layer.ownBiasGradients);
    }
  }
}
