import { KernelMemory } from '@understudy/kernels';
import {
  Adam,
  allocateParameters,
  createMlpNetwork,
  initialiseNetwork,
  type Network,
  orthogonal,
  type ParameterVector,
  type Tensor,
  tensorOf,
} from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  type Checkpoint,
  type Learner,
  type Metrics,
  ObservationNormalizer,
  type PolicyParts,
  type PolicySpec,
  parseState,
  pauseEvery,
  policyTensorShapes,
  policyTensors,
  spawnGenerators,
  takeFloat32,
} from '@understudy/training';
import { z } from 'zod';
import type { BcConfig } from './config.ts';
import { checkDemonstrations, type Demonstrations, splitDemonstrations } from './demonstrations.ts';
import { type CloningLoss, gaussianNegativeLogLikelihood, meanSquaredError } from './loss.ts';

/** What of the learner is no tensor. */
const learnerStateSchema = z.object({
  epoch: z.number().int().min(0),
  bestEpoch: z.number().int().min(0),
  bestLoss: z.number().nullable(),
  minibatches: z.record(z.string(), z.unknown()),
});

/** One split, ready for the network. */
interface Examples {
  count: number;
  /** `[count, observationSize]`, standardised. */
  observations: Float32Array;
  /** `[count, actionSize]` */
  actions: Float32Array;
}

/**
 * Behavioural cloning (Pomerleau 1989): supervised learning of the demonstrated actions. An iteration is an epoch; the
 * policy at any time is that of the epoch with the lowest validation loss so far.
 */
export class BcLearner implements Learner {
  readonly unit = 'epochs';
  readonly spec: PolicySpec;
  readonly #config: BcConfig;
  /** The weights being trained. */
  readonly #parameters: ParameterVector;
  /** Those of the best epoch. */
  readonly #bestParts: PolicyParts;
  readonly #network: Network;
  readonly #loss: CloningLoss;
  readonly #optimizer: Adam;
  readonly #training: Examples;
  readonly #validation: Examples;
  readonly #minibatchGenerator: Generator;
  readonly #order: Int32Array;
  readonly #actions: Float32Array;
  readonly #outputGradients: Float32Array;
  readonly #pause = pauseEvery();
  #epoch = 0;
  #bestEpoch = 0;
  #bestLoss: number | null = null;

  /** @throws InputError when the demonstrations' columns don't fit together. */
  constructor(config: BcConfig, demonstrations: Demonstrations) {
    checkDemonstrations(demonstrations);
    const { actionSize } = demonstrations;
    const [networkGenerator, splitGenerator, minibatchGenerator] = spawnGenerators(config.seed, 3);
    const split = splitDemonstrations(demonstrations, config.validationFraction, splitGenerator);
    const normalizer = config.standardizeObservations
      ? fitNormalizer(config, demonstrations, split.training)
      : undefined;
    this.spec = createPolicySpec(config, demonstrations);
    this.#config = config;
    this.#training = takeExamples(demonstrations, split.training, normalizer);
    this.#validation = takeExamples(demonstrations, split.validation, normalizer);
    this.#minibatchGenerator = minibatchGenerator;
    const memory = KernelMemory.create();
    const shapes = policyTensorShapes(this.spec);
    this.#parameters = allocateParameters(memory, shapes);
    const best = allocateParameters(memory, shapes);
    this.#bestParts = { parameters: best, normalizer, bounds: demonstrations.actionBounds };
    this.#network = createNetwork(this.spec, config, this.#parameters, networkGenerator);
    best.parameters.set(this.#parameters.parameters);
    this.#loss = createLoss(config, this.#parameters, actionSize);
    this.#optimizer = new Adam(this.#parameters, { weightDecay: config.weightDecay });
    this.#order = new Int32Array(this.#training.count);
    this.#actions = new Float32Array(config.batchSize * actionSize);
    this.#outputGradients = new Float32Array(config.batchSize * actionSize);
  }

  get step(): number {
    return this.#epoch;
  }

  get totalSteps(): number {
    return this.#config.epochs;
  }

  get finished(): boolean {
    const { epochs, patience } = this.#config;
    const waited = this.#validation.count > 0 && patience !== null && this.#epoch - this.#bestEpoch >= patience;
    return this.#epoch >= epochs || waited;
  }

  /** Minus the lowest loss so far, on the validation split where there is one. */
  get score(): number | undefined {
    return this.#bestLoss === null ? undefined : -this.#bestLoss;
  }

  async iterate(): Promise<Metrics> {
    const trainingLoss = await this.#trainEpoch();
    const validationLoss = this.#validation.count > 0 ? await this.#evaluate(this.#validation) : null;
    this.#epoch++;
    this.#keepBest(validationLoss ?? trainingLoss, validationLoss !== null);
    return { epoch: this.#epoch, trainingLoss, validationLoss, bestLoss: this.#bestLoss, bestEpoch: this.#bestEpoch };
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, this.#bestParts);
  }

  save(): Checkpoint {
    return {
      tensors: new Map([
        ...this.policyTensors(),
        ['training.parameters', tensorOf(this.#parameters.parameters)] as const,
        ...this.#optimizer.tensors(),
      ]),
      state: {
        epoch: this.#epoch,
        bestEpoch: this.#bestEpoch,
        bestLoss: this.#bestLoss,
        minibatches: this.#minibatchGenerator.getState(),
      },
    };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = parseState(learnerStateSchema, state);
    this.#bestParts.parameters.load(tensors);
    this.#parameters.parameters.set(takeFloat32(tensors, 'training.parameters', this.#parameters.size));
    this.#optimizer.load(tensors);
    this.#minibatchGenerator.setState(saved.minibatches as unknown as GeneratorState);
    this.#epoch = saved.epoch;
    this.#bestEpoch = saved.bestEpoch;
    this.#bestLoss = saved.bestLoss;
  }

  results(): Metrics {
    return {
      bestLoss: this.#bestLoss,
      bestEpoch: this.#bestEpoch,
      trainingTransitions: this.#training.count,
      validationTransitions: this.#validation.count,
    };
  }

  /** One pass over the training split in a random order. Returns the mean loss before each step. */
  async #trainEpoch(): Promise<number> {
    const { batchSize, learningRate } = this.#config;
    const { count } = this.#training;
    for (let i = 0; i < count; i++) this.#order[i] = i;
    this.#minibatchGenerator.shuffle(this.#order);
    let sum = 0;
    for (let first = 0; first < count; first += batchSize) {
      const paused = this.#pause();
      if (paused) await paused;
      const batch = Math.min(batchSize, count - first);
      this.#gather(this.#training, first, batch, true);
      this.#parameters.zeroGradients();
      const outputs = this.#network.forward(this.#network.inputBuffer, batch);
      sum += batch * this.#loss.backward(outputs, this.#actions, batch, this.#outputGradients);
      this.#network.backward(this.#outputGradients, batch);
      this.#optimizer.step(learningRate);
    }
    return sum / count;
  }

  /** Mean loss over a split. */
  async #evaluate(examples: Examples): Promise<number> {
    const { batchSize } = this.#config;
    let sum = 0;
    for (let first = 0; first < examples.count; first += batchSize) {
      const paused = this.#pause();
      if (paused) await paused;
      const batch = Math.min(batchSize, examples.count - first);
      this.#gather(examples, first, batch, false);
      const outputs = this.#network.forward(this.#network.inputBuffer, batch);
      sum += batch * this.#loss.value(outputs, this.#actions, batch);
    }
    return sum / examples.count;
  }

  /** Without a validation split the last weights count as the best: a lower training loss may only be noise. */
  #keepBest(loss: number, isValidation: boolean): void {
    if (isValidation && this.#bestLoss !== null && !(loss < this.#bestLoss)) return;
    this.#bestLoss = loss;
    this.#bestEpoch = this.#epoch;
    this.#bestParts.parameters.parameters.set(this.#parameters.parameters);
  }

  #gather({ observations, actions }: Examples, first: number, batch: number, shuffled: boolean): void {
    const { observationSize, actionSize } = this.spec;
    const inputs = this.#network.inputBuffer;
    for (let i = 0; i < batch; i++) {
      const row = shuffled ? this.#order[first + i] : first + i;
      for (let j = 0; j < observationSize; j++)
        inputs[i * observationSize + j] = observations[row * observationSize + j];
      for (let j = 0; j < actionSize; j++) this.#actions[i * actionSize + j] = actions[row * actionSize + j];
    }
  }
}

function createPolicySpec(config: BcConfig, { observationSize, actionSize }: Demonstrations): PolicySpec {
  return {
    algorithm: 'bc',
    environment: config.environment,
    observationSize,
    actionSize,
    distribution: config.loss === 'mse' ? 'deterministic' : 'gaussian',
    outputSize: actionSize,
    hiddenSizes: config.hiddenSizes,
    activation: config.activation,
    observationClip: config.standardizeObservations ? config.observationClip : null,
  };
}

/** Orthogonal weights; small ones in the last layer, so that the first actions are near 0. */
function createNetwork(
  spec: PolicySpec,
  { activation, batchSize, hiddenSizes, initialLogStandardDeviation }: BcConfig,
  parameters: ParameterVector,
  generator: Generator,
): Network {
  const sizes = [spec.observationSize, ...hiddenSizes, spec.outputSize];
  const network = createMlpNetwork({ sizes, activation, maxBatch: batchSize, name: 'actor' }, { parameters });
  initialiseNetwork(network, generator, { hidden: orthogonal(Math.SQRT2), output: orthogonal(0.01) });
  if (spec.distribution === 'gaussian') parameters.tensor('log_standard_deviation').fill(initialLogStandardDeviation);
  return network;
}

function createLoss({ loss, batchSize }: BcConfig, parameters: ParameterVector, actionSize: number): CloningLoss {
  if (loss === 'mse') return meanSquaredError(actionSize);
  const name = 'log_standard_deviation';
  return gaussianNegativeLogLikelihood(parameters.tensor(name), parameters.gradient(name), batchSize);
}

function fitNormalizer(
  { observationClip }: BcConfig,
  { observations, observationSize }: Demonstrations,
  rows: Int32Array,
): ObservationNormalizer {
  const normalizer = new ObservationNormalizer(observationSize, { clip: observationClip });
  normalizer.update(gatherRows(observations, observationSize, rows), rows.length);
  return normalizer;
}

function takeExamples(
  { observations, observationSize, actions, actionSize }: Demonstrations,
  rows: Int32Array,
  normalizer: ObservationNormalizer | undefined,
): Examples {
  const taken = gatherRows(observations, observationSize, rows);
  normalizer?.normalizeInto(taken, taken, rows.length);
  return { count: rows.length, observations: taken, actions: gatherRows(actions, actionSize, rows) };
}

/** @returns `[rows, size]` */
function gatherRows(values: Float32Array | Float64Array, size: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    out.set(values.subarray(row * size, (row + 1) * size), i * size);
  });
  return out;
}
