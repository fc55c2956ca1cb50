import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  type ActionBounds,
  type DeviceSide,
  type Metrics,
  type OffPolicyAgent,
  type PolicySpec,
  parseState,
  policyTensors,
  spawnGenerators,
  type TransitionBatch,
  withoutPrefix,
} from '@understudy/training';
import { z } from 'zod';
import type { Td3Config } from './config.ts';
import { createNetworks, type Td3Networks } from './networks.ts';
import { type CreateTd3Update, KernelUpdate, type Td3Update } from './update.ts';

const jsonObject = z.record(z.string(), z.unknown());
const stateSchema = z.object({ exploration: jsonObject, updates: jsonObject });

/** Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018, arXiv 1802.09477). */
export class Td3Agent implements OffPolicyAgent {
  readonly spec: PolicySpec;
  readonly #config: Td3Config;
  readonly #networks: Td3Networks;
  readonly #update: Td3Update;
  readonly #bounds: ActionBounds;
  readonly #explorationGenerator: Generator;
  readonly #updateGenerator: Generator;

  /**
   * @param createUpdate - Makes the update of the configured engine; that of the kernels by default. The tensor engine's
   *   is what `loadTensorUpdate` gives.
   */
  constructor(
    config: Td3Config,
    env: VectorEnv,
    bounds: ActionBounds,
    createUpdate: CreateTd3Update = createKernelUpdate,
  ) {
    // The learner's loop has taken the first two children of the seed.
    const [, , networkGenerator, explorationGenerator, updateGenerator] = spawnGenerators(config.seed, 5);
    this.spec = {
      algorithm: 'td3',
      environment: config.environment,
      observationSize: env.observationSize,
      actionSize: env.actionSize,
      distribution: 'squashed-deterministic',
      outputSize: env.actionSize,
      hiddenSizes: config.hiddenSizes,
      activation: config.activation,
      observationClip: null,
    };
    this.#config = config;
    this.#bounds = bounds;
    this.#networks = createNetworks(this.spec, config, env.count, networkGenerator);
    this.#update = createUpdate(this.#networks, config);
    this.#explorationGenerator = explorationGenerator;
    this.#updateGenerator = updateGenerator;
  }

  get device(): DeviceSide | undefined {
    return this.#update.device;
  }

  /** The policy's actions with normal noise, on the kernels whatever the engine. */
  explore = (observations: Float32Array, count: number, actions: Float32Array): void => {
    const policyActions = this.#networks.actor.network.forward(observations, count);
    const { explorationNoise } = this.#config;
    for (let i = 0; i < actions.length; i++) {
      const noise = explorationNoise * this.#explorationGenerator.standardNormal();
      actions[i] = Math.min(Math.max(policyActions[i] + noise, -1), 1);
    }
  };

  update(batch: TransitionBatch): void {
    this.#update.run(batch, this.#updateGenerator);
  }

  takeStatistics(): Metrics {
    return this.#update.takeStatistics();
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, { parameters: this.#networks.actor.parameters, bounds: this.#bounds });
  }

  tensors(): [name: string, tensor: Tensor][] {
    const { critics, targetActor, targetCritics } = this.#networks;
    const targets = [...targetActor.parameters.tensors(), ...targetCritics.parameters.tensors()];
    return [
      ...this.policyTensors(),
      ...critics.parameters.tensors(),
      ...targets.map(([name, tensor]): [string, Tensor] => [`target.${name}`, tensor]),
      ...this.#update.optimizers.actor.tensors('adam.actor'),
      ...this.#update.optimizers.critics.tensors('adam.critics'),
    ];
  }

  saveState(): Record<string, unknown> {
    return { exploration: this.#explorationGenerator.getState(), updates: this.#updateGenerator.getState() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void {
    const saved = parseState(stateSchema, state);
    const { actor, critics, targetActor, targetCritics } = this.#networks;
    const targets = withoutPrefix(tensors, 'target.');
    actor.parameters.load(tensors);
    critics.parameters.load(tensors);
    targetActor.parameters.load(targets);
    targetCritics.parameters.load(targets);
    this.#update.optimizers.actor.load(tensors, 'adam.actor');
    this.#update.optimizers.critics.load(tensors, 'adam.critics');
    this.#update.reload();
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
    this.#updateGenerator.setState(saved.updates as unknown as GeneratorState);
  }

  /** Gives back what the update's engine holds on its device. */
  dispose(): void {
    this.#update.dispose();
  }
}

const createKernelUpdate: CreateTd3Update = (networks, config) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config);
};
