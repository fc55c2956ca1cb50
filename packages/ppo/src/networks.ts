import { KernelMemory } from '@understudy/kernels';
import {
  allocateParameters,
  createMlpNetwork,
  initialiseNetwork,
  mlpTensors,
  type Network,
  orthogonal,
  type ParameterVector,
} from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { type ActionHead, createActionHead, type PolicySpec, policyTensorShapes } from '@understudy/training';
import type { PpoConfig } from './config.ts';

/** Actor and critic, which share no layer, with all their parameters in one vector for one optimiser. */
export interface PpoNetworks {
  /** `actor.*`, `log_standard_deviation` for continuous actions, `critic.*`. */
  parameters: ParameterVector;
  actor: Network;
  critic: Network;
  head: ActionHead;
}

/** Makes both networks with orthogonal weights: gain sqrt 2 in hidden layers, .01 for the actor's last, 1 the critic's. */
export function createNetworks(
  spec: PolicySpec,
  config: PpoConfig,
  maxBatch: number,
  generator: Generator,
): PpoNetworks {
  const { activation, hiddenSizes, initialLogStandardDeviation } = config;
  const actorSizes = [spec.observationSize, ...hiddenSizes, spec.outputSize];
  const criticSizes = [spec.observationSize, ...hiddenSizes, 1];
  const parameters = allocateParameters(KernelMemory.create(), [
    ...policyTensorShapes(spec),
    ...mlpTensors(criticSizes, 'critic'),
  ]);
  const actor = createMlpNetwork({ sizes: actorSizes, activation, maxBatch, name: 'actor' }, { parameters });
  const critic = createMlpNetwork({ sizes: criticSizes, activation, maxBatch, name: 'critic' }, { parameters });
  const hidden = orthogonal(Math.SQRT2);
  initialiseNetwork(actor, generator, { hidden, output: orthogonal(0.01) });
  initialiseNetwork(critic, generator, { hidden, output: orthogonal(1) });
  if (spec.distribution === 'gaussian') parameters.tensor('log_standard_deviation').fill(initialLogStandardDeviation);
  return { parameters, actor, critic, head: createActionHead(spec, parameters) };
}
