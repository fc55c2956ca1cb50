import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type WasmBackend } from './wasm-backend.ts';

let repaired = false;

/** Adds the kernel behind the gradient of `tf.gather`, which the WASM backend lacks. */
export function repairWasmSegmentSum(): void {
  if (repaired) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const heap = backend as WasmBackend;
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const inner = x.shape.slice(1);
      const width = sizeOf(inner);
      const result = heap.makeOutput([numSegments, ...inner], 'float32');
      const sums = heap.typedArrayFromHeap(result).fill(0);
      const values = heap.typedArrayFromHeap(x);
      const ids = heap.typedArrayFromHeap(segmentIds);
      for (let row = 0; row < ids.length; row++) {
        const id = ids[row];
        // As on the other backends, rows of no segment count nowhere.
        if (id < 0 || id >= numSegments) continue;
        for (let k = 0; k < width; k++) sums[id * width + k] += values[row * width + k];
      }
      return result;
    },
  });
  repaired = true;
}
