import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, type Tensor } from '@understudy/nn';
import { type PolicySpec, policyTensorShapes, policyTensors } from '../network-policy.ts';
import type { OffPolicyAgent } from '../off-policy/off-policy-learner.ts';
import type { TransitionBatch } from '../off-policy/transition-batch.ts';
import { tinySpec } from './drifting-learner.ts';

/** An agent whose every update adds the batch's figures to a parameter: any difference between two runs shows. */
export class NudgingAgent implements OffPolicyAgent {
  readonly spec: PolicySpec = { ...tinySpec, distribution: 'squashed-deterministic' };
  readonly #vector = allocateParameters(KernelMemory.create(), policyTensorShapes(this.spec));
  updates = 0;

  explore = (observations: Float32Array, count: number, actions: Float32Array): void => {
    for (let i = 0; i < count; i++) actions[i] = Math.tanh(observations[2 * i] + this.#vector.parameters[0]);
  };

  update({ rewards, discounts, observations }: TransitionBatch): void {
    this.updates++;
    for (const [i, reward] of rewards.entries()) {
      this.#vector.parameters[i % 4] += 1e-3 * (reward + discounts[i] + observations[2 * i]);
    }
  }

  takeStatistics() {
    return { updates: this.updates };
  }

  policyTensors(): [string, Tensor][] {
    return policyTensors(this.spec, { parameters: this.#vector });
  }

  tensors(): [string, Tensor][] {
    return this.#vector.tensors();
  }

  saveState() {
    return { updates: this.updates };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void {
    this.#vector.load(tensors);
    this.updates = state.updates as number;
  }
}
