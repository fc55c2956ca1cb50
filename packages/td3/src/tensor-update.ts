import type { ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { DeviceParameters, DeviceUpdate, loadTensorBackend, standardNormal, tf } from '@understudy/tensor';
import type { TransitionBatch } from '@understudy/training';
import { DeviceTraining, uploadTransitions } from '@understudy/training/tensor';
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
 * and its noise go there, and nothing is read but by {@link device}.
 */
export class TensorUpdate implements Td3Update {
  readonly optimizers: Td3Optimizers;
  readonly device: DeviceTraining<Td3Statistics>;
  readonly #config: Td3Config;
  readonly #actor: DeviceParameters;
  readonly #critics: DeviceParameters;
  readonly #targetActor: DeviceParameters;
  readonly #targetCritics: DeviceParameters;
  readonly #actorUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #criticUpdate: DeviceUpdate<NoisyTransitions>;

  constructor(networks: Td3Networks, config: Td3Config) {
    const onDevice = ({ parameters }: { parameters: ParameterVector }) => new DeviceParameters(parameters.layout);
    this.#config = config;
    this.optimizers = createOptimizers(networks, config);
    this.#actor = onDevice(networks.actor);
    this.#critics = onDevice(networks.critics);
    this.#targetActor = onDevice(networks.targetActor);
    this.#targetCritics = onDevice(networks.targetCritics);
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
    this.device = new DeviceTraining({
      parameters: [
        [this.#actor, networks.actor.parameters],
        [this.#critics, networks.critics.parameters],
        [this.#targetActor, networks.targetActor.parameters],
        [this.#targetCritics, networks.targetCritics.parameters],
      ],
      optimizers: [
        [this.#actorUpdate, this.optimizers.actor],
        [this.#criticUpdate, this.optimizers.critics],
      ],
      readStatistics: () => this.#readStatistics(),
      noStatistics,
    });
  }

  run(batch: TransitionBatch, generator: Generator): void {
    const { learningRate, policyDelay, tau } = this.#config;
    const transitions = upload(batch, generator);
    this.#criticUpdate.step(transitions, learningRate);
    if (this.#criticUpdate.optimizerSteps % policyDelay === 0) {
      this.#actorUpdate.step(transitions, learningRate);
      this.#targetActor.polyakUpdate(this.#actor, tau);
      this.#targetCritics.polyakUpdate(this.#critics, tau);
      this.device.policyMoved();
    }
    tf.dispose(Object.values(transitions));
  }

  takeStatistics(): Td3Statistics {
    return this.device.takeStatistics();
  }

  reload(): void {
    this.device.reload();
  }

  dispose(): void {
    this.device.dispose();
  }

  async #readStatistics(): Promise<Td3Statistics> {
    const [critic, actor] = [await this.#criticUpdate.takeStatistics(), await this.#actorUpdate.takeStatistics()];
    return {
      criticLoss: critic.steps === 0 ? null : critic.loss,
      value: actor.steps === 0 ? null : -actor.loss,
    };
  }
}

function upload(batch: TransitionBatch, generator: Generator): NoisyTransitions {
  const transitions = uploadTransitions(batch);
  return { ...transitions, noise: standardNormal<tf.Rank.R2>(generator, transitions.actions.shape) };
}
