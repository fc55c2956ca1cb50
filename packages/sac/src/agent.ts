import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  type ActionBounds,
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
import { SacUpdate } from './update.ts';

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

  constructor(config: SacConfig, env: VectorEnv, bounds: ActionBounds) {
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
    this.#update = new SacUpdate(this.#networks, config, env.actionSize);
    this.#explored = new SquashedActions(env.count, env.actionSize);
    this.#explorationGenerator = explorationGenerator;
    this.#updateGenerator = updateGenerator;
  }

  /** Samples from the policy. */
  explore = (observations: Float32Array, count: number, actions: Float32Array): void => {
    this.#explored.draw(this.#networks.actor.forward(observations, count), count, this.#explorationGenerator);
    actions.set(this.#explored.actions);
  };

  update(batch: TransitionBatch): void {
    this.#update.run(batch, this.#updateGenerator);
  }

  takeStatistics(): Metrics {
    const { updates, criticLoss, actorLoss, value, entropy } = this.#update.statistics;
    const mean = (sum: number) => (updates === 0 ? null : sum / updates);
    const metrics = {
      criticLoss: mean(criticLoss),
      actorLoss: mean(actorLoss),
      value: mean(value),
      entropy: mean(entropy),
      temperature: this.#update.temperature,
    };
    this.#update.clearStatistics();
    return metrics;
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, { parameters: this.#networks.actorParameters, bounds: this.#bounds });
  }

  tensors(): [name: string, tensor: Tensor][] {
    const { critics, targets, temperature } = this.#networks;
    const { actorOptimizer, criticOptimizer, temperatureOptimizer } = this.#update;
    return [
      ...this.policyTensors(),
      ...critics.parameters.tensors(),
      ...targets.parameters.tensors().map(([name, tensor]): [string, Tensor] => [`target.${name}`, tensor]),
      ...temperature.tensors(),
      ...actorOptimizer.tensors('adam.actor'),
      ...criticOptimizer.tensors('adam.critics'),
      ...temperatureOptimizer.tensors('adam.temperature'),
    ];
  }

  saveState(): Record<string, unknown> {
    return { exploration: this.#explorationGenerator.getState(), updates: this.#updateGenerator.getState() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void {
    const saved = parseState(stateSchema, state);
    const { actorParameters, critics, targets, temperature } = this.#networks;
    const { actorOptimizer, criticOptimizer, temperatureOptimizer } = this.#update;
    actorParameters.load(tensors);
    critics.parameters.load(tensors);
    targets.parameters.load(withoutPrefix(tensors, 'target.'));
    temperature.load(tensors);
    actorOptimizer.load(tensors, 'adam.actor');
    criticOptimizer.load(tensors, 'adam.critics');
    temperatureOptimizer.load(tensors, 'adam.temperature');
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
    this.#updateGenerator.setState(saved.updates as unknown as GeneratorState);
  }
}
