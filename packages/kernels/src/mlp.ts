import { InputError } from '@understudy/errors';
import {
  type Activation,
  activationCodes,
  addTangentBuffers,
  type DescriptorOptions,
  mlpParameterCount,
  writeDescriptor,
} from './descriptor.ts';
import type { KernelMemory } from './kernel-memory.ts';

export interface MlpOptions {
  /** Units of every layer, inputs first and outputs last: `[17, 64, 64, 6]`. */
  sizes: readonly number[];
  /** After every hidden layer. */
  activation: Activation;
  /** After the last layer; `identity` unless told. */
  outputActivation?: Activation;
  /** The largest batch that the buffers hold. */
  maxBatch: number;
  /**
   * A view of the memory for the parameters, {@link mlpParameterCount} long: per layer the weights `[inputs, outputs]`
   * row-major, then the biases. Several networks may lie in one vector. A new one, zeroed, unless given.
   */
  parameters?: Float32Array;
  /** A view of the memory for the gradients, laid out as `parameters`. A new one, zeroed, unless given. */
  gradients?: Float32Array;
}

export interface MlpBackwardOptions {
  /** Also compute the derivative by the inputs. */
  inputGradients?: boolean;
  /** Leave the parameters' gradients alone. */
  skipParameters?: boolean;
}

/** A direction to differentiate along; what is left out stands still. */
export interface MlpTangent {
  /** Laid out as {@link Mlp.parameters}. */
  parameters?: Float32Array;
  /** `[batch, inputSize]` */
  inputs?: Float32Array;
}

/** A multilayer perceptron that the kernels evaluate and differentiate, each in one call. */
export class Mlp {
  readonly sizes: readonly number[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly maxBatch: number;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  /** `[maxBatch, inputSize]`, free for callers: inputs written here are read without a copy. */
  readonly inputBuffer: Float32Array;
  /** `[maxBatch, outputSize]`, free for callers: output gradients written here are read without a copy. */
  readonly outputGradientBuffer: Float32Array;
  readonly #memory: KernelMemory;
  readonly #descriptor: number;
  readonly #words: Uint32Array;
  readonly #form: DescriptorOptions;
  readonly #outputs: BatchViews;
  readonly #inputGradients: BatchViews;
  /** Rows of the last forward, whose activations are kept. */
  #batch = 0;
  /** Made by the first tangent pass. */
  #tangents?: TangentBuffers;
  /** Rows of the last tangent pass since the last forward; 0 when there is none or its parameters moved. */
  #tangentBatch = 0;

  /** Use {@link createMlp}. */
  constructor(memory: KernelMemory, options: MlpOptions) {
    const { sizes, maxBatch } = options;
    const count = mlpParameterCount(sizes);
    this.#memory = memory;
    this.sizes = [...sizes];
    this.inputSize = sizes[0];
    this.outputSize = sizes[sizes.length - 1];
    this.maxBatch = maxBatch;
    this.parameters = options.parameters ?? memory.float32(count);
    this.gradients = options.gradients ?? memory.float32(count);
    this.inputBuffer = memory.float32(maxBatch * this.inputSize);
    this.outputGradientBuffer = memory.float32(maxBatch * this.outputSize);
    this.#outputs = new BatchViews(memory.float32(maxBatch * this.outputSize), this.outputSize);
    this.#inputGradients = new BatchViews(memory.float32(maxBatch * this.inputSize), this.inputSize);
    this.#form = {
      sizes: this.sizes,
      activation: options.activation,
      outputActivation: options.outputActivation ?? 'identity',
      maxBatch,
      parameters: this.parameters,
      gradients: this.gradients,
    };
    this.#words = writeDescriptor(memory, this.#form);
    this.#descriptor = this.#words.byteOffset;
  }

  /**
   * @param inputs - `[batch, inputSize]`; read in place when it is a view of the memory, else copied.
   * @returns `[batch, outputSize]`, a view that the next call overwrites.
   */
  forward(inputs: Float32Array, batch: number): Float32Array {
    const source = this.#inMemory(inputs, batch, this.inputSize, this.inputBuffer, 'inputs');
    const outputs = this.#outputs.of(batch);
    this.#memory.kernels.forward(this.#descriptor, source, outputs.byteOffset, batch);
    this.#batch = batch;
    this.#tangentBatch = 0;
    return outputs;
  }

  /**
   * Backpropagates through the last {@link forward}, adding to {@link gradients}. The parameters must still be those
   * of that pass; it may be repeated with other output gradients.
   *
   * @param outputGradients - Derivative of the loss by the outputs, `[batch, outputSize]`.
   * @returns Derivative by the inputs, `[batch, inputSize]`, when asked for; the next call overwrites it.
   */
  backward(outputGradients: Float32Array, batch: number, options?: MlpBackwardOptions): Float32Array | undefined {
    const source = this.#inMemory(
      outputGradients,
      batch,
      this.outputSize,
      this.outputGradientBuffer,
      'output gradients',
    );
    this.#checkForward(batch, 'backward');
    const inputGradients = options?.inputGradients ? this.#inputGradients.of(batch) : undefined;
    this.#memory.kernels.backward(
      this.#descriptor,
      source,
      inputGradients?.byteOffset ?? 0,
      batch,
      options?.skipParameters ? 1 : 0,
    );
    return inputGradients;
  }

  /**
   * The directional derivative of the last {@link forward}'s outputs: J v for the Jacobian J by parameters and inputs.
   * The parameters must still be those of that pass; it may be repeated with other directions.
   *
   * @returns `[batch, outputSize]`, a view that the next call overwrites.
   * @throws InputError when neither kind of tangent is given, or one has another length.
   */
  tangent({ parameters, inputs }: MlpTangent, batch: number): Float32Array {
    this.#checkForward(batch, 'tangent');
    if (!parameters && !inputs) {
      throw new InputError('A tangent pass got no direction: give it `parameters`, `inputs` or both.');
    }
    this.#tangents ??= this.#makeTangentBuffers();
    const { ofInputs, outputs } = this.#tangents;
    const byInputs = inputs ? this.#inMemory(inputs, batch, this.inputSize, ofInputs, 'input tangents') : 0;
    const byParameters = parameters ? this.#parameterTangents(parameters, this.#tangents) : 0;
    const result = outputs.of(batch);
    this.#memory.kernels.tangent(this.#descriptor, byParameters, byInputs, result.byteOffset, batch);
    this.#tangentBatch = parameters ? 0 : batch;
    return result;
  }

  /**
   * Reverse mode over the last {@link tangent}, which must have had input tangents v only: adds to {@link gradients} the
   * derivatives by the parameters of the sum over rows of u . J v, for the Jacobian J by the inputs.
   *
   * @param tangentAdjoint - The u, `[batch, outputSize]`.
   */
  tangentBackward(tangentAdjoint: Float32Array, batch: number): void {
    const buffer = this.outputGradientBuffer;
    const source = this.#inMemory(tangentAdjoint, batch, this.outputSize, buffer, 'tangent adjoints');
    if (batch !== this.#tangentBatch) {
      throw new Error(
        `A backward pass over the tangents of ${batch} rows needs a tangent pass over the same rows, along inputs only, after the last forward.`,
      );
    }
    this.#memory.kernels.tangentBackward(this.#descriptor, source, batch);
  }

  #makeTangentBuffers(): TangentBuffers {
    const memory = this.#memory;
    addTangentBuffers(memory, this.#words, this.#form);
    return {
      ofInputs: memory.float32(this.maxBatch * this.inputSize),
      outputs: new BatchViews(memory.float32(this.maxBatch * this.outputSize), this.outputSize),
    };
  }

  #parameterTangents(values: Float32Array, buffers: TangentBuffers): number {
    const count = this.parameters.length;
    if (values.length !== count) {
      throw new InputError(
        `The parameter tangents hold ${values.length} numbers: the network has ${count} parameters.`,
      );
    }
    if (this.#memory.owns(values)) return values.byteOffset;
    buffers.ofParameters ??= this.#memory.float32(count);
    buffers.ofParameters.set(values);
    return buffers.ofParameters.byteOffset;
  }

  #checkForward(batch: number, pass: string): void {
    if (batch !== this.#batch) {
      throw new Error(
        `A ${pass} pass over ${batch} rows needs a forward pass over the same: the last had ${this.#batch}.`,
      );
    }
  }

  #inMemory(values: Float32Array, batch: number, width: number, buffer: Float32Array, name: string): number {
    if (!(Number.isInteger(batch) && batch >= 1 && batch <= this.maxBatch)) {
      throw new InputError(`The batch is ${batch}: this network takes whole numbers from 1 to ${this.maxBatch}.`);
    }
    const length = batch * width;
    if (values.length < length) {
      throw new InputError(
        `The ${name} hold ${values.length} numbers: a batch of ${batch} rows of ${width} needs ${length}.`,
      );
    }
    if (this.#memory.owns(values)) return values.byteOffset;
    if (values.length === length) buffer.set(values);
    else for (let i = 0; i < length; i++) buffer[i] = values[i];
    return buffer.byteOffset;
  }
}

/** Where directions from outside the memory are copied to, and where derivatives along them go. */
interface TangentBuffers {
  ofInputs: Float32Array;
  ofParameters?: Float32Array;
  outputs: BatchViews;
}

/**
 * Creates a multilayer perceptron in `memory`.
 *
 * @throws InputError when a size, the batch or a view is wrong.
 */
export function createMlp(memory: KernelMemory, options: MlpOptions): Mlp {
  const { sizes, activation, outputActivation = 'identity', maxBatch } = options;
  if (sizes.length < 2 || !sizes.every(isCount)) {
    throw new InputError(`The network's sizes are [${sizes}]: give two or more whole numbers from 1 up.`);
  }
  if (!isCount(maxBatch)) {
    throw new InputError(`The network's maxBatch is ${maxBatch}: give a whole number from 1 up.`);
  }
  for (const name of [activation, outputActivation]) {
    if (!Object.hasOwn(activationCodes, name)) {
      throw new InputError(`There is no activation "${name}": use one of ${Object.keys(activationCodes).join(', ')}.`);
    }
  }
  const count = mlpParameterCount(sizes);
  for (const [name, view] of [
    ['parameters', options.parameters],
    ['gradients', options.gradients],
  ] as const) {
    if (view && !(view.length === count && memory.owns(view))) {
      throw new InputError(
        `The network's ${name} hold ${view.length} numbers: give a view of its memory with exactly ${count}.`,
      );
    }
  }
  return new Mlp(memory, options);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** The first rows of a buffer as views, each made once. */
class BatchViews {
  readonly #buffer: Float32Array;
  readonly #width: number;
  readonly #views = new Map<number, Float32Array>();

  constructor(buffer: Float32Array, width: number) {
    this.#buffer = buffer;
    this.#width = width;
  }

  of(batch: number): Float32Array {
    let view = this.#views.get(batch);
    if (!view) {
      view = this.#buffer.subarray(0, batch * this.#width);
      this.#views.set(batch, view);
    }
    return view;
  }
}
