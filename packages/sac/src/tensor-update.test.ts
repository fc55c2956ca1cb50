import { describeOffPolicyEngines } from '@understudy/training/testing/off-policy-engines';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { SacAgent } from './agent.ts';
import { resolveSacConfig } from './config.ts';
import type { SacNetworks } from './networks.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { actionSize, createToy } from './testing/toy-sac.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

const vectorsOf = ({ actorParameters, critics, targets, temperature }: SacNetworks) => [
  actorParameters,
  critics.parameters,
  targets.parameters,
  temperature,
];

describeOffPolicyEngines({
  name: 'sac',
  environment: 'PointMass-v0',
  variants: [
    { temperature: 'auto', activation: 'relu' },
    { temperature: 0.3, activation: 'tanh', tau: 0.3 },
  ],
  createUpdates(settings) {
    const [ours, theirs] = [createToy(4, settings), createToy(4, settings)];
    const tensor = new TensorUpdate(ours.networks, ours.config, actionSize);
    const kernels = new KernelUpdate(theirs.networks, theirs.config, actionSize);
    return {
      batch: ours.batch,
      tensor: { update: tensor, vectors: vectorsOf(ours.networks) },
      kernels: { update: kernels, vectors: vectorsOf(theirs.networks) },
    };
  },
  async createAgent(settings, env, bounds, loadsUpdate) {
    const config = resolveSacConfig(settings);
    return new SacAgent(config, env, bounds, loadsUpdate ? await loadTensorUpdate(config) : undefined);
  },
  train,
  makeEnv: (horizon) => createPointMass({ count: 2, horizon }),
  observation: [0.7],
});
