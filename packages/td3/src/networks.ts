import { KernelMemory } from '@understudy/kernels';
import {
  Adam,
  allocateParameters,
  createMlpNetwork,
  initialiseNetwork,
  type MlpNetwork,
  type ParameterVector,
  polyakUpdate,
  pytorchLinear,
} from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { createTwinCritics, type PolicySpec, policyTensorShapes, type TwinCritics } from '@understudy/training';
import type { Td3Config } from './config.ts';

/** A policy whose outputs are the actions, in [-1, 1], and the vector that holds it. */
export interface Actor {
  network: MlpNetwork;
  parameters: ParameterVector;
}

/** All networks of TD3, in one memory. */
export interface Td3Networks {
  actor: Actor;
  critics: TwinCritics;
  /** Slowly follow the trained ones. */
  targetActor: Actor;
  targetCritics: TwinCritics;
}

/** What moves the networks; kept here on every engine, for checkpoints. */
export interface Td3Optimizers {
  actor: Adam;
  critics: Adam;
}

/** Makes the optimisers. */
export function createOptimizers({ actor, critics }: Td3Networks, { learningRate }: Td3Config): Td3Optimizers {
  return {
    actor: new Adam(actor.parameters, { learningRate }),
    critics: new Adam(critics.parameters, { learningRate }),
  };
}

/** Makes all networks with PyTorch's initialisation, as the authors have it; targets equal what they follow. */
export function createNetworks(
  spec: PolicySpec,
  { activation, batchSize, hiddenSizes }: Td3Config,
  envs: number,
  generator: Generator,
): Td3Networks {
  const memory = KernelMemory.create();
  const maxBatch = Math.max(batchSize, envs);
  const { observationSize, actionSize } = spec;
  const createActor = (): Actor => {
    const parameters = allocateParameters(memory, policyTensorShapes(spec));
    const sizes = [observationSize, ...hiddenSizes, actionSize];
    const form = { sizes, activation, outputActivation: 'tanh', maxBatch, name: 'actor' } as const;
    return { network: createMlpNetwork(form, { parameters }), parameters };
  };
  const criticOptions = { observationSize, actionSize, hiddenSizes, activation, maxBatch: batchSize };
  const networks: Td3Networks = {
    actor: createActor(),
    critics: createTwinCritics(memory, criticOptions),
    targetActor: createActor(),
    targetCritics: createTwinCritics(memory, criticOptions),
  };
  const { actor, critics } = networks;
  const uniform = { hidden: pytorchLinear(), output: pytorchLinear(), bias: pytorchLinear() };
  for (const network of [actor.network, critics.first, critics.second]) initialiseNetwork(network, generator, uniform);
  followNetworks(networks, 1);
  return networks;
}

/** Moves the targets towards what they follow. @param tau - 1 copies. */
export function followNetworks({ actor, critics, targetActor, targetCritics }: Td3Networks, tau: number): void {
  polyakUpdate(targetActor.parameters, actor.parameters, tau);
  polyakUpdate(targetCritics.parameters, critics.parameters, tau);
}
