import { defaultRng, type Generator } from '@understudy/random';
import type { PolicySpec } from '@understudy/training';
import { createNetworks, type TrpoNetworks } from '../networks.ts';
import type { TrainingBatch } from '../surrogate.ts';

export const observationSize = 3;

/** What {@link createToy} makes. */
export interface ToyOptions {
  distribution: 'gaussian' | 'categorical';
  rows: number;
  hiddenSizes?: number[];
  maxBatch?: number;
  seed?: number;
}

/** A small policy whose every parameter differs from 0, and a rollout of its own with random advantages. */
export interface Toy {
  spec: PolicySpec;
  networks: TrpoNetworks;
  batch: TrainingBatch;
  generator: Generator;
}

/** Makes networks and a rollout for tests. */
export function createToy({ distribution, rows, hiddenSizes = [5, 4], maxBatch = 7, seed = 1 }: ToyOptions): Toy {
  const generator = defaultRng(seed);
  const discrete = distribution === 'categorical';
  const spec: PolicySpec = {
    algorithm: 'trpo',
    environment: 'Toy-v0',
    observationSize,
    actionSize: discrete ? 1 : 2,
    distribution,
    outputSize: discrete ? 4 : 2,
    hiddenSizes,
    activation: 'tanh',
    observationClip: null,
  };
  const networks = createNetworks(
    spec,
    { hiddenSizes, activation: 'tanh', initialLogStandardDeviation: -0.3 },
    maxBatch,
    generator,
  );
  for (const { parameters } of [networks.policy.parameters, networks.critic.parameters]) {
    for (let i = 0; i < parameters.length; i++) parameters[i] += 0.3 * generator.standardNormal();
  }
  const batch: TrainingBatch = {
    rows,
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * spec.actionSize),
    values: new Float32Array(rows),
    advantages: new Float32Array(rows),
    returns: new Float32Array(rows),
  };
  for (const column of [batch.observations, batch.advantages, batch.returns]) generator.fillNormal(column);
  const { actor, head } = networks.policy;
  const logProbabilities = new Float32Array(1);
  for (let row = 0; row < rows; row++) {
    const outputs = actor.forward(batch.observations.slice(row * observationSize, (row + 1) * observationSize), 1);
    const action = batch.actions.subarray(row * spec.actionSize, (row + 1) * spec.actionSize);
    head.sample(outputs, 1, generator, action, logProbabilities);
  }
  return { spec, networks, batch, generator };
}
