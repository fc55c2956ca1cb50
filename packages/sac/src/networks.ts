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
import type { SacConfig } from './config.ts';

/** All networks of soft actor-critic, in one memory, so that each reads the others' results where they lie. */
export interface SacNetworks {
  actor: MlpNetwork;
  actorParameters: ParameterVector;
  critics: TwinCritics;
  /** Slowly follow the critics. */
  targets: TwinCritics;
  /** `log_temperature`, one number. */
  temperature: ParameterVector;
}

/** What moves the networks; kept here on every engine, for checkpoints. */
export interface SacOptimizers {
  actor: Adam;
  critics: Adam;
  temperature: Adam;
}

/** Makes the optimisers. */
export function createOptimizers(
  { actorParameters, critics, temperature }: SacNetworks,
  { learningRate }: SacConfig,
): SacOptimizers {
  return {
    actor: new Adam(actorParameters, { learningRate }),
    critics: new Adam(critics.parameters, { learningRate }),
    temperature: new Adam(temperature, { learningRate }),
  };
}

/** Makes all networks with PyTorch's initialisation, as the reference implementations have it; targets equal critics. */
export function createNetworks(spec: PolicySpec, config: SacConfig, envs: number, generator: Generator): SacNetworks {
  const { activation, batchSize, hiddenSizes } = config;
  const memory = KernelMemory.create();
  const maxBatch = Math.max(batchSize, envs);
  const actorParameters = allocateParameters(memory, policyTensorShapes(spec));
  const actorSizes = [spec.observationSize, ...hiddenSizes, spec.outputSize];
  const actor = createMlpNetwork(
    { sizes: actorSizes, activation, maxBatch, name: 'actor' },
    { parameters: actorParameters },
  );
  const { observationSize, actionSize } = spec;
  const criticOptions = { observationSize, actionSize, hiddenSizes, activation, maxBatch: batchSize };
  const critics = createTwinCritics(memory, criticOptions);
  const targets = createTwinCritics(memory, criticOptions);
  const uniform = { hidden: pytorchLinear(), output: pytorchLinear(), bias: pytorchLinear() };
  for (const network of [actor, critics.first, critics.second]) initialiseNetwork(network, generator, uniform);
  polyakUpdate(targets.parameters, critics.parameters, 1);
  const temperature = allocateParameters(memory, [{ name: 'log_temperature', shape: [1] }]);
  temperature.parameters[0] = config.temperature === 'auto' ? 0 : Math.log(config.temperature);
  return { actor, actorParameters, critics, targets, temperature };
}
