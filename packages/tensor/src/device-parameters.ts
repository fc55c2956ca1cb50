import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '@understudy/errors';

/** Where one named tensor lies inside a flat parameter vector; a `ParameterSlot` of `@understudy/nn`. */
export interface TensorSlot {
  name: string;
  shape: readonly number[];
  offset: number;
}

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/**
 * Named parameters that live on the device as one flat tensor, so that one optimiser step covers them all. They are copied
 * from and to a flat vector of the same layout only when asked: for acting, for checkpoints.
 */
export class DeviceParameters {
  readonly layout: readonly TensorSlot[];
  /** Elements. */
  readonly size: number;
  readonly #sizes: number[];
  #flat: tf.Tensor1D;

  /**
   * @param layout - Tensors one after another, without gaps: a `ParameterVector`'s or a `Network`'s layout.
   * @param values - `[size]`; zeros by default.
   */
  constructor(layout: readonly TensorSlot[], values?: Float32Array) {
    this.layout = layout;
    this.#sizes = layout.map(({ shape }) => tf.util.sizeFromShape([...shape]));
    this.size = this.#sizes.reduce((sum, size) => sum + size, 0);
    let end = 0;
    layout.forEach(({ name, offset }, i) => {
      if (offset !== end)
        throw new Error(`The tensor ${name} begins at ${offset} where the one before ends at ${end}.`);
      end += this.#sizes[i];
    });
    this.#flat = tf.keep(tf.zeros([this.size]));
    if (values) this.write(values);
  }

  /** All parameters, `[size]`; {@link replace} and {@link write} dispose it. */
  get flat(): tf.Tensor1D {
    return this.#flat;
  }

  /** Makes `flat` the parameters, and its own: it is disposed with them. */
  replace(flat: tf.Tensor1D): void {
    if (flat.size !== this.size) throw new Error(`${flat.size} numbers are given for ${this.size} parameters.`);
    this.#flat.dispose();
    this.#flat = tf.keep(flat);
  }

  /** Copies all parameters to the device. @throws InputError when there are more or fewer. */
  write(values: Float32Array): void {
    if (values.length !== this.size) {
      throw new InputError(
        `The vector holds ${values.length} numbers where the device's parameters are ${this.size}; use one of the same layout.`,
      );
    }
    // A copy, since some backends keep the array that they are given.
    this.replace(tf.tensor1d(values.slice()));
  }

  /** Copies all parameters from the device. @param out - `[size]`, overwritten. */
  async read(out: Float32Array): Promise<void> {
    out.set(await this.#flat.data());
  }

  /**
   * The tensors by name. To be called within `tf.tidy` or a gradient, which dispose them.
   *
   * @param flat - Other parameters of this layout; gradients flow through.
   */
  named(flat: tf.Tensor1D = this.#flat): NamedTensors {
    // One operation whose gradient is one operation too, whatever the number of tensors.
    const parts = this.layout.length === 1 ? [flat] : tf.split(flat, this.#sizes);
    return Object.fromEntries(this.layout.map(({ name, shape }, i) => [name, tf.reshape(parts[i], [...shape])]));
  }

  /** Moves towards `source`, of the same layout, by the share `tau`: `this += tau * (source - this)`. */
  polyakUpdate(source: DeviceParameters, tau: number): void {
    this.replace(tf.tidy(() => tf.add(this.#flat, tf.mul(tf.sub(source.flat, this.#flat), tau)) as tf.Tensor1D));
  }

  dispose(): void {
    this.#flat.dispose();
  }
}
