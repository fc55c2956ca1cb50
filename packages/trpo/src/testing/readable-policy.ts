import * as tf from '@tensorflow/tfjs-core';
import type { ParameterVector } from '@understudy/nn';
import type { PolicySpec } from '@understudy/training';

/** The policy's parameters as TensorFlow.js tensors, in the order of the vector's layout. */
export function tensorsOf({ layout, parameters }: ParameterVector): tf.Tensor[] {
  return layout.map(({ shape, offset }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(parameters.slice(offset, offset + size), [...shape]);
  });
}

/** Tensors of the vector's layout as one flat array. */
export function flatten(tensors: readonly tf.Tensor[]): number[] {
  return tensors.flatMap((tensor) => [...tensor.dataSync()]);
}

/** The network's outputs, tanh between the layers. */
export function outputsOf(spec: PolicySpec, tensors: readonly tf.Tensor[], observations: tf.Tensor2D): tf.Tensor2D {
  const layers = spec.hiddenSizes.length + 1;
  let values = observations;
  for (let i = 0; i < layers; i++) {
    const outputs = tf.add(tf.matMul(values, tensors[2 * i] as tf.Tensor2D), tensors[2 * i + 1]) as tf.Tensor2D;
    values = i + 1 < layers ? tf.tanh(outputs) : outputs;
  }
  return values;
}

const logSoftmax = (logits: tf.Tensor2D) => tf.sub(logits, tf.log(tf.sum(tf.exp(logits), 1, true))) as tf.Tensor2D;

/** Mean KL(old || new), as the definitions have it, with autodiff through the new policy. */
export function meanKl(
  spec: PolicySpec,
  old: readonly tf.Tensor[],
  tensors: readonly tf.Tensor[],
  inputs: tf.Tensor2D,
) {
  const oldOutputs = outputsOf(spec, old, inputs);
  const outputs = outputsOf(spec, tensors, inputs);
  if (spec.distribution === 'categorical') {
    const logOld = logSoftmax(oldOutputs);
    return tf.mean(tf.sum(tf.mul(tf.exp(logOld), tf.sub(logOld, logSoftmax(outputs))), 1)) as tf.Scalar;
  }
  const [logOld, logNew] = [old, tensors].map((list) => list[list.length - 1]);
  const squares = tf.add(tf.exp(tf.mul(2, logOld)), tf.square(tf.sub(oldOutputs, outputs)));
  const scaled = tf.mul(squares, tf.mul(0.5, tf.exp(tf.mul(-2, logNew))));
  return tf.mean(tf.sum(tf.sub(tf.add(tf.sub(logNew, logOld), scaled), 0.5), 1)) as tf.Scalar;
}

/** Log-probabilities of the actions, `[rows]`. */
export function logProbabilities(
  spec: PolicySpec,
  tensors: readonly tf.Tensor[],
  inputs: tf.Tensor2D,
  actions: Float32Array,
) {
  const outputs = outputsOf(spec, tensors, inputs);
  if (spec.distribution === 'categorical') {
    const chosen = tf.oneHot(tf.tensor1d([...actions], 'int32'), spec.outputSize);
    return tf.sum(tf.mul(tf.cast(chosen, 'float32'), logSoftmax(outputs)), 1);
  }
  const logDeviation = tensors[tensors.length - 1];
  const z = tf.div(tf.sub(tf.tensor2d(actions, outputs.shape), outputs), tf.exp(logDeviation));
  return tf.sum(tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logDeviation), 0.5 * Math.log(2 * Math.PI)), 1);
}

/** Mean entropy. */
export function meanEntropy(spec: PolicySpec, tensors: readonly tf.Tensor[], inputs: tf.Tensor2D): tf.Scalar {
  if (spec.distribution === 'categorical') {
    const logP = logSoftmax(outputsOf(spec, tensors, inputs));
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logP), logP), 1))) as tf.Scalar;
  }
  return tf.sum(tf.add(tensors[tensors.length - 1], 0.5 + 0.5 * Math.log(2 * Math.PI))) as tf.Scalar;
}
