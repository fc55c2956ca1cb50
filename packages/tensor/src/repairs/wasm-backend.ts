import type * as tf from '@tensorflow/tfjs-core';

/** What of tfjs's WebAssembly backend the kernels here use. */
export interface WasmBackend {
  /** A new, uninitialised tensor on the heap. */
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  /** A tensor's numbers as a view of the heap, valid until something is allocated. */
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
  disposeData(dataId: object): boolean;
}

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
