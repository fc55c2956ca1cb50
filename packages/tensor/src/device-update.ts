import * as tf from '@tensorflow/tfjs-core';
import type { DeviceParameters, NamedTensors } from './device-parameters.ts';
import { FlatAdam, type FlatAdamOptions, type FlatAdamState } from './flat-adam.ts';

/** What a loss function returns. */
export interface DeviceLossValue {
  /** What is minimised, a scalar. */
  loss: tf.Scalar;
  /** Scalars to report; always the same ones. */
  statistics?: Readonly<Record<string, tf.Scalar>>;
}

/**
 * A loss, written once as a function of named parameters and a batch of tensors. It runs within `tf.tidy`.
 *
 * @param parameters - The tensors being trained.
 * @param batch - Whatever the loss needs; its tensors stay the caller's.
 */
export type DeviceLoss<Batch> = (parameters: NamedTensors, batch: Batch) => DeviceLossValue;

/** Arguments of {@link DeviceUpdate}. */
export interface DeviceUpdateOptions<Batch> {
  parameters: DeviceParameters;
  loss: DeviceLoss<Batch>;
  optimizer?: FlatAdamOptions;
}

/** A gradient and what its loss told, on the device: the caller's, until {@link DeviceUpdate.apply} takes them. */
export interface DeviceGradient {
  /** `[size]`, laid out as the parameters. */
  gradient: tf.Tensor1D;
  loss: tf.Scalar;
  statistics: Record<string, tf.Scalar>;
}

/** Means over the steps since the last call of {@link DeviceUpdate.takeStatistics}. */
export type DeviceStatistics = Record<string, number> & { steps: number; loss: number; gradientNorm: number };

/**
 * Minimises a loss by Adam with everything on the device: parameters, gradients, optimiser and the sums of the statistics.
 * Nothing is read back but the statistics, and these only when asked.
 */
export class DeviceUpdate<Batch> {
  readonly parameters: DeviceParameters;
  readonly #loss: DeviceLoss<Batch>;
  readonly #optimizer: FlatAdam;
  #names: readonly string[] = [];
  /** Of `loss`, `gradientNorm` and the loss's own statistics. */
  #sums: tf.Tensor1D | undefined;
  #steps = 0;

  constructor({ parameters, loss, optimizer }: DeviceUpdateOptions<Batch>) {
    this.parameters = parameters;
    this.#loss = loss;
    this.#optimizer = new FlatAdam(parameters.size, optimizer);
  }

  /** Optimiser steps taken in all. */
  get optimizerSteps(): number {
    return this.#optimizer.steps;
  }

  /** The gradient of the loss, the caller's to dispose or to {@link apply}. */
  gradient(batch: Batch): DeviceGradient {
    const statistics: Record<string, tf.Scalar> = {};
    const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) => {
      const result = this.#loss(this.parameters.named(flat as tf.Tensor1D), batch);
      // Kept, or they would go with what is needed for the gradient alone; cloned, since the loss may be one of them.
      for (const [name, scalar] of Object.entries(result.statistics ?? {})) {
        statistics[name] = tf.keep(tf.clone(scalar));
      }
      return result.loss;
    })(this.parameters.flat);
    return { gradient: grad as tf.Tensor1D, loss: value as tf.Scalar, statistics };
  }

  /** One step of Adam on a batch. Nothing is read back. */
  step(batch: Batch, learningRate: number): void {
    this.apply(this.gradient(batch), learningRate);
  }

  /**
   * One step of Adam along what {@link gradient} gave, and disposes it: {@link step} in two parts, where another update
   * needs one of the statistics in between.
   */
  apply({ gradient, loss, statistics }: DeviceGradient, learningRate: number): void {
    const { parameters, gradientNorm } = this.#optimizer.step(this.parameters.flat, gradient, learningRate);
    this.parameters.replace(parameters);
    this.#addStatistics({ loss, gradientNorm, ...statistics });
    tf.dispose([gradient, loss, gradientNorm, ...Object.values(statistics)]);
  }

  /**
   * Reads the statistics' means back and begins anew; all NaN when no step was taken. It waits for the steps before: call
   * it every hundred steps or so on a GPU, whose driver's queue is not endless.
   */
  async takeStatistics(): Promise<DeviceStatistics> {
    const steps = this.#steps;
    const sums = this.#sums ? await this.#sums.data() : [];
    this.#clearStatistics();
    const means = Object.fromEntries(this.#names.map((name, i) => [name, (sums[i] ?? Number.NaN) / steps]));
    return { loss: Number.NaN, gradientNorm: Number.NaN, ...means, steps };
  }

  /** What the optimiser has learnt, for checkpoints. */
  saveOptimizer(): Promise<FlatAdamState> {
    return this.#optimizer.save();
  }

  /** @throws InputError when the state is that of another number of parameters. */
  restoreOptimizer(state: FlatAdamState): void {
    this.#optimizer.restore(state);
  }

  /** Gives the optimiser's and the statistics' tensors back; the parameters are their maker's. */
  dispose(): void {
    this.#optimizer.dispose();
    this.#clearStatistics();
  }

  #clearStatistics(): void {
    this.#sums?.dispose();
    this.#sums = undefined;
    this.#steps = 0;
  }

  #addStatistics(statistics: Record<string, tf.Scalar>): void {
    this.#names = Object.keys(statistics);
    const sums = tf.tidy(() => {
      const values = tf.stack(Object.values(statistics)) as tf.Tensor1D;
      return this.#sums ? tf.add(this.#sums, values) : values;
    }) as tf.Tensor1D;
    this.#sums?.dispose();
    this.#sums = tf.keep(sums);
    this.#steps += 1;
  }
}
