import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';
import { Instance, Memory, Module, validate } from './web-assembly.ts';

/** What dist/kernels*.wasm exports, see assembly/. Pointers are byte offsets into its memory. */
export interface KernelExports {
  forward(network: number, inputs: number, outputs: number, batch: number): void;
  backward(
    network: number,
    outputGradients: number,
    inputGradients: number,
    batch: number,
    skipParameters: number,
  ): void;
  tangent(network: number, parameterTangents: number, inputTangents: number, outputs: number, batch: number): void;
  tangentBackward(network: number, adjoints: number, batch: number): void;
  add(target: number, source: number, length: number): void;
  layerNorm(
    inputs: number,
    gain: number,
    bias: number,
    outputs: number,
    standardised: number,
    inverses: number,
    rows: number,
    width: number,
    epsilon: number,
  ): void;
  layerNormBackward(
    outputGradients: number,
    gain: number,
    standardised: number,
    inverses: number,
    gainGradients: number,
    biasGradients: number,
    inputGradients: number,
    rows: number,
    width: number,
  ): void;
  spectralNorm(
    weights: number,
    left: number,
    right: number,
    inputs: number,
    outputs: number,
    iterations: number,
  ): number;
  spectralNormBackward(
    gradients: number,
    normalisedGradients: number,
    normalised: number,
    left: number,
    right: number,
    inputs: number,
    outputs: number,
    norm: number,
  ): void;
  sumOfSquares(vector: number, length: number): number;
  adam(
    parameters: number,
    gradients: number,
    firstMoment: number,
    secondMoment: number,
    length: number,
    gradientScale: number,
    decay: number,
    stepSize: number,
    rootCorrection: number,
    complement1: number,
    beta2: number,
    complement2: number,
    epsilon: number,
  ): void;
  polyak(target: number, source: number, length: number, rate: number): void;
  scale(vector: number, length: number, factor: number): void;
  fill(vector: number, length: number, value: number): void;
}

/** The two forms of the WebAssembly kernels: with and without a multiply-add that rounds once. */
export type KernelForm = 'plain' | 'fused';

// dist/ lies beside src/, so one address serves both.
const files: Readonly<Record<KernelForm, URL>> = {
  plain: new URL('../dist/kernels.wasm', import.meta.url),
  fused: new URL('../dist/kernels-fused.wasm', import.meta.url),
};

const compiled = new Map<KernelForm, object>();

/** The compiled kernels, read and compiled once a process. */
export function compiledKernels(form: KernelForm): object {
  const known = compiled.get(form);
  if (known) return known;
  const module = compileKernels(files[form]);
  compiled.set(form, module);
  return module;
}

/** @throws InputError when the file is not there. */
export function compileKernels(file: URL): object {
  return new Module(readKernels(file));
}

let fusedReason: string | null | undefined;

/** Why the fused form can't be used, a phrase; null when it can. */
export function whyNotFused(): string | null {
  if (fusedReason === undefined) fusedReason = findReason();
  return fusedReason;
}

function findReason(): string | null {
  if (!validate(readKernels(files.fused))) return 'this Node has no relaxed SIMD, which Node 22 and later have';
  const memory = new Memory({ initial: 1, maximum: 1, shared: true });
  const { roundsOnce } = new Instance(compiledKernels('fused'), { env: { memory } }).exports;
  return (roundsOnce as () => number)() ? null : 'this processor has no fused multiply-add';
}

function readKernels(file: URL): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new InputError(`The compiled kernels ${fileURLToPath(file)} cannot be read: run \`npm run build\` first.`, {
      cause,
    });
  }
}
