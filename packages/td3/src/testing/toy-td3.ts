import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec, type TransitionBatch } from '@understudy/training';
import { resolveTd3Config, type Td3Config, type Td3Options } from '../config.ts';
import { createNetworks, type Td3Networks } from '../networks.ts';

export const batchSize = 24;
const observationSize = 3;
const actionSize = 2;

/** Small networks whose targets differ from what they follow, and a made-up batch. */
export interface ToyTd3 {
  config: Td3Config;
  networks: Td3Networks;
  batch: TransitionBatch;
}

/** Makes them; the same seed makes the same ones. */
export function createToy(seed: number, options: Partial<Td3Options> = {}): ToyTd3 {
  const generator = defaultRng(seed);
  const hiddenSizes = [8, 7];
  const config = resolveTd3Config({ environment: 'Toy-v0', batchSize, hiddenSizes, ...options });
  const spec: PolicySpec = {
    algorithm: 'td3',
    environment: 'Toy-v0',
    observationSize,
    actionSize,
    distribution: 'squashed-deterministic',
    outputSize: actionSize,
    hiddenSizes,
    activation: config.activation,
    observationClip: null,
  };
  const networks = createNetworks(spec, config, 1, generator);
  for (const vector of [networks.targetActor.parameters, networks.targetCritics.parameters]) {
    for (let i = 0; i < vector.size; i++) vector.parameters[i] += 0.2 * generator.standardNormal();
  }
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 2);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : 0.99;
  return { config, networks, batch };
}
