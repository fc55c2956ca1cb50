import type { MlpOptions } from '../mlp-network.ts';
import type { Activation, Network } from '../network.ts';
import { layoutTensors, mlpTensors, tensorsSize } from '../parameter-vector.ts';

/** Value and slope of each activation, written from its definition. */
const activations: Record<Activation, { value(x: number): number; slope(x: number): number }> = {
  identity: { value: (x) => x, slope: () => 1 },
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  relu: { value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  'leaky-relu': { value: (x) => (x > 0 ? x : 0.01 * x), slope: (x) => (x > 0 ? 1 : 0.01) },
  elu: { value: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)) },
  silu: {
    value: (x) => x / (1 + Math.exp(-x)),
    slope: (x) => (1 + Math.exp(-x) + x * Math.exp(-x)) / (1 + Math.exp(-x)) ** 2,
  },
};

/** What {@link referenceForward} keeps of one layer, float64. */
interface LayerTrace {
  inputs: Float64Array;
  /** Before the activation. */
  sums: Float64Array;
  activation: Activation;
  fanIn: number;
  fanOut: number;
  /** Where the layer's weights begin in the flat parameters. */
  offset: number;
}

type Shape = Pick<MlpOptions, 'sizes' | 'activation' | 'outputActivation'>;

/** A perceptron's outputs `[batch, out]` in float64, and what its backward pass needs. */
export function referenceForward(
  { sizes, activation = 'tanh', outputActivation = 'identity' }: Shape,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  batch: number,
): { outputs: Float64Array; trace: LayerTrace[] } {
  const trace: LayerTrace[] = [];
  let values = Float64Array.from({ length: batch * sizes[0] }, (_, i) => inputs[i]);
  let offset = 0;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [fanIn, fanOut] = [sizes[layer], sizes[layer + 1]];
    const sums = new Float64Array(batch * fanOut);
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < fanOut; j++) {
        let sum = parameters[offset + fanIn * fanOut + j];
        for (let i = 0; i < fanIn; i++) sum += values[row * fanIn + i] * parameters[offset + i * fanOut + j];
        sums[row * fanOut + j] = sum;
      }
    }
    const ownActivation = layer + 2 < sizes.length ? activation : outputActivation;
    trace.push({ inputs: values, sums, activation: ownActivation, fanIn, fanOut, offset });
    values = sums.map(activations[ownActivation].value);
    offset += (fanIn + 1) * fanOut;
  }
  return { outputs: values, trace };
}

/** Derivatives of a loss by the parameters, added to `gradients` unless it is left out, and by the inputs. */
export function referenceBackward(
  trace: readonly LayerTrace[],
  parameters: ArrayLike<number>,
  outputGradients: ArrayLike<number>,
  batch: number,
  gradients?: Float64Array | Float32Array,
): Float64Array {
  let upstream = Float64Array.from({ length: batch * trace[trace.length - 1].fanOut }, (_, i) => outputGradients[i]);
  for (const { inputs, sums, activation, fanIn, fanOut, offset } of trace.toReversed()) {
    const bySum = upstream.map((value, i) => value * activations[activation].slope(sums[i]));
    upstream = new Float64Array(batch * fanIn);
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < fanOut; j++) {
        const value = bySum[row * fanOut + j];
        if (gradients) gradients[offset + fanIn * fanOut + j] += value;
        for (let i = 0; i < fanIn; i++) {
          if (gradients) gradients[offset + i * fanOut + j] += value * inputs[row * fanIn + i];
          upstream[row * fanIn + i] += value * parameters[offset + i * fanOut + j];
        }
      }
    }
  }
  return upstream;
}

/** The {@link Network} contract in plain loops, float64 inside: for tests, to compare the engines with. */
export function createReferenceNetwork({ maxBatch, name, ...shape }: MlpOptions): Network {
  const { sizes } = shape;
  const tensors = mlpTensors(sizes, name);
  const parameters = new Float32Array(tensorsSize(tensors));
  const gradients = new Float32Array(parameters.length);
  let trace: LayerTrace[] = [];
  return {
    inputSize: sizes[0],
    outputSize: sizes[sizes.length - 1],
    maxBatch,
    parameters,
    gradients,
    layout: layoutTensors(tensors),
    inputBuffer: new Float32Array(maxBatch * sizes[0]),
    forward(inputs, batch) {
      const result = referenceForward(shape, parameters, inputs, batch);
      trace = result.trace;
      return Float32Array.from(result.outputs);
    },
    backward(outputGradients, batch, { inputGradients = false, skipParameters = false } = {}) {
      const target = skipParameters ? undefined : gradients;
      const byInput = referenceBackward(trace, parameters, outputGradients, batch, target);
      return inputGradients ? Float32Array.from(byInput) : undefined;
    },
    zeroGradients() {
      gradients.fill(0);
    },
  };
}
