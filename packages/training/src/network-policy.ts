import { InputError } from '@understudy/errors';
import { KernelMemory } from '@understudy/kernels';
import type { Activation, Network, ParameterVector, Tensor, TensorShape } from '@understudy/nn';
import {
  allocateParameters,
  Categorical,
  createMlpNetwork,
  DiagonalGaussian,
  mlpTensors,
  SquashedGaussian,
  tensorOf,
} from '@understudy/nn';
import { takeFloat32 } from './checkpoint.ts';
import type { ActionBounds } from './flat-env.ts';
import { ObservationNormalizer } from './observation-normalizer.ts';
import { stretchActions } from './off-policy/action-scale.ts';
import type { ActOptions, Policy, PolicyMetadata } from './policy.ts';

/** Everything about a multilayer perceptron's policy that is no tensor. */
export interface PolicySpec extends PolicyMetadata {
  /**
   * What the network's outputs mean: the means of a Gaussian with a standard deviation of its own; the action itself; the
   * action before a tanh; means and log standard deviations of a Gaussian before a tanh; the logits of the choices. What
   * comes out of a tanh is stretched from [-1, 1] to the action's bounds.
   */
  distribution: 'gaussian' | 'deterministic' | 'squashed-deterministic' | 'squashed-gaussian' | 'categorical';
  /** The network's outputs: the action's size, twice that for squashed Gaussians, or the number of choices. */
  outputSize: number;
  hiddenSizes: readonly number[];
  activation: Activation;
  /** Bound of normalised observations; null where observations pass as they are. */
  observationClip: number | null;
}

/** What a {@link NetworkPolicy} is made of; a learner goes on changing its own. */
export interface PolicyParts {
  /** Holds `actor.*`, and `log_standard_deviation` for Gaussians. */
  parameters: ParameterVector;
  normalizer?: ObservationNormalizer;
  bounds?: ActionBounds;
}

/** Between these the log standard deviations of squashed Gaussians are clamped, as in Haarnoja et al.'s own code. */
export const squashedLogDeviationRange = { low: -20, high: 2 } as const;

/** Observations computed at once by {@link NetworkPolicy.actBatch}. */
const actBatchSize = 64;

/** Names and shapes of a policy's trained tensors, for a parameter vector that holds them. */
export function policyTensorShapes(spec: PolicySpec): TensorShape[] {
  const actor = mlpTensors([spec.observationSize, ...spec.hiddenSizes, spec.outputSize], 'actor');
  if (spec.distribution !== 'gaussian') return actor;
  return [...actor, { name: 'log_standard_deviation', shape: [spec.actionSize] }];
}

/** A multilayer perceptron that acts: normaliser, network, distribution, bounds. */
export class NetworkPolicy implements Policy {
  readonly spec: PolicySpec;
  readonly metadata: PolicyMetadata;
  readonly #parts: PolicyParts;
  readonly #network: Network;
  readonly #decide: (outputs: Float32Array, count: number, actions: Float32Array, options: ActOptions) => void;
  readonly #observation: Float32Array;
  readonly #action: Float32Array;

  constructor(spec: PolicySpec, parts: PolicyParts) {
    const { algorithm, environment, observationSize, actionSize } = spec;
    this.spec = spec;
    this.metadata = { algorithm, environment, observationSize, actionSize };
    this.#parts = parts;
    const sizes = [observationSize, ...spec.hiddenSizes, spec.outputSize];
    this.#network = createMlpNetwork(
      { sizes, activation: spec.activation, maxBatch: actBatchSize, name: 'actor' },
      { parameters: parts.parameters },
    );
    this.#decide = createDecision(spec, parts);
    this.#observation = new Float32Array(observationSize);
    this.#action = new Float32Array(actionSize);
  }

  act(observation: ArrayLike<number>, options: ActOptions = {}): Float32Array {
    this.#observation.set(observation);
    this.actBatch(this.#observation, 1, this.#action, options);
    return this.#action;
  }

  actBatch(observations: Float32Array, count: number, actions: Float32Array, options: ActOptions = {}): void {
    const { observationSize, actionSize } = this.metadata;
    for (let first = 0; first < count; first += actBatchSize) {
      const batch = Math.min(actBatchSize, count - first);
      const rows = observations.subarray(first * observationSize, (first + batch) * observationSize);
      const inputs = this.#network.inputBuffer;
      if (this.#parts.normalizer) this.#parts.normalizer.normalizeInto(rows, inputs, batch);
      else inputs.set(rows);
      const outputs = this.#network.forward(inputs, batch);
      this.#decide(outputs, batch, actions.subarray(first * actionSize, (first + batch) * actionSize), options);
    }
    const { bounds } = this.#parts;
    if (!bounds) return;
    if (this.spec.distribution.startsWith('squashed')) stretchActions(actions, bounds, actions);
    else clipActions(actions, bounds);
  }

  /** Everything but the spec, as a policy file holds it. */
  tensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, this.#parts);
  }
}

/** A policy's tensors as its file holds them: the network's, the normaliser's, the bounds'. */
export function policyTensors(spec: PolicySpec, parts: PolicyParts): [name: string, tensor: Tensor][] {
  const names = new Set(policyTensorShapes(spec).map(({ name }) => name));
  const { bounds, normalizer, parameters } = parts;
  return [
    ...parameters.tensors().filter(([name]) => names.has(name)),
    ...(normalizer?.tensors() ?? []),
    ...(bounds
      ? ([
          ['action.low', tensorOf(bounds.low)],
          ['action.high', tensorOf(bounds.high)],
        ] as const)
      : []),
  ].map(([name, tensor]) => [name, tensor]);
}

/**
 * Makes a policy of its own from tensors, which may hold others too.
 *
 * @param source - Where they come from, for errors.
 * @throws InputError when one is missing or doesn't fit the spec.
 */
export function policyFromTensors(
  spec: PolicySpec,
  tensors: ReadonlyMap<string, Tensor>,
  source: string,
): NetworkPolicy {
  const parameters = allocateParameters(KernelMemory.create(), policyTensorShapes(spec));
  parameters.load(tensors, source);
  const parts: PolicyParts = { parameters };
  if (spec.observationClip !== null) {
    parts.normalizer = new ObservationNormalizer(spec.observationSize, { clip: spec.observationClip });
    parts.normalizer.restore(tensors);
  }
  if (tensors.has('action.low')) {
    const low = takeFloat32(tensors, 'action.low', spec.actionSize).slice();
    parts.bounds = { low, high: takeFloat32(tensors, 'action.high', spec.actionSize).slice() };
  }
  return new NetworkPolicy(spec, parts);
}

function createDecision(spec: PolicySpec, { parameters }: PolicyParts) {
  if (spec.distribution === 'deterministic') {
    return (outputs: Float32Array, count: number, actions: Float32Array) => {
      actions.set(outputs.subarray(0, count * spec.actionSize));
    };
  }
  if (spec.distribution === 'squashed-deterministic') {
    return (outputs: Float32Array, count: number, actions: Float32Array) => {
      for (let i = 0; i < count * spec.actionSize; i++) actions[i] = Math.tanh(outputs[i]);
    };
  }
  if (spec.distribution === 'squashed-gaussian') return createSquashedDecision(spec);
  if (spec.distribution === 'categorical') {
    const categorical = new Categorical(spec.outputSize);
    return (logits: Float32Array, count: number, actions: Float32Array, options: ActOptions) => {
      if (options.deterministic) categorical.mode({ logits }, count, actions);
      else categorical.sample({ logits }, count, generatorOf(options), actions);
    };
  }
  const gaussian = new DiagonalGaussian(spec.actionSize);
  const logStandardDeviation = parameters.tensor('log_standard_deviation');
  return (mean: Float32Array, count: number, actions: Float32Array, options: ActOptions) => {
    if (options.deterministic) gaussian.mode({ mean, logStandardDeviation }, count, actions);
    else gaussian.sample({ mean, logStandardDeviation }, count, generatorOf(options), actions);
  };
}

function createSquashedDecision({ actionSize }: PolicySpec) {
  const squashed = new SquashedGaussian(actionSize, { form: 'joint' });
  return (mean: Float32Array, count: number, actions: Float32Array, options: ActOptions) => {
    const logStandardDeviation = mean.subarray(actionSize);
    if (options.deterministic) return squashed.mode({ mean, logStandardDeviation }, count, actions);
    clampLogDeviations(mean, count, actionSize);
    squashed.sample({ mean, logStandardDeviation }, count, generatorOf(options), actions);
  };
}

/** Clamps the log standard deviations in a network's outputs to their range. @param outputs - `[count, 2 * actionSize]` */
export function clampLogDeviations(outputs: Float32Array, count: number, actionSize: number): void {
  const { low, high } = squashedLogDeviationRange;
  for (let row = 0; row < count; row++) {
    for (let k = actionSize; k < 2 * actionSize; k++) {
      const at = row * 2 * actionSize + k;
      outputs[at] = Math.min(Math.max(outputs[at], low), high);
    }
  }
}

function generatorOf({ generator }: ActOptions) {
  if (generator) return generator;
  throw new InputError('A sampled action needs a generator; give one, or ask for deterministic actions.');
}

function clipActions(actions: Float32Array, { low, high }: ActionBounds): void {
  for (let at = 0; at < actions.length; at++) {
    const component = at % low.length;
    if (actions[at] < low[component]) actions[at] = low[component];
    else if (actions[at] > high[component]) actions[at] = high[component];
  }
}
