import type { KernelMemory } from '@understudy/kernels';
import {
  type Activation,
  allocateParameters,
  createMlpNetwork,
  type MlpNetwork,
  mlpTensors,
  type ParameterVector,
} from '@understudy/nn';

/** Critics of one form, Q(observation, action), in one vector for one optimiser. */
export interface TwinCritics {
  /** `critic1.*` and `critic2.*`. */
  readonly parameters: ParameterVector;
  readonly first: MlpNetwork;
  readonly second: MlpNetwork;
  /** `[maxBatch, observationSize + actionSize]`, both critics' inputs, which they read in place. */
  readonly inputs: Float32Array;
}

/** Arguments of {@link createTwinCritics}. */
export interface CriticOptions {
  observationSize: number;
  actionSize: number;
  hiddenSizes: readonly number[];
  activation: Activation;
  maxBatch: number;
}

/** Makes two critics with parameters of their own (Fujimoto et al. 2018, arXiv 1802.09477); all zeros. */
export function createTwinCritics(memory: KernelMemory, options: CriticOptions): TwinCritics {
  const { observationSize, actionSize, hiddenSizes, activation, maxBatch } = options;
  const sizes = [observationSize + actionSize, ...hiddenSizes, 1];
  const parameters = allocateParameters(memory, [...mlpTensors(sizes, 'critic1'), ...mlpTensors(sizes, 'critic2')]);
  const [first, second] = ['critic1', 'critic2'].map((name) =>
    createMlpNetwork({ sizes, activation, maxBatch, name }, { parameters }),
  );
  return { parameters, first, second, inputs: memory.float32(maxBatch * sizes[0]) };
}

/** Writes observations and actions side by side, row for row: a critic's inputs. */
export function joinRows(target: Float32Array, observations: Float32Array, actions: Float32Array, batch: number): void {
  const observationSize = observations.length / batch;
  const actionSize = actions.length / batch;
  const width = observationSize + actionSize;
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < observationSize; i++) target[row * width + i] = observations[row * observationSize + i];
    const at = row * width + observationSize;
    for (let k = 0; k < actionSize; k++) target[at + k] = actions[row * actionSize + k];
  }
}

/**
 * A critic's loss, half the mean squared error onto targets, and its derivative by the values.
 *
 * @param values - `[batch]`
 * @param targets - `[batch]`
 * @param gradients - `[batch]`, overwritten.
 * @returns The loss.
 */
export function criticLoss(values: Float32Array, targets: Float32Array, gradients: Float32Array): number {
  const batch = targets.length;
  let loss = 0;
  for (let i = 0; i < batch; i++) {
    const error = values[i] - targets[i];
    gradients[i] = error / batch;
    loss += error * error;
  }
  return (0.5 * loss) / batch;
}

/** The tensors whose names begin with `prefix`, under the rest of their names. */
export function withoutPrefix<T>(tensors: ReadonlyMap<string, T>, prefix: string): Map<string, T> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
