import { Adam } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { DeviceMirror, DeviceParameters, DeviceUpdate, loadTensorBackend, tf } from '@understudy/tensor';
import { pauseEvery } from '@understudy/training';
import type { TrpoConfig } from './config.ts';
import type { TrpoNetworks } from './networks.ts';
import { valueLoss } from './readable-policy.ts';
import type { TrainingBatch } from './surrogate.ts';
import { type PolicyTransitions, TensorPolicyUpdate } from './tensor-policy-update.ts';
import type { CreateTrpoUpdate, TrpoUpdate, UpdateStatistics } from './update.ts';

/** A rollout on the device. */
interface Transitions extends PolicyTransitions {
  /** `[rows]` */
  returns: tf.Tensor1D;
}

/** What the critic learns from. */
interface Regression {
  observations: tf.Tensor2D;
  returns: tf.Tensor1D;
}

/**
 * Loads the configured tensor backend and gives what makes updates on it.
 *
 * @throws InputError when the backend can't be used here.
 */
export async function loadTensorUpdate({ backend }: Pick<TrpoConfig, 'backend'>): Promise<CreateTrpoUpdate> {
  await loadTensorBackend({ backend });
  return (networks, config, rows) => new TensorUpdate(networks, config, rows);
}

/**
 * A {@link TrpoUpdate} by autodiff of the readable objective, on a tensor backend. A rollout goes to its device once, and
 * parameters, for acting, and the critic's moments, for checkpoints, come back after it.
 */
export class TensorUpdate implements TrpoUpdate {
  readonly valueOptimizer: Adam;
  readonly #config: TrpoConfig;
  readonly #policy: DeviceParameters;
  readonly #critic: DeviceParameters;
  readonly #policyUpdate: TensorPolicyUpdate;
  readonly #valueUpdate: DeviceUpdate<Regression>;
  readonly #mirror: DeviceMirror;
  readonly #order: Int32Array;
  readonly #pause = pauseEvery();

  /** @param rows - Transitions in one rollout. */
  constructor({ policy, critic }: TrpoNetworks, config: TrpoConfig, rows: number) {
    const { activation, valueLearningRate } = config;
    this.#config = config;
    this.valueOptimizer = new Adam(critic.parameters, { learningRate: valueLearningRate });
    this.#policy = new DeviceParameters(policy.parameters.layout);
    this.#critic = new DeviceParameters(critic.parameters.layout);
    this.#policyUpdate = new TensorPolicyUpdate(this.#policy, config);
    this.#valueUpdate = new DeviceUpdate({
      parameters: this.#critic,
      loss: (tensors, { observations, returns }) => {
        const loss = valueLoss(tensors, observations, returns, activation);
        return { loss, statistics: { sum: tf.mul<tf.Scalar>(loss, returns.size) } };
      },
    });
    this.#mirror = new DeviceMirror({
      parameters: [
        [this.#policy, policy.parameters],
        [this.#critic, critic.parameters],
      ],
      optimizers: [[this.#valueUpdate, this.valueOptimizer]],
    });
    this.#order = new Int32Array(rows);
    this.reload();
  }

  async run(batch: TrainingBatch, generator: Generator): Promise<UpdateStatistics> {
    const rollout = upload(batch);
    try {
      const statistics = await this.#policyUpdate.run(rollout);
      const meanLoss = await this.#fitValues(rollout, batch.rows, generator);
      await this.#mirror.read();
      return { ...statistics, valueLoss: meanLoss };
    } finally {
      tf.dispose(Object.values(rollout));
    }
  }

  reload(): void {
    this.#mirror.write();
  }

  dispose(): void {
    this.#valueUpdate.dispose();
    this.#policy.dispose();
    this.#critic.dispose();
  }

  /** Several passes of minibatch steps. @returns The mean loss of the last pass. */
  async #fitValues(rollout: Regression, rows: number, generator: Generator): Promise<number> {
    const { valueEpochs, valueBatchSize, valueLearningRate } = this.#config;
    for (let i = 0; i < rows; i++) this.#order[i] = i;
    let meanLoss = 0;
    for (let epoch = 0; epoch < valueEpochs; epoch++) {
      generator.shuffle(this.#order);
      for (let first = 0; first < rows; first += valueBatchSize) {
        const paused = this.#pause();
        if (paused) await paused;
        const chosen = this.#order.slice(first, Math.min(first + valueBatchSize, rows));
        const minibatch = tf.tidy(() => gather(rollout, chosen));
        this.#valueUpdate.step(minibatch, valueLearningRate);
        tf.dispose([minibatch.observations, minibatch.returns]);
      }
      // Also a rest for GPU drivers, whose queues are not endless.
      const { sum, steps } = await this.#valueUpdate.takeStatistics();
      meanLoss = (sum * steps) / rows;
    }
    return meanLoss;
  }
}

function upload({ rows, ...columns }: TrainingBatch): Transitions {
  // Copies, since some backends keep the arrays that they are given.
  const matrix = (values: Float32Array) => tf.tensor2d(values.slice(), [rows, values.length / rows]);
  const vector = (values: Float32Array) => tf.tensor1d(values.slice());
  return {
    observations: matrix(columns.observations),
    actions: matrix(columns.actions),
    advantages: vector(columns.advantages),
    returns: vector(columns.returns),
  };
}

/** The transitions at the indices `chosen`. */
function gather({ observations, returns }: Regression, chosen: Int32Array) {
  const indices = tf.tensor1d(chosen, 'int32');
  return { observations: tf.gather(observations, indices), returns: tf.gather(returns, indices) };
}
