import { KernelMemory } from '@understudy/kernels';
import {
  Adam,
  allocateParameters,
  createMlpNetwork,
  initialiseNetwork,
  type MlpNetwork,
  mlpTensors,
  type ParameterVector,
  polyakUpdate,
  pytorchLinear,
} from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { type PolicySpec, policyTensorShapes } from '@understudy/training';
import type { DdpgHerConfig } from './config.ts';

/** A network and the vector that holds its parameters. */
export interface OwnedNetwork {
  network: MlpNetwork;
  parameters: ParameterVector;
}

/** All networks of DDPG, in one memory. */
export interface DdpgNetworks {
  /** Its outputs are the actions, in [-1, 1]. */
  actor: OwnedNetwork;
  /** Q(observation, action); its inputs are both side by side. */
  critic: OwnedNetwork;
  /** Slowly follow the trained ones. */
  targetActor: OwnedNetwork;
  targetCritic: OwnedNetwork;
  /** `[batch, observationSize + actionSize]`, inputs that both critics read in place. */
  criticInputs: Float32Array;
}

/** What moves the networks; kept here on every engine, for checkpoints. */
export interface DdpgOptimizers {
  actor: Adam;
  critic: Adam;
}

/** Makes the optimisers. */
export function createOptimizers({ actor, critic }: DdpgNetworks, { learningRate }: DdpgHerConfig): DdpgOptimizers {
  return {
    actor: new Adam(actor.parameters, { learningRate }),
    critic: new Adam(critic.parameters, { learningRate }),
  };
}

/** Makes all networks with PyTorch's initialisation; targets equal what they follow. */
export function createNetworks(
  spec: PolicySpec,
  { activation, batchSize, hiddenSizes }: DdpgHerConfig,
  envs: number,
  generator: Generator,
): DdpgNetworks {
  const memory = KernelMemory.create();
  const { observationSize, actionSize } = spec;
  const actorSizes = [observationSize, ...hiddenSizes, actionSize];
  const criticSizes = [observationSize + actionSize, ...hiddenSizes, 1];
  const createActor = (): OwnedNetwork => {
    const parameters = allocateParameters(memory, policyTensorShapes(spec));
    const maxBatch = Math.max(batchSize, envs);
    const form = { sizes: actorSizes, activation, outputActivation: 'tanh', maxBatch, name: 'actor' } as const;
    return { network: createMlpNetwork(form, { parameters }), parameters };
  };
  const createCritic = (): OwnedNetwork => {
    const parameters = allocateParameters(memory, mlpTensors(criticSizes, 'critic'));
    const form = { sizes: criticSizes, activation, maxBatch: batchSize, name: 'critic' };
    return { network: createMlpNetwork(form, { parameters }), parameters };
  };
  const networks: DdpgNetworks = {
    actor: createActor(),
    critic: createCritic(),
    targetActor: createActor(),
    targetCritic: createCritic(),
    criticInputs: memory.float32(batchSize * criticSizes[0]),
  };
  const uniform = { hidden: pytorchLinear(), output: pytorchLinear(), bias: pytorchLinear() };
  for (const { network } of [networks.actor, networks.critic]) initialiseNetwork(network, generator, uniform);
  followNetworks(networks, 1);
  return networks;
}

/** Moves the targets towards what they follow. @param tau - 1 copies. */
export function followNetworks({ actor, critic, targetActor, targetCritic }: DdpgNetworks, tau: number): void {
  polyakUpdate(targetActor.parameters, actor.parameters, tau);
  polyakUpdate(targetCritic.parameters, critic.parameters, tau);
}
