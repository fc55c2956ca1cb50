import { createMlpNetwork, mlpTensors, type Tensor } from '@understudy/nn';
import { ObservationNormalizer, type PolicySpec } from '@understudy/training';
import { z } from 'zod';
import { ProtocolError } from '../protocol/protocol-error.ts';

/** One version of a model: computes rows of outputs, which don't depend on the other rows of the batch. */
export interface ServedNetwork {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Takes over weights. @throws InputError when they don't fit. */
  load(tensors: ReadonlyMap<string, Tensor>): void;
  /**
   * @param inputs - `[rows, inputSize]`, not kept.
   * @param outputs - `[rows, outputSize]`, to be written.
   */
  forward(inputs: Float32Array, rows: number, outputs: Float32Array): void | Promise<void>;
  dispose?(): void;
}

/** Makes room for one version of a model. @param maxBatch - Rows that are computed at once. */
export type CreateServedNetwork = (spec: PolicySpec, maxBatch: number) => ServedNetwork;

const size = z
  .int()
  .min(1)
  .max(2 ** 16);

const specSchema = z.strictObject({
  algorithm: z.string().max(64),
  environment: z.string().max(256),
  observationSize: size,
  actionSize: size,
  distribution: z.enum(['gaussian', 'deterministic', 'squashed-deterministic', 'squashed-gaussian', 'categorical']),
  outputSize: size,
  hiddenSizes: z.array(size).max(16),
  activation: z.enum(['identity', 'tanh', 'relu', 'leaky-relu', 'elu', 'silu']),
  observationClip: z.number().positive().nullable(),
});

/** Numbers in a model's weights, at most. */
const maxParameters = 2 ** 26;

/** A policy's form off the wire. @throws ProtocolError `malformed` or `limit`. */
export function parseSpec(value: unknown): PolicySpec {
  const parsed = specSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ProtocolError('malformed', `The model's spec is wrong: ${issue.path.join('.')}: ${issue.message}.`);
  }
  const sizes = layerSizes(parsed.data);
  const parameters = sizes.slice(1).reduce((sum, fanOut, i) => sum + (sizes[i] + 1) * fanOut, 0);
  if (parameters <= maxParameters) return parsed.data;
  throw new ProtocolError('limit', `The model has ${parameters} parameters, more than ${maxParameters}.`);
}

function layerSizes({ observationSize, hiddenSizes, outputSize }: PolicySpec): number[] {
  return [observationSize, ...hiddenSizes, outputSize];
}

/** A policy's normaliser and network on the kernels of this process. */
export const createKernelNetwork: CreateServedNetwork = (spec, maxBatch) => {
  const { activation, observationSize, outputSize, observationClip } = spec;
  const sizes = layerSizes(spec);
  const network = createMlpNetwork({ sizes, activation, maxBatch, name: 'actor' });
  const normalizer =
    observationClip === null ? undefined : new ObservationNormalizer(observationSize, { clip: observationClip });
  return {
    inputSize: observationSize,
    outputSize,
    load(tensors) {
      loadParameters(tensors, sizes, network.parameters);
      normalizer?.restore(tensors);
    },
    forward(inputs, rows, outputs) {
      for (let first = 0; first < rows; first += maxBatch) {
        const count = Math.min(maxBatch, rows - first);
        const chunk = inputs.subarray(first * observationSize, (first + count) * observationSize);
        if (normalizer) normalizer.normalizeInto(chunk, network.inputBuffer, count);
        else network.inputBuffer.set(chunk);
        outputs.set(network.forward(network.inputBuffer, count).subarray(0, count * outputSize), first * outputSize);
      }
    },
  };
};

/** Copies an actor's tensors to one flat vector, in the order of its layers. @throws ProtocolError `malformed`. */
export function loadParameters(
  tensors: ReadonlyMap<string, Tensor>,
  sizes: readonly number[],
  parameters: Float32Array,
): void {
  const found = mlpTensors(sizes, 'actor').map(({ name, shape }) => {
    const tensor = tensors.get(name);
    if (tensor?.dtype === 'F32' && tensor.shape.join() === shape.join()) return tensor.data;
    throw new ProtocolError('malformed', `The model's ${name} is missing or is no float32 of [${shape.join(', ')}].`);
  });
  let at = 0;
  for (const data of found) {
    parameters.set(data, at);
    at += data.length;
  }
}
