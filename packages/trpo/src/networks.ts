import { KernelMemory } from '@understudy/kernels';
import {
  allocateParameters,
  createMlpNetwork,
  initialiseNetwork,
  mlpTensors,
  type Network,
  orthogonal,
  type ParameterVector,
  type TwiceDifferentiableNetwork,
} from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { type ActionHead, createActionHead, type PolicySpec, policyTensorShapes } from '@understudy/training';
import type { TrpoConfig } from './config.ts';
import { createPolicyDivergence, type PolicyDivergence } from './policy-divergence.ts';

/** What the trust region holds. */
export interface TrpoPolicy {
  /** `actor.*` first, then `log_standard_deviation` for continuous actions. */
  parameters: ParameterVector;
  actor: TwiceDifferentiableNetwork;
  head: ActionHead;
  divergence: PolicyDivergence;
}

/** What the value regression changes. */
export interface TrpoCritic {
  /** `critic.*` */
  parameters: ParameterVector;
  network: Network;
}

/** Policy and critic, which share no parameter. */
export interface TrpoNetworks {
  policy: TrpoPolicy;
  critic: TrpoCritic;
}

/** Makes both networks with orthogonal weights: gain sqrt 2 in hidden layers, .01 for the actor's last, 1 the critic's. */
export function createNetworks(
  spec: PolicySpec,
  config: Pick<TrpoConfig, 'activation' | 'hiddenSizes' | 'initialLogStandardDeviation'>,
  maxBatch: number,
  generator: Generator,
): TrpoNetworks {
  const { activation, hiddenSizes, initialLogStandardDeviation } = config;
  const memory = KernelMemory.create();
  const parameters = allocateParameters(memory, policyTensorShapes(spec));
  const sizes = [spec.observationSize, ...hiddenSizes, spec.outputSize];
  const actor = createMlpNetwork({ sizes, activation, maxBatch, name: 'actor' }, { parameters });
  const hidden = orthogonal(Math.SQRT2);
  initialiseNetwork(actor, generator, { hidden, output: orthogonal(0.01) });
  if (spec.distribution === 'gaussian') parameters.tensor('log_standard_deviation').fill(initialLogStandardDeviation);
  const criticSizes = [spec.observationSize, ...hiddenSizes, 1];
  const criticParameters = allocateParameters(memory, mlpTensors(criticSizes, 'critic'));
  const network = createMlpNetwork(
    { sizes: criticSizes, activation, maxBatch, name: 'critic' },
    { parameters: criticParameters },
  );
  initialiseNetwork(network, generator, { hidden, output: orthogonal(1) });
  return {
    policy: {
      parameters,
      actor,
      head: createActionHead(spec, parameters),
      divergence: createPolicyDivergence(spec, parameters),
    },
    critic: { parameters: criticParameters, network },
  };
}
