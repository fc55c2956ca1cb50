import { type D4rlMetadata, type MetadataValue, openD4rl, type ShapedColumn } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import { type Tensor, tensorOf } from '@understudy/nn';
import { type NetworkPolicy, type PolicySpec, policyFromTensors } from '@understudy/training';

/** A linear layer in PyTorch's layout. */
interface Layer {
  /** `[outputs, inputs]` */
  weight: Float32Array;
  /** `[outputs]` */
  bias: Float32Array;
  inputs: number;
  outputs: number;
}

/**
 * The policy that recorded a D4RL file, where the file holds it: those of v1 and v2 named `expert` and `medium` have the
 * soft actor-critic's networks below `metadata/policy`.
 *
 * @param environment - The id to act in; the files don't name one.
 * @throws InputError when the file can't be read, holds no policy, or one that is not understood.
 */
export async function readEmbeddedPolicy(path: string, environment: string): Promise<NetworkPolicy> {
  const file = await openD4rl(path);
  try {
    return embeddedPolicy(await file.readMetadata(), environment, path);
  } finally {
    file.close();
  }
}

/**
 * Builds the policy that D4RL keeps in a file's metadata: hidden layers `fc0`, `fc1`, ..., then `last_fc` for the means
 * and `last_fc_log_std` for the logarithms of the standard deviations of a Gaussian before a tanh. Actions lie in
 * [-1, 1], as in the files.
 *
 * @param source - Where the metadata comes from, for errors.
 * @throws InputError when there is no policy or one of another form.
 */
export function embeddedPolicy(metadata: D4rlMetadata, environment: string, source: string): NetworkPolicy {
  const policy = metadata.policy;
  if (!isGroup(policy)) {
    throw new InputError(
      `${source} holds no policy below metadata/policy; D4RL keeps one in its expert and medium files of v1 and v2 alone.`,
    );
  }
  const activation = readWord(policy, 'nonlinearity', ['relu', 'tanh'], source);
  readWord(policy, 'output_distribution', ['tanh_gaussian'], source);
  const hidden = hiddenLayers(policy, source);
  const means = readLayer(policy, 'last_fc', source);
  const logDeviations = readLayer(policy, 'last_fc_log_std', source);
  const layers = [...hidden, stacked(means, logDeviations, source)];
  layers.slice(1).forEach(({ inputs }, i) => {
    if (inputs !== layers[i].outputs)
      throw misfit(source, `a layer of ${inputs} inputs after ${layers[i].outputs} units`);
  });
  const spec: PolicySpec = {
    algorithm: typeof metadata.algorithm === 'string' ? metadata.algorithm.toLowerCase() : 'sac',
    environment,
    observationSize: layers[0].inputs,
    actionSize: means.outputs,
    distribution: 'squashed-gaussian',
    outputSize: 2 * means.outputs,
    hiddenSizes: hidden.map(({ outputs }) => outputs),
    activation,
    observationClip: null,
  };
  const tensors = layers.flatMap((layer, i): [string, Tensor][] => [
    [`actor.${i}.weight`, tensorOf(transposed(layer), [layer.inputs, layer.outputs])],
    [`actor.${i}.bias`, tensorOf(layer.bias)],
  ]);
  return policyFromTensors(spec, new Map(tensors), source);
}

function hiddenLayers(policy: D4rlMetadata, source: string): Layer[] {
  const layers: Layer[] = [];
  while (policy[`fc${layers.length}`] !== undefined) layers.push(readLayer(policy, `fc${layers.length}`, source));
  if (layers.length === 0) throw misfit(source, 'no hidden layer fc0');
  return layers;
}

function readLayer(policy: D4rlMetadata, name: string, source: string): Layer {
  const layer = policy[name];
  const { weight, bias } = isGroup(layer) ? layer : {};
  if (!isArray(weight) || !isArray(bias) || weight.shape.length !== 2) throw misfit(source, `no layer ${name}`);
  const [outputs, inputs] = weight.shape;
  if (bias.data.length !== outputs) throw misfit(source, `${bias.data.length} biases for ${outputs} units in ${name}`);
  return { weight: Float32Array.from(weight.data), bias: Float32Array.from(bias.data), inputs, outputs };
}

/** One layer with the outputs of both. */
function stacked(first: Layer, second: Layer, source: string): Layer {
  if (first.inputs !== second.inputs || first.outputs !== second.outputs) {
    throw misfit(source, `a last_fc and a last_fc_log_std of different shapes`);
  }
  return {
    weight: Float32Array.of(...first.weight, ...second.weight),
    bias: Float32Array.of(...first.bias, ...second.bias),
    inputs: first.inputs,
    outputs: 2 * first.outputs,
  };
}

/** @returns `[inputs, outputs]`, as this project's networks have it. */
function transposed({ weight, inputs, outputs }: Layer): Float32Array {
  const out = new Float32Array(weight.length);
  for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) out[i * outputs + o] = weight[o * inputs + i];
  return out;
}

function readWord<T extends string>(policy: D4rlMetadata, name: string, known: readonly T[], source: string): T {
  const word = policy[name];
  const found = known.find((candidate) => candidate === word);
  if (found) return found;
  throw misfit(
    source,
    `the ${name} ${typeof word === 'string' ? `"${word}"` : 'missing'} where ${known.join(' or ')} is expected`,
  );
}

function misfit(source: string, what: string): InputError {
  return new InputError(`The policy in ${source} has ${what}; choose a file that D4RL's own script wrote.`);
}

function isGroup(value: MetadataValue | undefined): value is D4rlMetadata {
  return typeof value === 'object' && !Array.isArray(value) && !isArray(value);
}

function isArray(value: MetadataValue | undefined): value is ShapedColumn {
  return typeof value === 'object' && 'data' in value && ArrayBuffer.isView(value.data);
}
