import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { findOptionalPackage, importOptionalPackage, phraseOf } from '../optional-package.ts';
import type { BackendDriver, Finding } from './driver.ts';

/** What of `@tensorflow/tfjs-node`'s backend tells what it runs on. */
interface NodeBackend {
  isUsingGpuDevice?: boolean;
  binding?: { TF_Version?: string };
}

/** Both packages register one backend of this name: a process can have only one of them. */
const backendName = 'tensorflow';
let loaded: string | undefined;

/** TensorFlow's C library on an NVIDIA GPU. */
export const cudaDriver: BackendDriver = {
  name: 'cuda',
  summary: 'TensorFlow on an NVIDIA GPU',
  remedy: 'run "npm install @tensorflow/tfjs-node-gpu@4.22.0" where CUDA 11.2 and cuDNN 8.1 are installed',
  synchronous: true,
  async find() {
    const finding = await findNodeBackend('@tensorflow/tfjs-node-gpu');
    if (!finding.available) return finding;
    const { isUsingGpuDevice } = tf.findBackend(backendName) as NodeBackend;
    return isUsingGpuDevice ? finding : { available: false, reason: 'TensorFlow finds no GPU with its CUDA libraries' };
  },
};

/** TensorFlow's C library on the processor, on all its cores. */
export const tensorflowDriver: BackendDriver = {
  name: 'tensorflow',
  summary: 'TensorFlow on the processor',
  remedy: 'run "npm install @tensorflow/tfjs-node@4.22.0"',
  synchronous: true,
  find: () => findNodeBackend(loaded ?? '@tensorflow/tfjs-node'),
};

async function findNodeBackend(name: string): Promise<Finding> {
  const file = findOptionalPackage(name);
  if (file === undefined) return { available: false, reason: `${name} is not installed`, missing: [name] };
  const before = tf.engine().backendName;
  try {
    restoreRemovedUtilities();
    // Else TensorFlow tells about the processor on stderr.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    await importOptionalPackage(file);
    loaded = name;
    // Loading it makes it tfjs's current backend, which is for activate to do.
    if (before) tf.setBackend(before);
    const { binding } = tf.findBackend(backendName) as NodeBackend;
    const detail = `TensorFlow ${binding?.TF_Version ?? 'of unknown version'}`;
    return { available: true, detail, activate: async () => void (await tf.setBackend(backendName)) };
  } catch (error) {
    return { available: false, reason: `${name} fails to load (${phraseOf(error)})` };
  }
}

/** tfjs-node 4.22 calls a function that Node 23 took out of `util`. */
function restoreRemovedUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
