import { InputError } from '@understudy/errors';
import type { KernelMemory } from './kernel-memory.ts';

export interface AdamStep {
  /** Changed in place. This and the other vectors are views of the memory, of one length. */
  parameters: Float32Array;
  gradients: Float32Array;
  /** Running mean of the gradients; zero before the first step. */
  firstMoment: Float32Array;
  /** Running mean of the squared gradients; zero before the first step. */
  secondMoment: Float32Array;
  /** Which step this is, from 1. */
  step: number;
  learningRate: number;
  /** 0.9 unless told. */
  beta1?: number;
  /** 0.999 unless told. */
  beta2?: number;
  /** 1e-8 unless told. */
  epsilon?: number;
  /** Decoupled (AdamW), 0 unless told: parameters shrink by `learningRate * weightDecay` a step. */
  weightDecay?: number;
  /** The gradient counts as scaled down to this norm where it is longer; the vector itself is left as it is. */
  maxGradientNorm?: number;
}

/**
 * One step of Adam (Kingma and Ba 2015) or, with `weightDecay`, AdamW (Loshchilov and Hutter 2019), as PyTorch computes
 * it. A gradient that holds NaN makes every parameter NaN when clipping is on, as it does there.
 *
 * @returns The gradient's norm before clipping when `maxGradientNorm` is given, else NaN.
 */
export function adam(memory: KernelMemory, options: AdamStep): number {
  const { parameters, gradients, firstMoment, secondMoment, step, learningRate } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, maxGradientNorm } = options;
  const length = parameters.length;
  checkView(memory, parameters, length, 'parameters');
  checkView(memory, gradients, length, 'gradients');
  checkView(memory, firstMoment, length, 'first moment');
  checkView(memory, secondMoment, length, 'second moment');
  if (!(step >= 1)) throw new InputError(`Adam's step is ${step}: count from 1.`);
  let norm = Number.NaN;
  let gradientScale = 1;
  if (maxGradientNorm !== undefined) {
    norm = Math.sqrt(memory.kernels.sumOfSquares(gradients.byteOffset, length));
    if (maxGradientNorm < Infinity) gradientScale = Math.min(1, maxGradientNorm / (norm + 1e-6));
  }
  memory.kernels.adam(
    parameters.byteOffset,
    gradients.byteOffset,
    firstMoment.byteOffset,
    secondMoment.byteOffset,
    length,
    gradientScale,
    1 - learningRate * weightDecay,
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
  );
  return norm;
}

/** The Euclidean norm of a view of the memory. */
export function globalNorm(memory: KernelMemory, vector: Float32Array): number {
  checkView(memory, vector, vector.length, 'vector');
  return Math.sqrt(memory.kernels.sumOfSquares(vector.byteOffset, vector.length));
}

/** Multiplies a view of the memory by `factor`. */
export function scale(memory: KernelMemory, vector: Float32Array, factor: number): void {
  checkView(memory, vector, vector.length, 'vector');
  memory.kernels.scale(vector.byteOffset, vector.length, factor);
}

/** Sets a view of the memory to `value`. */
export function fill(memory: KernelMemory, vector: Float32Array, value: number): void {
  checkView(memory, vector, vector.length, 'vector');
  memory.kernels.fill(vector.byteOffset, vector.length, value);
}

/** Moves `target` towards `source` by the share `tau`: `target += tau * (source - target)`. */
export function polyak(memory: KernelMemory, target: Float32Array, source: Float32Array, tau: number): void {
  checkView(memory, target, target.length, 'target');
  checkView(memory, source, target.length, 'source');
  memory.kernels.polyak(target.byteOffset, source.byteOffset, target.length, tau);
}

function checkView(memory: KernelMemory, view: Float32Array, length: number, name: string): void {
  if (view.length !== length || !memory.owns(view)) {
    throw new InputError(`The ${name} hold ${view.length} numbers: give a view of the memory with ${length}.`);
  }
}
