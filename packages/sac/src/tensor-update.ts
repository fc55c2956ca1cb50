import type { ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { DeviceParameters, DeviceUpdate, loadTensorBackend, standardNormal, tf } from '@understudy/tensor';
import { squashedLogDeviationRange, type TransitionBatch } from '@understudy/training';
import { DeviceTraining, uploadTransitions } from '@understudy/training/tensor';
import type { SacConfig } from './config.ts';
import { createOptimizers, type SacNetworks, type SacOptimizers } from './networks.ts';
import {
  actorLoss,
  criticLoss,
  type LossForm,
  type NoisyTransitions,
  softTargetValues,
  temperatureLoss,
} from './readable-loss.ts';
import { type CreateSacUpdate, noStatistics, type SacStatistics, type SacUpdate } from './update.ts';

/**
 * Loads the configured tensor backend and gives what makes updates on it.
 *
 * @throws InputError when the backend can't be used here.
 */
export async function loadTensorUpdate({ backend }: Pick<SacConfig, 'backend'>): Promise<CreateSacUpdate> {
  await loadTensorBackend({ backend });
  return (networks, config, actionSize) => new TensorUpdate(networks, config, actionSize);
}

/**
 * A {@link SacUpdate} by autodiff of the readable losses, on a tensor backend. Actor, critics, targets and temperature
 * stay on its device; a batch and its noise go there, and nothing is read but by {@link device}.
 */
export class TensorUpdate implements SacUpdate {
  readonly optimizers: SacOptimizers;
  readonly device: DeviceTraining<SacStatistics>;
  readonly #config: SacConfig;
  readonly #actor: DeviceParameters;
  readonly #critics: DeviceParameters;
  readonly #targets: DeviceParameters;
  readonly #temperature: DeviceParameters;
  readonly #actorUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #criticUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #temperatureUpdate: DeviceUpdate<{ logProbability: tf.Scalar }>;

  constructor(networks: SacNetworks, config: SacConfig, actionSize: number) {
    const onDevice = ({ layout }: ParameterVector) => new DeviceParameters(layout);
    const form: LossForm = { activation: config.activation, logDeviationRange: squashedLogDeviationRange };
    const targetEntropy = config.targetEntropy ?? -actionSize;
    this.#config = config;
    this.optimizers = createOptimizers(networks, config);
    this.#actor = onDevice(networks.actorParameters);
    this.#critics = onDevice(networks.critics.parameters);
    this.#targets = onDevice(networks.targets.parameters);
    this.#temperature = onDevice(networks.temperature);
    const temperature = () => tf.exp(tf.squeeze<tf.Scalar>(this.#temperature.flat));
    this.#criticUpdate = new DeviceUpdate({
      parameters: this.#critics,
      loss: (critics, batch) => {
        const values = softTargetValues(this.#targets.named(), this.#actor.named(), temperature(), batch, form);
        return { loss: criticLoss(critics, values, batch, form) };
      },
    });
    this.#actorUpdate = new DeviceUpdate({
      parameters: this.#actor,
      loss: (actor, batch) => actorLoss(actor, this.#critics.named(), temperature(), batch, form),
    });
    this.#temperatureUpdate = new DeviceUpdate({
      parameters: this.#temperature,
      loss: ({ log_temperature }, { logProbability }) => ({
        loss: temperatureLoss(log_temperature, logProbability, targetEntropy),
      }),
    });
    this.device = new DeviceTraining({
      parameters: [
        [this.#actor, networks.actorParameters],
        [this.#critics, networks.critics.parameters],
        [this.#targets, networks.targets.parameters],
        [this.#temperature, networks.temperature],
      ],
      optimizers: [
        [this.#actorUpdate, this.optimizers.actor],
        [this.#criticUpdate, this.optimizers.critics],
        [this.#temperatureUpdate, this.optimizers.temperature],
      ],
      readStatistics: () => this.#readStatistics(),
      noStatistics,
    });
  }

  run(batch: TransitionBatch, generator: Generator): void {
    const { learningRate, tau, temperature } = this.#config;
    const transitions = upload(batch, generator);
    this.#criticUpdate.step(transitions, learningRate);
    const actorStep = this.#actorUpdate.gradient(transitions);
    const { logProbability } = actorStep.statistics;
    if (temperature === 'auto') this.#temperatureUpdate.step({ logProbability }, learningRate);
    this.#actorUpdate.apply(actorStep, learningRate);
    this.#targets.polyakUpdate(this.#critics, tau);
    tf.dispose(Object.values(transitions));
    this.device.policyMoved();
  }

  takeStatistics(): SacStatistics {
    return this.device.takeStatistics();
  }

  reload(): void {
    this.device.reload();
  }

  dispose(): void {
    this.device.dispose();
  }

  async #readStatistics(): Promise<SacStatistics> {
    const critic = await this.#criticUpdate.takeStatistics();
    const { loss, value, logProbability } = await this.#actorUpdate.takeStatistics();
    await this.#temperatureUpdate.takeStatistics();
    if (critic.steps === 0) return noStatistics;
    return { criticLoss: critic.loss, actorLoss: loss, value, entropy: -logProbability };
  }
}

/** The noise is drawn in the kernels' order: first that of the next actions. */
function upload(batch: TransitionBatch, generator: Generator): NoisyTransitions {
  const transitions = uploadTransitions(batch);
  const draw = () => standardNormal<tf.Rank.R2>(generator, transitions.actions.shape);
  return { ...transitions, nextNoise: draw(), noise: draw() };
}
