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
import type { Td3Config } from './config.ts';
import { createNetworks, type Td3Networks } from './networks.ts';
import { Td3Update } from './update.ts';

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

  constructor(config: Td3Config, env: VectorEnv, bounds: ActionBounds) {
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
    this.#update = new Td3Update(this.#networks, config, env.actionSize);
    this.#explorationGenerator = explorationGenerator;
    this.#updateGenerator = updateGenerator;
  }

  /** The policy's actions with normal noise. */
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
    const { updates, actorUpdates, criticLoss, value } = this.#update.statistics;
    const metrics = {
      criticLoss: updates === 0 ? null : criticLoss / updates,
      value: actorUpdates === 0 ? null : value / actorUpdates,
    };
    this.#update.clearStatistics();
    return metrics;
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
      ...this.#update.actorOptimizer.tensors('adam.actor'),
      ...this.#update.criticOptimizer.tensors('adam.critics'),
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
    this.#update.actorOptimizer.load(tensors, 'adam.actor');
    this.#update.criticOptimizer.load(tensors, 'adam.critics');
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
    this.#updateGenerator.setState(saved.updates as unknown as GeneratorState);
  }
}
