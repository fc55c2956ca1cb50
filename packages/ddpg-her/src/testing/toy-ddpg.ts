import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec, type TransitionBatch } from '@understudy/training';
import { type DdpgHerConfig, type DdpgHerOptions, resolveDdpgHerConfig } from '../config.ts';
import { createNetworks, type DdpgNetworks } from '../networks.ts';

const batchSize = 24;
const observationSize = 3;
const actionSize = 2;
const gamma = 0.8;

/** Small networks whose targets differ from what they follow, and a made-up batch. */
export interface ToyDdpg {
  config: DdpgHerConfig;
  networks: DdpgNetworks;
  batch: TransitionBatch;
}

/** Makes them; the same seed makes the same ones. */
export function createToy(seed: number, options: Partial<DdpgHerOptions> = {}): ToyDdpg {
  const generator = defaultRng(seed);
  const config = resolveDdpgHerConfig({ environment: 'Toy-v0', batchSize, gamma, hiddenSizes: [8, 7], ...options });
  const spec: PolicySpec = {
    algorithm: 'ddpg-her',
    environment: 'Toy-v0',
    observationSize,
    actionSize,
    distribution: 'squashed-deterministic',
    outputSize: actionSize,
    hiddenSizes: config.hiddenSizes,
    activation: config.activation,
    observationClip: 5,
  };
  const networks = createNetworks(spec, config, 1, generator);
  for (const vector of [networks.targetActor.parameters, networks.targetCritic.parameters]) {
    for (let i = 0; i < vector.size; i++) vector.parameters[i] += 0.2 * generator.standardNormal();
  }
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 3);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : gamma;
  return { config, networks, batch };
}
