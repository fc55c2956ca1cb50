import * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from './wasm-backend.ts';

/** Beyond this the approximation is 1 to float32's last digit. */
const bound = 7.905311107635498;

let repaired = false;

/** Replaces the WASM backend's tanh, which takes 19 ns a number, by {@link fillTanh}. */
export function repairWasmTanh(): void {
  if (repaired) return;
  tf.unregisterKernel('Tanh', 'wasm');
  tf.registerKernel({
    kernelName: 'Tanh',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const heap = backend as WasmBackend;
      const { x } = inputs as { x: tf.TensorInfo };
      const result = heap.makeOutput(x.shape, 'float32');
      fillTanh(heap.typedArrayFromHeap(x), heap.typedArrayFromHeap(result));
      return result;
    },
  });
  repaired = true;
}

/**
 * tanh by the rational function of degrees 13 and 6 that Eigen and XLA use, within 4e-7. NaN stays NaN.
 *
 * @param y - Overwritten; as long as `x`.
 */
export function fillTanh(x: ArrayLike<number>, y: Float32Array | Int32Array): void {
  for (let i = 0; i < y.length; i++) {
    const value = x[i];
    const z = Math.min(Math.max(value, -bound), bound);
    const s = z * z;
    const odd =
      4.89352455891786e-3 +
      s *
        (6.37261928875436e-4 +
          s *
            (1.48572235717979e-5 +
              s *
                (5.12229709037114e-8 +
                  s * (-8.60467152213735e-11 + s * (2.00018790482477e-13 + s * -2.76076847742355e-16)))));
    const even = 4.89352518554385e-3 + s * (2.268434632439e-3 + s * (1.18534705686654e-4 + s * 1.19825839466702e-6));
    y[i] = (z * odd) / even;
  }
}
