import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';
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

let compiled: object | undefined;

/** The compiled kernels, read and compiled once a process. dist/ lies beside src/, so one address serves both. */
export function compiledKernels(): object {
  compiled ??= compileKernels(new URL('../dist/kernels.wasm', import.meta.url));
  return compiled;
}

/** @throws InputError when the file is not there. */
export function compileKernels(file: URL): object {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new InputError(`The compiled kernels ${fileURLToPath(file)} cannot be read: run \`npm run build\` first.`, {
      cause,
    });
  }
  return new Module(bytes);
}
