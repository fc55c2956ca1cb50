import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, type ParameterVector } from '@understudy/nn';
import { defaultRng, type GeneratorState } from '@understudy/random';
import type { Checkpoint } from '../checkpoint.ts';
import type { Metrics } from '../metrics-file.ts';
import { type PolicySpec, policyTensorShapes, policyTensors } from '../network-policy.ts';
import type { Learner } from '../run-training.ts';

/** The spec of a tiny policy. */
export const tinySpec: PolicySpec = {
  algorithm: 'drift',
  environment: 'Ramp-v0',
  observationSize: 2,
  actionSize: 1,
  distribution: 'gaussian',
  outputSize: 1,
  hiddenSizes: [3],
  activation: 'tanh',
  observationClip: null,
};

/** A learner that learns nothing: its parameters take random steps, and its score is one of them. */
export class DriftingLearner implements Learner {
  readonly spec = tinySpec;
  readonly unit = 'steps';
  readonly totalSteps: number;
  readonly parameters: ParameterVector = allocateParameters(KernelMemory.create(), policyTensorShapes(tinySpec));
  readonly #generator;
  #iteration = 0;

  constructor(iterations: number, seed: number) {
    this.totalSteps = 100 * iterations;
    this.#generator = defaultRng(seed);
  }

  get step(): number {
    return 100 * this.#iteration;
  }

  get finished(): boolean {
    return this.step >= this.totalSteps;
  }

  get score(): number {
    return this.parameters.parameters[0];
  }

  iterate(): Metrics {
    const { parameters } = this.parameters;
    for (let i = 0; i < parameters.length; i++) parameters[i] += this.#generator.standardNormal();
    this.#iteration++;
    return { step: this.step, score: this.score };
  }

  policyTensors() {
    return policyTensors(this.spec, { parameters: this.parameters });
  }

  save(): Checkpoint {
    return { tensors: new Map(this.policyTensors()), state: { at: this.#iteration, rng: this.#generator.getState() } };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = state as { at: number; rng: GeneratorState };
    this.parameters.load(tensors);
    this.#iteration = saved.at;
    this.#generator.setState(saved.rng);
  }

  results(): Metrics {
    return { score: this.score };
  }
}
