import { InputError } from '@understudy/errors';
import { DeviceParameters, type TensorBackend, tf } from '@understudy/tensor';
import type { MlpOptions } from './mlp-network.ts';
import type { BackwardOptions, Network, NetworkTangent, TwiceDifferentiableNetwork } from './network.ts';
import { layoutTensors, mlpTensors, tensorsSize } from './parameter-vector.ts';
import { applyMlp } from './tensor-mlp.ts';

type Awaitable<T> = T | Promise<T>;

/** A {@link Network} whose passes may have to be awaited. */
export interface AwaitableNetwork
  extends Omit<Network, 'forward' | 'backward' | 'tangent' | 'tangentBackward' | 'zeroGradients'> {
  forward(inputs: Float32Array, batch: number): Awaitable<Float32Array>;
  backward(
    outputGradients: Float32Array,
    batch: number,
    options?: BackwardOptions,
  ): Awaitable<Float32Array | undefined>;
  zeroGradients(): void;
  tangent?(direction: NetworkTangent, batch: number): Awaitable<Float32Array>;
  tangentBackward?(tangentAdjoint: Float32Array, batch: number): Awaitable<void>;
}

/** A network on a tensor backend. */
export interface TensorNetwork extends TwiceDifferentiableNetwork {
  /** The same network with promises, for WebGPU, whose results can't be waited for. */
  readonly awaited: Required<AwaitableNetwork>;
  /** Gives the tensors back; the arrays stay. */
  dispose(): void;
}

/**
 * A multilayer perceptron on tfjs, with the layout, names and values of `createMlpNetwork`: what the one saves the other
 * loads.
 *
 * It serves the {@link Network} contract: parameters go to the device and results come back at every call. Losses that
 * are to stay on the device use `applyMlp` in a `DeviceUpdate` instead.
 *
 * @param backend - What `loadTensorBackend` gave.
 * @throws InputError for spectral normalisation, which only the kernels have.
 */
export function createTensorNetwork(options: MlpOptions, backend: TensorBackend): TensorNetwork {
  if (options.spectralNormalisation) {
    throw new InputError('Networks on tfjs have no spectral normalisation; use createMlpNetwork for it.');
  }
  const core = new TensorNetworkCore(options);
  const blocking = <T>(compute: () => tf.Tensor[], take: (values: Float32Array[]) => T): T => {
    if (!backend.synchronous) {
      throw new InputError(
        `The ${backend.name} backend can't be read without waiting; use the network's \`awaited\` passes.`,
      );
    }
    const tensors = compute();
    const values = tensors.map((tensor) => tensor.dataSync() as Float32Array);
    tf.dispose(tensors);
    return take(values);
  };
  const waiting = async <T>(compute: () => tf.Tensor[], take: (values: Float32Array[]) => T): Promise<T> => {
    const tensors = compute();
    const values = (await Promise.all(tensors.map((tensor) => tensor.data()))) as Float32Array[];
    tf.dispose(tensors);
    return take(values);
  };
  const shared = {
    inputSize: core.inputSize,
    outputSize: core.outputSize,
    maxBatch: options.maxBatch,
    parameters: core.parameters,
    gradients: core.gradients,
    layout: core.layout,
    inputBuffer: new Float32Array(options.maxBatch * core.inputSize),
    zeroGradients: () => void core.gradients.fill(0),
  };
  return {
    ...shared,
    forward: (inputs, batch) => blocking(...core.forward(inputs, batch)),
    backward: (upstream, batch, how) => blocking(...core.backward(upstream, batch, how)),
    tangent: (direction, batch) => blocking(...core.tangent(direction, batch)),
    tangentBackward: (adjoint, batch) => blocking(...core.tangentBackward(adjoint, batch)),
    awaited: {
      ...shared,
      forward: async (inputs, batch) => waiting(...core.forward(inputs, batch)),
      backward: async (upstream, batch, how) => waiting(...core.backward(upstream, batch, how)),
      tangent: async (direction, batch) => waiting(...core.tangent(direction, batch)),
      tangentBackward: async (adjoint, batch) => waiting(...core.tangentBackward(adjoint, batch)),
    },
    dispose: () => core.dispose(),
  };
}

/** What to compute on the device, and what to do with the numbers once they are here. */
type Pass<T> = [compute: () => tf.Tensor[], take: (values: Float32Array[]) => T];

/** The passes of a {@link TensorNetwork}, but for how results are waited for. */
class TensorNetworkCore {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly layout: Network['layout'];
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly #options: MlpOptions;
  readonly #device: DeviceParameters;
  readonly #outputs: Float32Array;
  readonly #inputGradients: Float32Array;
  readonly #tangents: Float32Array;
  /** Of the last forward pass, which the others repeat. */
  #inputs = new Float32Array(0);
  #batch = 0;
  #direction = new Float32Array(0);

  constructor(options: MlpOptions) {
    const { sizes, maxBatch, name } = options;
    const tensors = mlpTensors(sizes, name);
    this.#options = options;
    this.inputSize = sizes[0];
    this.outputSize = sizes[sizes.length - 1];
    this.layout = layoutTensors(tensors);
    this.parameters = new Float32Array(tensorsSize(tensors));
    this.gradients = new Float32Array(this.parameters.length);
    this.#device = new DeviceParameters(this.layout);
    this.#outputs = new Float32Array(maxBatch * this.outputSize);
    this.#tangents = new Float32Array(maxBatch * this.outputSize);
    this.#inputGradients = new Float32Array(maxBatch * this.inputSize);
  }

  forward(inputs: Float32Array, batch: number): Pass<Float32Array> {
    const { maxBatch } = this.#options;
    if (!(Number.isInteger(batch) && batch >= 1 && batch <= maxBatch)) {
      throw new InputError(`The batch is ${batch}: this network takes whole numbers from 1 to ${maxBatch}.`);
    }
    this.#inputs = rowsOf(inputs, batch, this.inputSize, 'inputs').slice();
    this.#batch = batch;
    this.#device.write(this.parameters);
    const compute = () => [tf.tidy(() => this.#apply(this.#device.flat, this.#inputTensor()))];
    return [compute, ([values]) => written(this.#outputs, values)];
  }

  backward(upstream: Float32Array, batch: number, options: BackwardOptions = {}): Pass<Float32Array | undefined> {
    const { inputGradients = false, skipParameters = false } = options;
    const dy = this.#upstream(upstream, batch, 'output gradients');
    const compute = () => tf.tidy(() => this.#gradients(this.#device.flat, this.#inputTensor(), dy()));
    return [
      compute,
      ([byParameters, byInputs]) => {
        if (!skipParameters) addTo(this.gradients, byParameters);
        return inputGradients ? written(this.#inputGradients, byInputs) : undefined;
      },
    ];
  }

  /** J v is the derivative by u of v . (u J), which is linear in u. */
  tangent(direction: NetworkTangent, batch: number): Pass<Float32Array> {
    const zeros = this.#upstream(new Float32Array(batch * this.outputSize), batch, 'outputs');
    this.#direction = new Float32Array(batch * this.inputSize);
    if (direction.inputs) this.#direction.set(rowsOf(direction.inputs, batch, this.inputSize, 'tangent inputs'));
    const compute = () =>
      tf.tidy(() => {
        const along = [
          tf.tensor1d(direction.parameters?.slice() ?? new Float32Array(this.parameters.length)),
          this.#rows(this.#direction, this.inputSize),
        ];
        const product = (u: tf.Tensor) => {
          const gradients = this.#gradients(this.#device.flat, this.#inputTensor(), u as tf.Tensor2D);
          return tf.addN(gradients.map((gradient, i) => tf.sum(tf.mul(gradient, along[i])))) as tf.Scalar;
        };
        return [tf.grad(product)(zeros())];
      });
    return [compute, ([values]) => written(this.#tangents, values)];
  }

  tangentBackward(adjoint: Float32Array, batch: number): Pass<void> {
    const u = this.#upstream(adjoint, batch, 'tangent adjoint');
    const compute = () =>
      tf.tidy(() => {
        const along = this.#rows(this.#direction, this.inputSize);
        const upstream = u();
        const product = (flat: tf.Tensor) => {
          const [, byInputs] = this.#gradients(flat as tf.Tensor1D, this.#inputTensor(), upstream);
          return tf.sum(tf.mul(byInputs, along)) as tf.Scalar;
        };
        return [tf.grad(product)(this.#device.flat)];
      });
    return [compute, ([values]) => addTo(this.gradients, values)];
  }

  dispose(): void {
    this.#device.dispose();
  }

  #apply(flat: tf.Tensor1D, inputs: tf.Tensor2D): tf.Tensor2D {
    return applyMlp(this.#device.named(flat), inputs, this.#options);
  }

  /** Derivatives of sum(upstream * outputs) by parameters and inputs. */
  #gradients(flat: tf.Tensor1D, inputs: tf.Tensor2D, upstream: tf.Tensor2D): tf.Tensor[] {
    const loss = (parameters: tf.Tensor, x: tf.Tensor) =>
      tf.sum(tf.mul(this.#apply(parameters as tf.Tensor1D, x as tf.Tensor2D), upstream)) as tf.Scalar;
    return tf.grads(loss)([flat, inputs]);
  }

  /** Checks a pass over the last forward's rows, and gives what makes its tensor. */
  #upstream(values: Float32Array, batch: number, name: string): () => tf.Tensor2D {
    if (batch !== this.#batch) {
      throw new Error(
        `A backward pass over ${batch} rows needs a forward pass over the same: the last had ${this.#batch}.`,
      );
    }
    const rows = rowsOf(values, batch, this.outputSize, name).slice();
    return () => this.#rows(rows, this.outputSize);
  }

  #inputTensor(): tf.Tensor2D {
    return this.#rows(this.#inputs, this.inputSize);
  }

  #rows(values: Float32Array, width: number): tf.Tensor2D {
    return tf.tensor2d(values, [this.#batch, width]);
  }
}

function rowsOf(values: Float32Array, batch: number, width: number, name: string): Float32Array {
  const length = batch * width;
  if (values.length >= length) return values.subarray(0, length);
  throw new InputError(
    `The ${name} hold ${values.length} numbers: a batch of ${batch} rows of ${width} needs ${length}.`,
  );
}

function written(buffer: Float32Array, values: Float32Array): Float32Array {
  buffer.set(values);
  return buffer.subarray(0, values.length);
}

function addTo(target: Float32Array, values: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] += values[i];
}
