// Compiles native/ to dist/kernels-native.node, unless it is there already, newer than its sources.
//
// With --optional (the install script) nothing fails: without a compiler the WebAssembly kernels serve.

const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');

const optional = process.argv.includes('--optional');
const sources = join(__dirname, 'native');
const target = join(__dirname, 'dist', 'kernels-native.node');
const shipped = join(__dirname, 'prebuilds', `${process.platform}-${process.arch}`, 'kernels-native.node');

const x64 = process.arch === 'x64';
/** Each file with the instruction sets it may use; the addon asks the processor before it calls any of them. */
const units = [
  ['addon.cc', []],
  ['kernels_scalar.cc', []],
  ['kernels_avx2.cc', x64 ? ['-mavx2', '-mfma'] : []],
  ['kernels_avx512.cc', x64 ? ['-mavx512f', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma'] : []],
  ['kernels_neon.cc', []],
];
// No contraction: the sources say where a multiply-add is fused. GCC 12 warns of its own headers otherwise.
const flags = [
  '-std=c++17',
  '-O3',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fPIC',
  '-Wall',
  '-Wno-maybe-uninitialized',
];

function isCurrent() {
  if (!existsSync(target)) return false;
  const built = statSync(target).mtimeMs;
  return readdirSync(sources).every((name) => statSync(join(sources, name)).mtimeMs < built);
}

function findCompiler() {
  const candidates = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  return candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** Throws with what the compiler said. */
function compile(compiler) {
  const headers = require('node-api-headers').include_dir;
  mkdirSync(join(__dirname, 'dist'), { recursive: true });
  const scratch = mkdtempSync(join(__dirname, 'dist', 'build-'));
  try {
    const objects = units.map(([file, own]) => {
      const object = join(scratch, `${file}.o`);
      const given = [...flags, ...own, '-I', headers, '-c', join(sources, file), '-o', object];
      execFileSync(compiler, given, { stdio: ['ignore', 'ignore', 'pipe'] });
      return object;
    });
    const library = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
    const linked = join(scratch, 'kernels-native.node');
    execFileSync(compiler, [...library, '-o', linked, ...objects], { stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(linked, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function build() {
  if (isCurrent() || existsSync(shipped)) return;
  const compiler = findCompiler();
  if (!compiler) throw new Error('no C++ compiler (c++, g++ or clang++) was found');
  compile(compiler);
}

try {
  build();
} catch (error) {
  const said = error.stderr ? `\n${error.stderr}` : '';
  process.stderr.write(
    `@understudy/kernels-native is not built, so the WebAssembly kernels will serve: ${error.message}${said}\n`,
  );
  if (!optional) process.exitCode = 1;
}
