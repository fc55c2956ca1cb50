import * as tf from '@tensorflow/tfjs-core';
import { findOptionalPackage, importOptionalPackage, phraseOf } from '../optional-package.ts';
import type { BackendDriver, Finding } from './driver.ts';

/** What of WebGPU's types is used here. */
interface Adapter {
  info?: { vendor?: string; architecture?: string; device?: string; description?: string; isFallbackAdapter?: boolean };
  isFallbackAdapter?: boolean;
}
interface Gpu {
  requestAdapter(options?: object): Promise<Adapter | null>;
}

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'] as const;

/** Drivers that draw on the processor. */
const softwareNames = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** Any GPU with a Vulkan, Metal or Direct3D 12 driver, by Dawn (npm `webgpu`). Its tensors can only be awaited. */
export const webgpuDriver: BackendDriver = {
  name: 'webgpu',
  summary: 'any GPU, by WebGPU',
  remedy:
    'run "npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0" where a GPU has a Vulkan, Metal or D3D12 driver',
  synchronous: false,
  async find() {
    const files = packages.map(findOptionalPackage);
    const missing = packages.filter((_, i) => files[i] === undefined);
    if (missing.length > 0) {
      return {
        available: false,
        reason: `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed`,
        missing,
      };
    }
    try {
      return await findAdapter(files[0] as string, files[1] as string);
    } catch (error) {
      return { available: false, reason: `webgpu fails to load (${phraseOf(error)})` };
    }
  },
};

async function findAdapter(dawn: string, backend: string): Promise<Finding> {
  const { create, globals } = (await importOptionalPackage(dawn)) as {
    create(flags: string[]): Gpu;
    globals: Record<string, unknown>;
  };
  foundGpu ??= create([]);
  const gpu = foundGpu;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { available: false, reason: 'there is no GPU with a Vulkan, Metal or Direct3D 12 driver' };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const detail = description || [vendor, architecture, device].filter((part) => part).join(' ') || 'an unnamed GPU';
  const software =
    Boolean(adapter.isFallbackAdapter ?? isFallbackAdapter) || softwareNames.test(`${detail} ${architecture}`);
  return {
    available: true,
    detail: software ? `${detail}, a software adapter` : detail,
    software,
    async activate() {
      Object.assign(globalThis, globals);
      offerGpu(gpu);
      await importOptionalPackage(backend);
      await tf.setBackend('webgpu');
    },
  };
}

/** One instance a process. */
let foundGpu: Gpu | undefined;

/** Puts `navigator.gpu`, where the backend looks for it, into a Node that has a `navigator` or none. */
function offerGpu(gpu: Gpu): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true });
  } else {
    Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
  }
}
