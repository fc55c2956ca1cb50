import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs an update and makes sure that as many tensors are alive after it as before: what an update leaves behind fills the
 * memory of a long training. Let what is made once, as buffers are, be made by an update before.
 *
 * @throws Error that tells how many were left or disposed too many.
 */
export async function leakCheck(update: () => unknown): Promise<void> {
  const before = tf.memory();
  await update();
  const after = tf.memory();
  const tensors = after.numTensors - before.numTensors;
  const buffers = after.numDataBuffers - before.numDataBuffers;
  if (tensors === 0 && buffers === 0) return;
  const bytes = after.numBytes - before.numBytes;
  const what = tensors > 0 || buffers > 0 ? 'leaves' : 'takes away';
  throw new Error(
    `The update ${what} ${Math.abs(tensors)} tensors with ${Math.abs(buffers)} buffers of ${Math.abs(bytes)} bytes in all; dispose them or use tf.tidy.`,
  );
}
