// Compiles assembly/ to dist/kernels.wasm, and to dist/kernels-fused.wasm with relaxed SIMD's multiply-add.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const baseDir = fileURLToPath(new URL('.', import.meta.url));

async function compile(outFile, features) {
  const { error, stderr } = await asc.main([
    'assembly/index.ts',
    ...['--baseDir', baseDir, '--outFile', outFile],
    ...['-O3', '--noAssert', '--runtime', 'stub', ...features.flatMap((feature) => ['--enable', feature])],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65535'],
  ]);
  process.stderr.write(stderr.toString());
  if (error) process.exitCode = 1;
}

await mkdir(new URL('dist/', import.meta.url), { recursive: true });
await compile('dist/kernels.wasm', ['simd', 'threads']);
await compile('dist/kernels-fused.wasm', ['simd', 'relaxed-simd', 'threads']);
