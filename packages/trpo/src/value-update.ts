import { Adam } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { pauseEvery } from '@understudy/training';
import type { TrpoConfig } from './config.ts';
import type { TrpoCritic } from './networks.ts';
import type { TrainingBatch } from './surrogate.ts';

/** Fits the critic to a rollout's returns: several passes of minibatch steps on half the mean squared error. */
export class ValueUpdate {
  readonly optimizer: Adam;
  readonly #critic: TrpoCritic;
  readonly #config: Pick<TrpoConfig, 'valueEpochs' | 'valueBatchSize' | 'valueLearningRate'>;
  readonly #order: Int32Array;
  readonly #pause = pauseEvery();
  readonly #gradients: Float32Array;

  /** @param rows - Transitions in one rollout. */
  constructor(
    critic: TrpoCritic,
    config: Pick<TrpoConfig, 'valueEpochs' | 'valueBatchSize' | 'valueLearningRate'>,
    rows: number,
  ) {
    this.#critic = critic;
    this.#config = config;
    this.optimizer = new Adam(critic.parameters, { learningRate: config.valueLearningRate });
    this.#order = new Int32Array(rows);
    this.#gradients = critic.parameters.memory.float32(config.valueBatchSize);
  }

  /**
   * @param generator - Decides which transitions make up each minibatch.
   * @returns The mean loss of the last pass.
   */
  async run(batch: TrainingBatch, generator: Generator): Promise<number> {
    const { valueEpochs, valueBatchSize } = this.#config;
    const { rows } = batch;
    for (let i = 0; i < rows; i++) this.#order[i] = i;
    let loss = 0;
    for (let epoch = 0; epoch < valueEpochs; epoch++) {
      generator.shuffle(this.#order);
      loss = 0;
      for (let first = 0; first < rows; first += valueBatchSize) {
        const paused = this.#pause();
        if (paused) await paused;
        loss += this.#step(batch, first, Math.min(valueBatchSize, rows - first));
      }
    }
    return loss / rows;
  }

  /** One step on the transitions `order[first ... first + size]`. @returns The sum of their losses. */
  #step({ observations, returns }: TrainingBatch, first: number, size: number): number {
    const { network, parameters } = this.#critic;
    const { inputBuffer, inputSize } = network;
    for (let i = 0; i < size; i++) {
      const from = this.#order[first + i] * inputSize;
      for (let k = 0; k < inputSize; k++) inputBuffer[i * inputSize + k] = observations[from + k];
    }
    const values = network.forward(inputBuffer, size);
    let loss = 0;
    for (let i = 0; i < size; i++) {
      const error = values[i] - returns[this.#order[first + i]];
      this.#gradients[i] = error / size;
      loss += 0.5 * error * error;
    }
    parameters.zeroGradients();
    network.backward(this.#gradients, size);
    this.optimizer.step();
    return loss;
  }
}
