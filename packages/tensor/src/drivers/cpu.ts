import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendDriver } from './driver.ts';

/** tfjs's reference backend in plain JavaScript: always there, 10 to 100 times slower than WebAssembly. */
export const cpuDriver: BackendDriver = {
  name: 'cpu',
  summary: 'plain JavaScript',
  remedy: 'nothing is needed',
  synchronous: true,
  async find() {
    return {
      available: true,
      detail: `tfjs ${tf.version_core}`,
      activate: async () => void (await tf.setBackend('cpu')),
    };
  },
};
