import type { ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import {
  DeviceMirror,
  DeviceParameters,
  DeviceUpdate,
  loadTensorBackend,
  standardNormal,
  tf,
} from '@understudy/tensor';
import type { DeviceSide, TransitionBatch } from '@understudy/training';
import type { Td3Config } from './config.ts';
import { createOptimizers, type Td3Networks, type Td3Optimizers } from './networks.ts';
import { actorLoss, clippedDoubleTargetValues, criticLoss, type NoisyTransitions } from './readable-loss.ts';
import { type CreateTd3Update, noStatistics, type Td3Statistics, type Td3Update } from './update.ts';

/**
 * Loads the configured tensor backend and gives what makes updates on it.
 *
 * @throws InputError when the backend can't be used here.
 */
export async function loadTensorUpdate({ backend }: Pick<Td3Config, 'backend'>): Promise<CreateTd3Update> {
  await loadTensorBackend({ backend });
  return (networks, config) => new TensorUpdate(networks, config);
}

/**
 * A {@link Td3Update} by autodiff of the readable losses, on a tensor backend. All networks stay on its device; a batch
 * and its noise go there, and nothing is read but by the {@link DeviceSide}.
 */
export class TensorUpdate implements Td3Update, DeviceSide {
  readonly optimizers: Td3Optimizers;
  readonly #config: Td3Config;
  readonly #actor: DeviceParameters;
  readonly #critics: DeviceParameters;
  readonly #targetActor: DeviceParameters;
  readonly #targetCritics: DeviceParameters;
  readonly #actorUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #criticUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #mirror: DeviceMirror;
  readonly #actorVector: ParameterVector;
  /** Whether the actor here is that of the last update. */
  #isPolicyCurrent = true;
  #statistics: Td3Statistics = noStatistics;

  constructor(networks: Td3Networks, config: Td3Config) {
    const { actor, critics, targetActor, targetCritics } = networks;
    this.#config = config;
    this.optimizers = createOptimizers(networks, config);
    this.#actorVector = actor.parameters;
    this.#actor = new DeviceParameters(actor.parameters.layout);
    this.#critics = new DeviceParameters(critics.parameters.layout);
    this.#targetActor = new DeviceParameters(targetActor.parameters.layout);
    this.#targetCritics = new DeviceParameters(targetCritics.parameters.layout);
    this.#criticUpdate = new DeviceUpdate({
      parameters: this.#critics,
      loss: (tensors, batch) => {
        const targets = [this.#targetCritics.named(), this.#targetActor.named()] as const;
        return { loss: criticLoss(tensors, clippedDoubleTargetValues(...targets, batch, config), batch, config) };
      },
    });
    this.#actorUpdate = new DeviceUpdate({
      parameters: this.#actor,
      loss: (tensors, batch) => ({ loss: actorLoss(tensors, this.#critics.named(), batch, config) }),
    });
    this.#mirror = new DeviceMirror({
      parameters: [
        [this.#actor, actor.parameters],
        [this.#critics, critics.parameters],
        [this.#targetActor, targetActor.parameters],
        [this.#targetCritics, targetCritics.parameters],
      ],
      optimizers: [
        [this.#actorUpdate, this.optimizers.actor],
        [this.#criticUpdate, this.optimizers.critics],
      ],
    });
    this.reload();
  }

  get device(): DeviceSide {
    return this;
  }

  run(batch: TransitionBatch, generator: Generator): void {
    const { learningRate, policyDelay, tau } = this.#config;
    const transitions = upload(batch, generator);
    this.#criticUpdate.step(transitions, learningRate);
    if (this.#criticUpdate.optimizerSteps % policyDelay === 0) {
      this.#actorUpdate.step(transitions, learningRate);
      this.#targetActor.polyakUpdate(this.#actor, tau);
      this.#targetCritics.polyakUpdate(this.#critics, tau);
      this.#isPolicyCurrent = false;
    }
    tf.dispose(Object.values(transitions));
  }

  async readPolicy(): Promise<void> {
    if (this.#isPolicyCurrent) return;
    await this.#actor.read(this.#actorVector.parameters);
    this.#isPolicyCurrent = true;
  }

  async readAll(): Promise<void> {
    await this.#mirror.read();
    this.#isPolicyCurrent = true;
    const [critic, actor] = [await this.#criticUpdate.takeStatistics(), await this.#actorUpdate.takeStatistics()];
    this.#statistics = {
      criticLoss: critic.steps === 0 ? null : critic.loss,
      value: actor.steps === 0 ? null : -actor.loss,
    };
  }

  takeStatistics(): Td3Statistics {
    const statistics = this.#statistics;
    this.#statistics = noStatistics;
    return statistics;
  }

  reload(): void {
    this.#mirror.write();
    this.#isPolicyCurrent = true;
  }

  dispose(): void {
    for (const update of [this.#actorUpdate, this.#criticUpdate]) update.dispose();
    for (const device of [this.#actor, this.#critics, this.#targetActor, this.#targetCritics]) device.dispose();
  }
}

function upload({ size, ...columns }: TransitionBatch, generator: Generator): NoisyTransitions {
  // Copies, since some backends keep the arrays that they are given.
  const matrix = (values: Float32Array) => tf.tensor2d(values.slice(), [size, values.length / size]);
  const vector = (values: Float32Array) => tf.tensor1d(values.slice());
  const actions = matrix(columns.actions);
  return {
    observations: matrix(columns.observations),
    actions,
    rewards: vector(columns.rewards),
    nextObservations: matrix(columns.nextObservations),
    discounts: vector(columns.discounts),
    noise: standardNormal<tf.Rank.R2>(generator, actions.shape),
  };
}
