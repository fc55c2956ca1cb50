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
import type { SacConfig } from './config.ts';
import { createNetworks, type SacNetworks } from './networks.ts';
import { SquashedActions } from './squashed-actions.ts';
import { type CreateSacUpdate, KernelUpdate, type SacUpdate } from './update.ts';

const jsonObject = z.record(z.string(), z.unknown());
const stateSchema = z.object({ exploration: jsonObject, updates: jsonObject });

/**
 * Soft actor-critic with a learned temperature (Haarnoja et al. 2018, arXiv 1812.05905): off-policy, maximum entropy.
 */
export class SacAgent implements OffPolicyAgent {
  readonly spec: PolicySpec;
  readonly #networks: SacNetworks;
  readonly #update: SacUpdate;
  readonly #bounds: ActionBounds;
  readonly #explored: SquashedActions;
  readonly #explorationGenerator: Generator;
  readonly #updateGenerator: Generator;

  /**
   * @param createUpdate - Makes the update of the configured engine; that of the kernels by default. The tensor engine's
   *   is what `loadTensorUpdate` gives.
   */
  constructor(
    config: SacConfig,
    env: VectorEnv,
    bounds: ActionBounds,
    createUpdate: CreateSacUpdate = createKernelUpdate,
  ) {
    // The learner's loop has taken the first two children of the seed.
    const [, , networkGenerator, explorationGenerator, updateGenerator] = spawnGenerators(config.seed, 5);
    this.spec = {
      algorithm: 'sac',
      environment: config.environment,
      observationSize: env.observationSize,
      actionSize: env.actionSize,
      distribution: 'squashed-gaussian',
      outputSize: 2 * env.actionSize,
      hiddenSizes: config.hiddenSizes,
      activation: config.activation,
      observationClip: null,
    };
    this.#bounds = bounds;
    this.#networks = createNetworks(this.spec, config, env.count, networkGenerator);
    this.#update = createUpdate(this.#networks, config, env.actionSize);
    this.#explored = new SquashedActions(env.count, env.actionSize);
    this.#explorationGenerator = explorationGenerator;
    this.#updateGenerator = updateGenerator;
  }

  get device(): DeviceSide | undefined {
    return this.#update.device;
  }

  /** Samples from the policy, on the kernels whatever the engine. */
  explore = (observations: Float32Array, count: number, actions: Float32Array): void => {
    this.#explored.draw(this.#networks.actor.forward(observations, count), count, this.#explorationGenerator);
    actions.set(this.#explored.actions);
  };

  update(batch: TransitionBatch): void {
    this.#update.run(batch, this.#updateGenerator);
  }

  takeStatistics(): Metrics {
    return { ...this.#update.takeStatistics(), temperature: Math.exp(this.#networks.temperature.parameters[0]) };
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, { parameters: this.#networks.actorParameters, bounds: this.#bounds });
  }

  tensors(): [name: string, tensor: Tensor][] {
    const { critics, targets, temperature } = this.#networks;
    const { optimizers } = this.#update;
    return [
      ...this.policyTensors(),
      ...critics.parameters.tensors(),
      ...targets.parameters.tensors().map(([name, tensor]): [string, Tensor] => [`target.${name}`, tensor]),
      ...temperature.tensors(),
      ...optimizers.actor.tensors('adam.actor'),
      ...optimizers.critics.tensors('adam.critics'),
      ...optimizers.temperature.tensors('adam.temperature'),
    ];
  }

  saveState(): Record<string, unknown> {
    return { exploration: this.#explorationGenerator.getState(), updates: this.#updateGenerator.getState() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void {
    const saved = parseState(stateSchema, state);
    const { actorParameters, critics, targets, temperature } = this.#networks;
    const { optimizers } = this.#update;
    actorParameters.load(tensors);
    critics.parameters.load(tensors);
    targets.parameters.load(withoutPrefix(tensors, 'target.'));
    temperature.load(tensors);
    optimizers.actor.load(tensors, 'adam.actor');
    optimizers.critics.load(tensors, 'adam.critics');
    optimizers.temperature.load(tensors, 'adam.temperature');
    this.#update.reload();
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
    this.#updateGenerator.setState(saved.updates as unknown as GeneratorState);
  }

  /** Gives back what the update's engine holds on its device. */
  dispose(): void {
    this.#update.dispose();
  }
}

const createKernelUpdate: CreateSacUpdate = (networks, config, actionSize) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config, actionSize);
};
