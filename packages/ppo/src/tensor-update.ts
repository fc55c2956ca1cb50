import { InputError } from '@understudy/errors';
import { type Tensor, tensorOf } from '@understudy/nn';
import { applyMlp } from '@understudy/nn/tensor';
import type { Generator } from '@understudy/random';
import {
  DeviceParameters,
  DeviceUpdate,
  type FlatAdamState,
  loadTensorBackend,
  type NamedTensors,
  tf,
} from '@understudy/tensor';
import { type OnPolicyBatch, pauseEvery, takeFloat32 } from '@understudy/training';
import type { PpoConfig } from './config.ts';
import type { PpoNetworks } from './networks.ts';
import { categoricalLikelihood, gaussianLikelihood, type LossInputs, readableLoss } from './readable-loss.ts';
import { type CreatePpoUpdate, minibatchSize, type PpoUpdate, type UpdateStatistics } from './update.ts';

/** Transitions on the device; `[rows, size]` and `[rows]`. */
type Transitions = LossInputs & { observations: tf.Tensor2D; actions: tf.Tensor2D };

/**
 * Loads the configured tensor backend and gives what makes updates on it.
 *
 * @throws InputError when the backend can't be used here.
 */
export async function loadTensorUpdate({ backend }: Pick<PpoConfig, 'backend'>): Promise<CreatePpoUpdate> {
  await loadTensorBackend({ backend });
  return (networks, config, rows) => new TensorUpdate(networks, config, rows);
}

/**
 * A {@link PpoUpdate} by autodiff of the readable loss, on a tensor backend. The rollout and the parameters go to its
 * device once; all steps of all passes happen there; then parameters, for acting, and the optimiser's moments, for
 * checkpoints, come back. Within a rollout nothing is read but the statistics, once a pass.
 */
export class TensorUpdate implements PpoUpdate {
  readonly #networks: PpoNetworks;
  readonly #config: PpoConfig;
  readonly #device: DeviceParameters;
  readonly #update: DeviceUpdate<Transitions>;
  readonly #order: Int32Array;
  readonly #pause = pauseEvery();
  #optimizer: FlatAdamState;

  /** @param rows - Transitions in one rollout. */
  constructor(networks: PpoNetworks, config: PpoConfig, rows: number) {
    const { layout, size } = networks.parameters;
    this.#networks = networks;
    this.#config = config;
    this.#device = new DeviceParameters(layout);
    this.#update = new DeviceUpdate({
      parameters: this.#device,
      loss: (tensors, batch) => minibatchLoss(tensors, batch, config),
      optimizer: { epsilon: config.adamEpsilon, maxGradientNorm: config.maxGradientNorm },
    });
    this.#order = new Int32Array(rows);
    this.#optimizer = { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size), steps: 0 };
  }

  async run(batch: OnPolicyBatch, learningRate: number, generator: Generator): Promise<Readonly<UpdateStatistics>> {
    const { epochs, targetKl } = this.#config;
    const { parameters } = this.#networks.parameters;
    this.#device.write(parameters);
    for (let i = 0; i < batch.rows; i++) this.#order[i] = i;
    const rollout = upload(batch);
    try {
      for (let epoch = 1; ; epoch++) {
        generator.shuffle(this.#order);
        await this.#pass(rollout, batch.rows, learningRate);
        // Also a rest for GPU drivers, whose queues are not endless.
        const statistics = await this.#takeStatistics(epoch);
        if (epoch < epochs && (targetKl === null || statistics.kl <= targetKl)) continue;
        await this.#device.read(parameters);
        this.#optimizer = await this.#update.saveOptimizer();
        return statistics;
      }
    } finally {
      tf.dispose(Object.values(rollout));
    }
  }

  tensors(): [name: string, tensor: Tensor][] {
    const { firstMoment, secondMoment, steps } = this.#optimizer;
    return [
      ['adam.firstMoment', tensorOf(firstMoment)],
      ['adam.secondMoment', tensorOf(secondMoment)],
      ['adam.steps', tensorOf(BigInt64Array.of(BigInt(steps)), [])],
    ];
  }

  load(tensors: ReadonlyMap<string, Tensor>): void {
    const { size } = this.#device;
    const steps = tensors.get('adam.steps');
    if (steps?.dtype !== 'I64') {
      throw new InputError('The checkpoint holds no optimiser state under adam.*; use a file that a training saved.');
    }
    const state = {
      firstMoment: takeFloat32(tensors, 'adam.firstMoment', size).slice(),
      secondMoment: takeFloat32(tensors, 'adam.secondMoment', size).slice(),
      steps: Number(steps.data[0]),
    };
    this.#update.restoreOptimizer(state);
    this.#optimizer = state;
  }

  dispose(): void {
    this.#update.dispose();
    this.#device.dispose();
  }

  /** One step for each minibatch, in the present order. */
  async #pass(rollout: Transitions, rows: number, learningRate: number): Promise<void> {
    const { minibatches, normalizeAdvantages } = this.#config;
    const size = minibatchSize(rows, minibatches);
    for (let first = 0; first < rows; first += size) {
      const paused = this.#pause();
      if (paused) await paused;
      const chosen = this.#order.slice(first, Math.min(first + size, rows));
      const minibatch = tf.tidy(() => gather(rollout, chosen, normalizeAdvantages && chosen.length > 1));
      this.#update.step(minibatch, learningRate);
      tf.dispose(Object.values(minibatch));
    }
  }

  async #takeStatistics(epochs: number): Promise<UpdateStatistics> {
    const { policyLoss, valueLoss, entropy, kl, clipFraction, gradientNorm } = await this.#update.takeStatistics();
    return { loss: policyLoss, valueLoss, entropy, kl, clipFraction, gradientNorm, epochs };
  }
}

/** Actor, critic and loss over one minibatch. */
function minibatchLoss(tensors: NamedTensors, batch: Transitions, config: PpoConfig) {
  const { activation } = config;
  const outputs = applyMlp(tensors, batch.observations, { activation, name: 'actor' });
  const logDeviations = tensors.log_standard_deviation as tf.Tensor1D | undefined;
  const likelihood = logDeviations
    ? gaussianLikelihood(outputs, logDeviations, batch.actions)
    : categoricalLikelihood(outputs, batch.actions);
  const values = tf.squeeze<tf.Tensor1D>(applyMlp(tensors, batch.observations, { activation, name: 'critic' }), [1]);
  return readableLoss({ ...likelihood, values }, batch, config);
}

function upload({ rows, ...columns }: OnPolicyBatch): Transitions {
  const matrix = (values: Float32Array) => tf.tensor2d(values.slice(), [rows, values.length / rows]);
  const vector = (values: Float32Array) => tf.tensor1d(values.slice());
  return {
    observations: matrix(columns.observations),
    actions: matrix(columns.actions),
    oldLogProbabilities: vector(columns.logProbabilities),
    oldValues: vector(columns.values),
    advantages: vector(columns.advantages),
    returns: vector(columns.returns),
  };
}

/** The transitions at the indices `chosen`, their advantages shifted and scaled if asked for. */
function gather(rollout: Transitions, chosen: Int32Array, normalize: boolean): Transitions {
  const indices = tf.tensor1d(chosen, 'int32');
  const taken = Object.fromEntries(
    Object.entries(rollout).map(([name, column]) => [name, tf.gather(column as tf.Tensor, indices)]),
  ) as unknown as Transitions;
  return normalize ? { ...taken, advantages: standardize(taken.advantages) } : taken;
}

/** Mean 0 and sample standard deviation 1. @param values - `[batch]`, two or more. */
function standardize(values: tf.Tensor1D): tf.Tensor1D {
  const centred = tf.sub(values, tf.mean(values)) as tf.Tensor1D;
  const variance = tf.div(tf.sum(tf.square(centred)), values.size - 1);
  return tf.div(centred, tf.add(tf.sqrt(variance), 1e-8));
}
