import { type NamedTensors, tf } from '@understudy/tensor';
import type { MlpOptions } from './mlp-network.ts';
import type { Activation } from './network.ts';

/** What {@link applyMlp} needs to know beside the tensors. */
export type MlpForm = Pick<MlpOptions, 'activation' | 'outputActivation' | 'name'>;

/** Each from operations that tfjs differentiates twice. */
const activations: Record<Activation, (x: tf.Tensor2D) => tf.Tensor2D> = {
  identity: (x) => x,
  tanh: tf.tanh,
  relu: tf.relu,
  'leaky-relu': (x) => tf.leakyRelu(x, 0.01),
  elu: (x) => tf.add(tf.relu(x), tf.expm1(tf.minimum(x, 0))),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
};

/**
 * A multilayer perceptron as a tfjs function, on whichever backend is current: what `createMlpNetwork` computes, from
 * tensors of the same names and shapes.
 *
 * @param tensors - Holds `<name>.0.weight` `[in, out]`, `<name>.0.bias` `[out]`, and so on, among others.
 * @param inputs - `[batch, in]`
 * @returns `[batch, out]`; to be called within `tf.tidy` or a gradient.
 */
export function applyMlp(tensors: NamedTensors, inputs: tf.Tensor2D, form: MlpForm = {}): tf.Tensor2D {
  const { activation = 'tanh', outputActivation = 'identity', name = 'network' } = form;
  if (!tensors[`${name}.0.weight`]) throw new Error(`There are no tensors named ${name}.*.`);
  let values = inputs;
  for (let layer = 0; tensors[`${name}.${layer}.weight`]; layer++) {
    const weights = tensors[`${name}.${layer}.weight`] as tf.Tensor2D;
    const sums = tf.add(tf.matMul(values, weights), tensors[`${name}.${layer}.bias`]) as tf.Tensor2D;
    const isLast = !tensors[`${name}.${layer + 1}.weight`];
    values = activations[isLast ? outputActivation : activation](sums);
  }
  return values;
}
