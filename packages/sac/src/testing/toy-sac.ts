import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec, type TransitionBatch } from '@understudy/training';
import { resolveSacConfig, type SacConfig, type SacOptions } from '../config.ts';
import { createNetworks, type SacNetworks } from '../networks.ts';

export const batchSize = 32;
export const observationSize = 3;
export const actionSize = 2;

/** Small networks whose targets differ from the critics, and a made-up batch. */
export interface ToySac {
  config: SacConfig;
  networks: SacNetworks;
  batch: TransitionBatch;
}

/** Makes them; the same seed makes the same ones. */
export function createToy(seed: number, options: Partial<SacOptions> = {}): ToySac {
  const generator = defaultRng(seed);
  const hiddenSizes = [8, 7];
  const config = resolveSacConfig({ environment: 'Toy-v0', batchSize, hiddenSizes, ...options });
  const spec: PolicySpec = {
    algorithm: 'sac',
    environment: 'Toy-v0',
    observationSize,
    actionSize,
    distribution: 'squashed-gaussian',
    outputSize: 2 * actionSize,
    hiddenSizes,
    activation: config.activation,
    observationClip: null,
  };
  const networks = createNetworks(spec, config, 1, generator);
  // Far from 0, some log standard deviations meet the clamp.
  networks.actorParameters.tensor('actor.2.bias')[actionSize] = 2.2;
  const { parameters } = networks.targets.parameters;
  for (let i = 0; i < parameters.length; i++) parameters[i] += 0.1 * generator.standardNormal();
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 2);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : 0.99;
  return { config, networks, batch };
}
