import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type WasmBackend } from './wasm-backend.ts';

/** Below so many multiplications the stock kernel's plain loop is quicker than the calls that avoid it. */
const smallProduct = 4096;

let repaired = false;

/**
 * Replaces the WASM backend's matrix product where it is slow: transposed or batched ones run in a plain loop, ten times
 * slower than the others, and every backward pass is made of them. Here transposes are made first and batches are taken
 * one by one, so that all products run on the fast path.
 */
export function repairWasmMatMul(): void {
  if (repaired) return;
  const stock = kernelOf('BatchMatMul');
  const transpose = kernelOf('Transpose');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: 'wasm',
    kernelFunc: (request) => {
      const backend = request.backend as WasmBackend;
      const { a, b } = request.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = request.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const [rows, inner] = lastTwo(a.shape, transposeA);
      const [, columns] = lastTwo(b.shape, transposeB);
      const [batchA, batchB] = [batchOf(a), batchOf(b)];
      const batch = Math.max(batchA, batchB);
      const broadcasts = batchA !== batchB && batchA !== 1 && batchB !== 1;
      const small = rows * inner * columns <= smallProduct;
      const plain = !transposeA && !transposeB && batch === 1;
      if (plain || small || broadcasts || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(request);

      const made: tf.TensorInfo[] = [];
      const straighten = (x: tf.TensorInfo, isTransposed: boolean) => {
        if (!isTransposed) return x;
        const straight = transpose({ inputs: { x }, attrs: { perm: swapLastTwo(x.shape.length) }, backend });
        made.push(straight as tf.TensorInfo);
        return straight as tf.TensorInfo;
      };
      const left = straighten(a, transposeA);
      const right = straighten(b, transposeB);
      const product = (x: tf.TensorInfo, y: tf.TensorInfo) =>
        stock({ inputs: { a: x, b: y }, attrs: { transposeA: false, transposeB: false }, backend }) as tf.TensorInfo;
      const leading = (a.shape.length >= b.shape.length && batchA === batch ? a : b).shape.slice(0, -2);
      const result =
        batch === 1
          ? { ...product(left, right), shape: [...leading, rows, columns] }
          : batchedProduct(backend, product, { left, right, batch, shape: [...leading, rows, columns] });
      for (const { dataId } of made) backend.disposeData(dataId);
      return result;
    },
  });
  repaired = true;
}

interface BatchedProduct {
  /** `[batch or 1, rows, inner]` */
  left: tf.TensorInfo;
  /** `[batch or 1, inner, columns]` */
  right: tf.TensorInfo;
  batch: number;
  /** Of the result. */
  shape: number[];
}

/** One matrix after another, each copied out and its product copied in: copies are cheap beside the products. */
function batchedProduct(
  backend: WasmBackend,
  product: (x: tf.TensorInfo, y: tf.TensorInfo) => tf.TensorInfo,
  { left, right, batch, shape }: BatchedProduct,
): tf.TensorInfo {
  const result = backend.makeOutput(shape, 'float32');
  const size = sizeOf(shape.slice(-2));
  for (let i = 0; i < batch; i++) {
    const [x, y] = [matrixOf(backend, left, i), matrixOf(backend, right, i)];
    const z = product(x, y);
    backend.typedArrayFromHeap(result).set(backend.typedArrayFromHeap(z), i * size);
    // New data each time: the backend keeps packed weights by the data's id.
    for (const { dataId } of [x, y, z]) backend.disposeData(dataId);
  }
  return result;
}

/** A copy of the i-th matrix, or of the only one. */
function matrixOf(backend: WasmBackend, tensor: tf.TensorInfo, i: number): tf.TensorInfo {
  const shape = tensor.shape.slice(-2);
  const size = sizeOf(shape);
  const first = batchOf(tensor) === 1 ? 0 : i * size;
  const matrix = backend.makeOutput([1, ...shape], 'float32');
  const values = backend.typedArrayFromHeap(tensor).subarray(first, first + size);
  backend.typedArrayFromHeap(matrix).set(values);
  return matrix;
}

function kernelOf(name: string): tf.KernelFunc {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`The WASM backend has no kernel ${name}.`);
  return kernel.kernelFunc;
}

function batchOf({ shape }: tf.TensorInfo): number {
  return sizeOf(shape.slice(0, -2));
}

function lastTwo(shape: readonly number[], isTransposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

function swapLastTwo(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
}
