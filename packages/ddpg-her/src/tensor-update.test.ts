import { describeOffPolicyEngines } from '@understudy/training/testing/off-policy-engines';
import { DdpgHerAgent } from './agent.ts';
import { resolveDdpgHerConfig } from './config.ts';
import type { DdpgNetworks } from './networks.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { createReachVector, reach } from './testing/reach.ts';
import { createToy } from './testing/toy-ddpg.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

const vectorsOf = ({ actor, critic, targetActor, targetCritic }: DdpgNetworks) =>
  [actor, critic, targetActor, targetCritic].map(({ parameters }) => parameters);

describeOffPolicyEngines({
  name: 'ddpg-her',
  environment: 'Reach-v0',
  variants: [
    { clipTargets: true, activation: 'relu' },
    { clipTargets: false, activation: 'tanh', tau: 0.3, actionPenalty: 0.2 },
  ],
  // Clipped targets stay finite whatever the rewards are.
  settings: { clipTargets: false },
  createUpdates(settings) {
    const [ours, theirs] = [createToy(4, settings), createToy(4, settings)];
    return {
      batch: ours.batch,
      tensor: { update: new TensorUpdate(ours.networks, ours.config), vectors: vectorsOf(ours.networks) },
      kernels: { update: new KernelUpdate(theirs.networks, theirs.config), vectors: vectorsOf(theirs.networks) },
    };
  },
  async createAgent(settings, env, bounds, loadsUpdate) {
    const config = resolveDdpgHerConfig(settings);
    return new DdpgHerAgent(config, env, bounds, loadsUpdate ? await loadTensorUpdate(config) : undefined);
  },
  train,
  makeEnv: (horizon) => createReachVector({ horizon }),
  hooks: reach(),
  observation: [0, 0.7, 0.2],
});
