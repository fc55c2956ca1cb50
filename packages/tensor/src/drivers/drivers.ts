import * as tf from '@tensorflow/tfjs-core';
import { cpuDriver } from './cpu.ts';
import type { BackendDriver } from './driver.ts';
import { cudaDriver, tensorflowDriver } from './tensorflow.ts';
import { wasmDriver } from './wasm.ts';
import { webgpuDriver } from './webgpu.ts';

/** Every backend's driver, best first. */
export const drivers: readonly BackendDriver[] = [cudaDriver, tensorflowDriver, webgpuDriver, wasmDriver, cpuDriver];

// Without it tfjs fills stderr with advice, and with complaints when an optional package brings its own copy of it.
tf.enableProdMode();
