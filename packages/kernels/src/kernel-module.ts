import { readFileSync } from 'node:fs';
import { Module } from './web-assembly.ts';

/** What dist/kernels.wasm exports, see assembly/. Pointers are byte offsets into its memory. */
export interface KernelExports {
  forward(network: number, inputs: number, outputs: number, batch: number): void;
  backward(
    network: number,
    outputGradients: number,
    inputGradients: number,
    batch: number,
    skipParameters: number,
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

let compiled: object | undefined;

/** The compiled kernels, read and compiled once a process. */
export function compiledKernels(): object {
  compiled ??= new Module(readKernels('kernels.wasm'));
  return compiled;
}

function readKernels(name: string): Uint8Array<ArrayBuffer> {
  // dist/ lies beside src/, so this holds for the sources and for the build alike.
  const url = new URL(`../dist/${name}`, import.meta.url);
  try {
    return new Uint8Array(readFileSync(url));
  } catch (cause) {
    throw new Error(`The compiled kernels are missing at ${url.pathname}: run \`npm run build\` in @understudy/kernels.`, {
      cause,
    });
  }
}
