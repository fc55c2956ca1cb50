import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  type ActionBounds,
  type DeviceSide,
  type Metrics,
  ObservationNormalizer,
  type OffPolicyAgent,
  type PolicySpec,
  parseState,
  policyTensors,
  spawnGenerators,
  type TransitionBatch,
  withoutPrefix,
} from '@understudy/training';
import { z } from 'zod';
import type { DdpgHerConfig } from './config.ts';
import { createNetworks, type DdpgNetworks } from './networks.ts';
import { type CreateDdpgUpdate, type DdpgUpdate, KernelUpdate } from './update.ts';

const stateSchema = z.object({ exploration: z.record(z.string(), z.unknown()) });

/**
 * Deep deterministic policy gradient (Lillicrap et al. 2016, arXiv 1509.02971) on normalised observations, as it is used
 * with hindsight replay.
 */
export class DdpgHerAgent implements OffPolicyAgent {
  readonly spec: PolicySpec;
  readonly #config: DdpgHerConfig;
  readonly #networks: DdpgNetworks;
  readonly #update: DdpgUpdate;
  readonly #bounds: ActionBounds;
  readonly #normalizer: ObservationNormalizer;
  /** A batch's observations, normalised. */
  readonly #normalized: { observations: Float32Array; nextObservations: Float32Array };
  readonly #explorationGenerator: Generator;

  /**
   * @param createUpdate - Makes the update of the configured engine; that of the kernels by default. The tensor engine's
   *   is what `loadTensorUpdate` gives.
   */
  constructor(
    config: DdpgHerConfig,
    env: VectorEnv,
    bounds: ActionBounds,
    createUpdate: CreateDdpgUpdate = createKernelUpdate,
  ) {
    // The learner's loop has taken the first two children of the seed.
    const [, , networkGenerator, explorationGenerator] = spawnGenerators(config.seed, 4);
    const { observationSize, actionSize } = env;
    this.spec = {
      algorithm: 'ddpg-her',
      environment: config.environment,
      observationSize,
      actionSize,
      distribution: 'squashed-deterministic',
      outputSize: actionSize,
      hiddenSizes: config.hiddenSizes,
      activation: config.activation,
      observationClip: config.observationClip,
    };
    this.#config = config;
    this.#bounds = bounds;
    this.#networks = createNetworks(this.spec, config, env.count, networkGenerator);
    this.#update = createUpdate(this.#networks, config);
    this.#normalizer = new ObservationNormalizer(observationSize, { clip: config.observationClip });
    this.#normalized = {
      observations: new Float32Array(config.batchSize * observationSize),
      nextObservations: new Float32Array(config.batchSize * observationSize),
    };
    this.#explorationGenerator = explorationGenerator;
  }

  get device(): DeviceSide | undefined {
    return this.#update.device;
  }

  /** The policy's actions with normal noise, and now and then a random one. */
  explore = (observations: Float32Array, count: number, actions: Float32Array): void => {
    const { network } = this.#networks.actor;
    this.#normalizer.normalizeInto(observations, network.inputBuffer, count);
    const policyActions = network.forward(network.inputBuffer, count);
    const { actionSize } = this.spec;
    const { explorationNoise, randomActionProbability } = this.#config;
    const generator = this.#explorationGenerator;
    for (let row = 0; row < count; row++) {
      const isRandom = generator.random() < randomActionProbability;
      for (let at = row * actionSize; at < (row + 1) * actionSize; at++) {
        const action = isRandom
          ? generator.uniform(-1, 1)
          : policyActions[at] + explorationNoise * generator.standardNormal();
        actions[at] = Math.min(Math.max(action, -1), 1);
      }
    }
  };

  /** The statistics are those of what is learned from, goals taken in hindsight included. */
  update(batch: TransitionBatch): void {
    const { observations, nextObservations } = this.#normalized;
    this.#normalizer.update(batch.observations, batch.size);
    this.#normalizer.normalizeInto(batch.observations, observations, batch.size);
    this.#normalizer.normalizeInto(batch.nextObservations, nextObservations, batch.size);
    this.#update.run({ ...batch, observations, nextObservations });
  }

  takeStatistics(): Metrics {
    return this.#update.takeStatistics();
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    const { parameters } = this.#networks.actor;
    return policyTensors(this.spec, { parameters, normalizer: this.#normalizer, bounds: this.#bounds });
  }

  tensors(): [name: string, tensor: Tensor][] {
    const { critic, targetActor, targetCritic } = this.#networks;
    const targets = [...targetActor.parameters.tensors(), ...targetCritic.parameters.tensors()];
    return [
      ...this.policyTensors(),
      ...critic.parameters.tensors(),
      ...targets.map(([name, tensor]): [string, Tensor] => [`target.${name}`, tensor]),
      ...this.#update.optimizers.actor.tensors('adam.actor'),
      ...this.#update.optimizers.critic.tensors('adam.critic'),
    ];
  }

  saveState(): Record<string, unknown> {
    return { exploration: this.#explorationGenerator.getState() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void {
    const saved = parseState(stateSchema, state);
    const { actor, critic, targetActor, targetCritic } = this.#networks;
    const targets = withoutPrefix(tensors, 'target.');
    actor.parameters.load(tensors);
    critic.parameters.load(tensors);
    targetActor.parameters.load(targets);
    targetCritic.parameters.load(targets);
    this.#normalizer.restore(tensors);
    this.#update.optimizers.actor.load(tensors, 'adam.actor');
    this.#update.optimizers.critic.load(tensors, 'adam.critic');
    this.#update.reload();
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
  }

  /** Gives back what the update's engine holds on its device. */
  dispose(): void {
    this.#update.dispose();
  }
}

const createKernelUpdate: CreateDdpgUpdate = (networks, config) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config);
};
