import * as tf from '@tensorflow/tfjs-core';

let repaired = false;

interface Conv2dAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: [number, number, number, number];
}

/**
 * Adds the kernel behind the gradient of `tf.conv2d` by its filter, which the WASM backend lacks: for each place in the
 * filter, the product of the inputs that it met with the gradients of what came out.
 */
export function repairWasmConvolutionGradients(): void {
  if (repaired) return;
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return filterGradient(x, dy, attrs as unknown as Conv2dAttributes);
    },
  });
  repaired = true;
}

/** @param x - `[batch, height, width, in]` @param dy - `[batch, outHeight, outWidth, out]` */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attributes: Conv2dAttributes): tf.Tensor4D {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attributes;
  if (dataFormat !== 'NHWC') throw new Error('The gradient of conv2d on WASM takes the data format NHWC.');
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { inChannels, outChannels, batchSize } = info;
  return tf.tidy(() => {
    const { top, bottom, left, right } = padInfo;
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]) as tf.Tensor4D;
    const gradients = tf.reshape(dy, [-1, outChannels]) as tf.Tensor2D;
    const places: tf.Tensor2D[] = [];
    for (let row = 0; row < filterHeight; row++) {
      for (let column = 0; column < filterWidth; column++) {
        const met = tf.stridedSlice(
          padded,
          [0, row, column, 0],
          [batchSize, row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1, inChannels],
          [1, strideHeight, strideWidth, 1],
        );
        places.push(tf.matMul(tf.reshape(met, [-1, inChannels]) as tf.Tensor2D, gradients, true, false));
      }
    }
    return tf.reshape(tf.stack(places), filterShape) as tf.Tensor4D;
  });
}
