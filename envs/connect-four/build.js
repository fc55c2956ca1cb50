// Compiles assembly/ to dist/solver.wasm.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

await mkdir(new URL('dist/', import.meta.url), { recursive: true });
const { error, stderr } = await asc.main([
  'assembly/index.ts',
  ...['--baseDir', fileURLToPath(new URL('.', import.meta.url)), '--outFile', 'dist/solver.wasm'],
  ...[
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '--importMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65535',
  ],
]);
process.stderr.write(stderr.toString());
if (error) process.exitCode = 1;
