import type { Activation } from '../descriptor.ts';

/** An activation and its derivative in double precision. */
const functions: Record<Activation, { value(z: number): number; slope(z: number): number }> = {
  identity: { value: (z) => z, slope: () => 1 },
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  'leaky-relu': { value: (z) => (z > 0 ? z : 0.01 * z), slope: (z) => (z > 0 ? 1 : 0.01) },
  elu: { value: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z) => (z > 0 ? 1 : Math.exp(z)) },
  silu: {
    value: (z) => z / (1 + Math.exp(-z)),
    slope: (z) => (1 + z / (1 + Math.exp(z))) / (1 + Math.exp(-z)),
  },
};

export const activations = Object.keys(functions) as Activation[];

export function referenceActivation(kind: Activation, z: number): number {
  return functions[kind].value(z);
}

export interface ReferenceMlp {
  sizes: readonly number[];
  activation: Activation;
  outputActivation: Activation;
  parameters: ArrayLike<number>;
}

interface ReferencePass {
  outputs: Float64Array;
  /** Derivatives of `sum(outputs * outputGradients)`. */
  gradients: Float64Array;
  inputGradients: Float64Array;
}

/** Plain float64 forward and backward passes, to compare the kernels with. */
export function referencePass(
  network: ReferenceMlp,
  inputs: ArrayLike<number>,
  outputGradients: ArrayLike<number>,
  batch: number,
): ReferencePass {
  const { sizes, parameters } = network;
  const layers = sizes.length - 1;
  const kind = (layer: number) => functions[layer === layers - 1 ? network.outputActivation : network.activation];
  const values = [Float64Array.from(inputs).subarray(0, batch * sizes[0])];
  const sums: Float64Array[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (let layer = 0; layer < layers; layer++) {
    const [n, m] = [sizes[layer], sizes[layer + 1]];
    const z = new Float64Array(batch * m);
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < m; j++) {
        let sum = parameters[offset + n * m + j];
        for (let i = 0; i < n; i++) sum += values[layer][row * n + i] * parameters[offset + i * m + j];
        z[row * m + j] = sum;
      }
    }
    sums.push(z);
    values.push(z.map(kind(layer).value));
    offsets.push(offset);
    offset += (n + 1) * m;
  }
  const gradients = new Float64Array(offset);
  let deltas = Float64Array.from(outputGradients).subarray(0, batch * sizes[layers]);
  for (let layer = layers - 1; layer >= 0; layer--) {
    const [n, m, from] = [sizes[layer], sizes[layer + 1], offsets[layer]];
    const below = new Float64Array(batch * n);
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < m; j++) {
        const delta = deltas[row * m + j] * kind(layer).slope(sums[layer][row * m + j]);
        gradients[from + n * m + j] += delta;
        for (let i = 0; i < n; i++) {
          gradients[from + i * m + j] += delta * values[layer][row * n + i];
          below[row * n + i] += delta * parameters[from + i * m + j];
        }
      }
    }
    deltas = below;
  }
  return { outputs: values[layers], gradients, inputGradients: deltas };
}

/**
 * The directional derivative of {@link referencePass}'s outputs by central differences in float64, with an error of the
 * fourth order.
 */
export function referenceTangent(
  network: ReferenceMlp,
  inputs: ArrayLike<number>,
  direction: { parameters?: ArrayLike<number>; inputs?: ArrayLike<number> },
  batch: number,
): Float64Array {
  const moved = (from: ArrayLike<number>, along: ArrayLike<number> | undefined, step: number) =>
    Float64Array.from(from, (value, i) => value + (along ? step * along[i] : 0));
  const unused = new Float64Array(batch * network.sizes[network.sizes.length - 1]);
  const at = (step: number) => {
    const parameters = moved(network.parameters, direction.parameters, step);
    return referencePass({ ...network, parameters }, moved(inputs, direction.inputs, step), unused, batch).outputs;
  };
  // So small that a kink within it is improbable.
  const step = 1e-7;
  const [above, below, farAbove, farBelow] = [at(step), at(-step), at(2 * step), at(-2 * step)];
  return above.map((value, i) => (8 * (value - below[i]) - (farAbove[i] - farBelow[i])) / (12 * step));
}
