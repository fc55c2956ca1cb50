import { describeOffPolicyEngines } from '@understudy/training/testing/off-policy-engines';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { Td3Agent } from './agent.ts';
import { resolveTd3Config } from './config.ts';
import type { Td3Networks } from './networks.ts';
import { loadTensorUpdate, TensorUpdate } from './tensor-update.ts';
import { createToy } from './testing/toy-td3.ts';
import { train } from './train.ts';
import { KernelUpdate } from './update.ts';

const vectorsOf = ({ actor, critics, targetActor, targetCritics }: Td3Networks) =>
  [actor, critics, targetActor, targetCritics].map(({ parameters }) => parameters);

describeOffPolicyEngines({
  name: 'td3',
  environment: 'PointMass-v0',
  variants: [
    { policyDelay: 2, activation: 'relu' },
    { policyDelay: 1, activation: 'tanh', tau: 0.3, targetNoise: 0.6 },
  ],
  policyDelay: 2,
  createUpdates(settings) {
    const [ours, theirs] = [createToy(4, settings), createToy(4, settings)];
    return {
      batch: ours.batch,
      tensor: { update: new TensorUpdate(ours.networks, ours.config), vectors: vectorsOf(ours.networks) },
      kernels: { update: new KernelUpdate(theirs.networks, theirs.config), vectors: vectorsOf(theirs.networks) },
    };
  },
  async createAgent(settings, env, bounds, loadsUpdate) {
    const config = resolveTd3Config(settings);
    return new Td3Agent(config, env, bounds, loadsUpdate ? await loadTensorUpdate(config) : undefined);
  },
  train,
  makeEnv: (horizon) => createPointMass({ count: 2, horizon }),
  observation: [0.7],
});
