import { DeviceParameters, DeviceUpdate, loadTensorBackend, tf } from '@understudy/tensor';
import type { TransitionBatch } from '@understudy/training';
import { DeviceTraining, type Transitions, uploadTransitions } from '@understudy/training/tensor';
import type { DdpgHerConfig } from './config.ts';
import { createOptimizers, type DdpgNetworks, type DdpgOptimizers, type OwnedNetwork } from './networks.ts';
import { actorLoss, criticLoss, type LossForm, targetValues } from './readable-loss.ts';
import { type CreateDdpgUpdate, type DdpgStatistics, type DdpgUpdate, noStatistics, targetRangeOf } from './update.ts';

/**
 * Loads the configured tensor backend and gives what makes updates on it.
 *
 * @throws InputError when the backend can't be used here.
 */
export async function loadTensorUpdate({ backend }: Pick<DdpgHerConfig, 'backend'>): Promise<CreateDdpgUpdate> {
  await loadTensorBackend({ backend });
  return (networks, config) => new TensorUpdate(networks, config);
}

/**
 * A {@link DdpgUpdate} by autodiff of the readable losses, on a tensor backend. All networks stay on its device; a batch,
 * normalised here, goes there, and nothing is read but by {@link device}.
 */
export class TensorUpdate implements DdpgUpdate {
  readonly optimizers: DdpgOptimizers;
  readonly device: DeviceTraining<DdpgStatistics>;
  readonly #config: DdpgHerConfig;
  readonly #actor: DeviceParameters;
  readonly #critic: DeviceParameters;
  readonly #targetActor: DeviceParameters;
  readonly #targetCritic: DeviceParameters;
  readonly #actorUpdate: DeviceUpdate<Transitions>;
  readonly #criticUpdate: DeviceUpdate<Transitions>;

  constructor(networks: DdpgNetworks, config: DdpgHerConfig) {
    const onDevice = ({ parameters }: OwnedNetwork) => new DeviceParameters(parameters.layout);
    const form: LossForm = { ...config, targetRange: targetRangeOf(config) };
    this.#config = config;
    this.optimizers = createOptimizers(networks, config);
    this.#actor = onDevice(networks.actor);
    this.#critic = onDevice(networks.critic);
    this.#targetActor = onDevice(networks.targetActor);
    this.#targetCritic = onDevice(networks.targetCritic);
    this.#criticUpdate = new DeviceUpdate({
      parameters: this.#critic,
      loss: (critic, batch) => {
        const targets = targetValues(this.#targetCritic.named(), this.#targetActor.named(), batch, form);
        return { loss: criticLoss(critic, targets, batch, form) };
      },
    });
    this.#actorUpdate = new DeviceUpdate({
      parameters: this.#actor,
      loss: (actor, batch) => actorLoss(actor, this.#critic.named(), batch, form),
    });
    this.device = new DeviceTraining({
      parameters: [
        [this.#actor, networks.actor.parameters],
        [this.#critic, networks.critic.parameters],
        [this.#targetActor, networks.targetActor.parameters],
        [this.#targetCritic, networks.targetCritic.parameters],
      ],
      optimizers: [
        [this.#actorUpdate, this.optimizers.actor],
        [this.#criticUpdate, this.optimizers.critic],
      ],
      readStatistics: () => this.#readStatistics(),
      noStatistics,
    });
  }

  run(batch: TransitionBatch): void {
    const { learningRate, tau } = this.#config;
    const transitions = uploadTransitions(batch);
    this.#criticUpdate.step(transitions, learningRate);
    this.#actorUpdate.step(transitions, learningRate);
    this.#targetActor.polyakUpdate(this.#actor, tau);
    this.#targetCritic.polyakUpdate(this.#critic, tau);
    tf.dispose(Object.values(transitions));
    this.device.policyMoved();
  }

  takeStatistics(): DdpgStatistics {
    return this.device.takeStatistics();
  }

  reload(): void {
    this.device.reload();
  }

  dispose(): void {
    this.device.dispose();
  }

  async #readStatistics(): Promise<DdpgStatistics> {
    const critic = await this.#criticUpdate.takeStatistics();
    const { value, actionSquare } = await this.#actorUpdate.takeStatistics();
    return critic.steps === 0 ? noStatistics : { criticLoss: critic.loss, value, actionSquare };
  }
}
