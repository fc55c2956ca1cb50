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
import { type DeviceSide, squashedLogDeviationRange, type TransitionBatch } from '@understudy/training';
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
 * stay on its device; a batch and its noise go there, and nothing is read but by the {@link DeviceSide}.
 */
export class TensorUpdate implements SacUpdate, DeviceSide {
  readonly optimizers: SacOptimizers;
  readonly #config: SacConfig;
  readonly #actor: DeviceParameters;
  readonly #critics: DeviceParameters;
  readonly #targets: DeviceParameters;
  readonly #temperature: DeviceParameters;
  readonly #actorUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #criticUpdate: DeviceUpdate<NoisyTransitions>;
  readonly #temperatureUpdate: DeviceUpdate<{ logProbability: tf.Scalar }>;
  readonly #mirror: DeviceMirror;
  readonly #actorVector: ParameterVector;
  /** Whether the actor here is that of the last update. */
  #isPolicyCurrent = true;
  #statistics: SacStatistics = noStatistics;

  constructor(networks: SacNetworks, config: SacConfig, actionSize: number) {
    const form: LossForm = { activation: config.activation, logDeviationRange: squashedLogDeviationRange };
    const targetEntropy = config.targetEntropy ?? -actionSize;
    this.#config = config;
    this.optimizers = createOptimizers(networks, config);
    this.#actorVector = networks.actorParameters;
    this.#actor = new DeviceParameters(networks.actorParameters.layout);
    this.#critics = new DeviceParameters(networks.critics.parameters.layout);
    this.#targets = new DeviceParameters(networks.targets.parameters.layout);
    this.#temperature = new DeviceParameters(networks.temperature.layout);
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
    this.#mirror = new DeviceMirror({
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
    });
    this.reload();
  }

  get device(): DeviceSide {
    return this;
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
    this.#isPolicyCurrent = false;
  }

  async readPolicy(): Promise<void> {
    if (this.#isPolicyCurrent) return;
    await this.#actor.read(this.#actorVector.parameters);
    this.#isPolicyCurrent = true;
  }

  async readAll(): Promise<void> {
    await this.#mirror.read();
    this.#isPolicyCurrent = true;
    const critic = await this.#criticUpdate.takeStatistics();
    const actor = await this.#actorUpdate.takeStatistics();
    await this.#temperatureUpdate.takeStatistics();
    if (critic.steps === 0) return;
    const { loss, value, logProbability } = actor;
    this.#statistics = { criticLoss: critic.loss, actorLoss: loss, value, entropy: -logProbability };
  }

  takeStatistics(): SacStatistics {
    const statistics = this.#statistics;
    this.#statistics = noStatistics;
    return statistics;
  }

  reload(): void {
    this.#mirror.write();
    this.#isPolicyCurrent = true;
  }

  dispose(): void {
    for (const update of [this.#actorUpdate, this.#criticUpdate, this.#temperatureUpdate]) update.dispose();
    for (const device of [this.#actor, this.#critics, this.#targets, this.#temperature]) device.dispose();
  }
}

/** The noise is drawn in the kernels' order: first that of the next actions. */
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
    nextNoise: standardNormal<tf.Rank.R2>(generator, actions.shape),
    noise: standardNormal<tf.Rank.R2>(generator, actions.shape),
  };
}
