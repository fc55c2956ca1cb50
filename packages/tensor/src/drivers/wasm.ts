import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { phraseOf } from '../optional-package.ts';
import { repairWasmConvolutionGradients } from '../repairs/wasm-convolution-gradients.ts';
import { repairWasmMatMul } from '../repairs/wasm-mat-mul.ts';
import { repairWasmSegmentSum } from '../repairs/wasm-segment-sum.ts';
import { repairWasmTanh } from '../repairs/wasm-tanh.ts';
import type { BackendDriver } from './driver.ts';

/** TensorFlow.js's WebAssembly backend with SIMD, on one thread, with its slow and missing kernels replaced. */
export const wasmDriver: BackendDriver = {
  name: 'wasm',
  summary: 'WebAssembly with SIMD',
  remedy: 'use a Node with WebAssembly SIMD',
  synchronous: true,
  async find() {
    try {
      if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
        return { available: false, reason: 'this Node has no WebAssembly SIMD' };
      }
    } catch (error) {
      return { available: false, reason: phraseOf(error) };
    }
    return { available: true, detail: `tfjs ${tf.version_core}, SIMD, one thread`, activate };
  },
};

async function activate(): Promise<void> {
  await tf.setBackend('wasm');
  repairWasmMatMul();
  repairWasmTanh();
  repairWasmSegmentSum();
  repairWasmConvolutionGradients();
}
