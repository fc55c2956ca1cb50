// tfjs-core's CommonJS build registers no gradients, and its separate file of them is no module that Node can load. The
// build of tfjs-layers carries and registers them all, for whichever copy of tfjs-core runs.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { repairSecondOrder } from './repairs/second-order.ts';

/** Steps between two values, whose derivative is 0: they meet second derivatives in the gradients of minima and clips. */
const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'];

/** Makes sure that operations can be differentiated, twice too. */
export function registerGradients(): void {
  if (!tf.getGradient('Tanh')) throw new Error('@tensorflow/tfjs-layers has registered no gradients.');
  for (const kernelName of comparisons) {
    if (tf.getGradient(kernelName)) continue;
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
    });
  }
  repairSecondOrder();
}
