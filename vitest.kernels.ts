import { createRequire } from 'node:module';
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.base.ts';

/** Whether the native kernels are built and load here. Set UNDERSTUDY_REQUIRE_NATIVE to make it an error when not. */
function hasNativeKernels(): boolean {
  const { nativeKernels } = createRequire(import.meta.url)('@understudy/kernels-native');
  const status = nativeKernels();
  if (!status.available && process.env.UNDERSTUDY_REQUIRE_NATIVE) throw new Error(status.reason);
  return status.available;
}

/** Node 20 can do relaxed SIMD, but only when told; later ones need not be. */
const execArgv = Number.parseInt(process.versions.node, 10) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

const project = (engine: 'wasm' | 'native', own: object = {}) => ({
  extends: true as const,
  test: { name: engine, env: { UNDERSTUDY_KERNELS: engine }, execArgv, ...own },
});

/** What no engine of the kernels makes a difference to. */
const engineless = '**/tensor-network.*test.ts';

/** Runs a package's tests once on each of the kernels' engines. `*.native.test.ts` are about the addon alone. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      projects: [
        project('wasm', { exclude: ['**/node_modules/**', '**/dist/**', '**/*.native.test.ts'] }),
        ...(hasNativeKernels()
          ? [project('native', { exclude: ['**/node_modules/**', '**/dist/**', engineless] })]
          : []),
      ],
    },
  }),
);
