import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { KernelMemory } from '@understudy/kernels';
import { defaultRng } from '@understudy/random';
import { beforeAll, expect, test } from 'vitest';
import { r1Penalty } from './gradient-penalty.ts';
import { initialiseNetwork, kaimingUniform, pytorchLinear } from './initialisation.ts';
import { createMlpNetwork, type MlpNetwork } from './mlp-network.ts';
import {
  createResidualNetwork,
  initialiseResidualNetwork,
  type ResidualNetwork,
  type ResidualOptions,
  residualTensors,
} from './residual-network.ts';
import { decodeSafetensors } from './safetensors/decode.ts';
import { encodeSafetensors } from './safetensors/encode.ts';
import { tensorOf } from './safetensors/tensor.ts';
import { largestError } from './testing/finite-differences.ts';
import { tfjsActivations } from './testing/tfjs-activations.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const generator = defaultRng(5);
const draw = (length: number) => Float32Array.from({ length }, () => generator.uniform(-1, 1));
const initialisation = { hidden: kaimingUniform(1.2), output: kaimingUniform(1), bias: pytorchLinear() };

/** A network's tensors as tfjs variables by name. */
function variablesOf({ layout, parameters }: Pick<ResidualNetwork, 'layout' | 'parameters'>) {
  return new Map(
    layout.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, tf.variable(tf.tensor(parameters.slice(offset, offset + size), [...shape]))];
    }),
  );
}

type Variables = ReturnType<typeof variablesOf>;

/** A linear layer; its weights over left . weights . right where the singular vectors are given, as constants. */
function linear(variables: Variables, name: string, x: tf.Tensor, network: Pick<MlpNetwork, 'spectral'>): tf.Tensor {
  const weights = variables.get(`${name}.weight`) as unknown as tf.Tensor2D;
  const vectors = new Map(network.spectral?.tensors() ?? []);
  const [u, v] = ['u', 'v'].map((letter) => vectors.get(`${name}.weight_${letter}`));
  let scaled: tf.Tensor = weights;
  if (u && v) {
    const right = tf.tensor2d(Float32Array.from(u.data as Float32Array), [u.data.length, 1]);
    const left = tf.tensor2d(Float32Array.from(v.data as Float32Array), [1, v.data.length]);
    scaled = tf.div(weights, tf.sum(tf.matMul(left, tf.matMul(weights, right))));
  }
  return tf.add(tf.matMul(x, scaled), variables.get(`${name}.bias`) as tf.Tensor);
}

function normalise(variables: Variables, name: string, x: tf.Tensor): tf.Tensor {
  const gain = variables.get(`${name}.norm.weight`);
  if (!gain) return x;
  const { mean, variance } = tf.moments(x, 1, true);
  const standardised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(standardised, gain), variables.get(`${name}.norm.bias`) as tf.Tensor);
}

function residualForward(network: ResidualNetwork, options: ResidualOptions, variables: Variables, x: tf.Tensor) {
  const activate = tfjsActivations[options.activation ?? 'relu'];
  let stream = linear(variables, 'network.input.0', x, network);
  for (let block = 0; block < options.blocks; block++) {
    const name = `network.blocks.${block}`;
    const hidden = activate(linear(variables, `${name}.mlp.0`, normalise(variables, name, stream), network));
    stream = tf.add(stream, linear(variables, `${name}.mlp.1`, hidden, network));
  }
  return linear(variables, 'network.output.0', normalise(variables, 'network', stream), network);
}

const shape = { inputSize: 5, outputSize: 3, width: 18, hidden: 13, blocks: 2, maxBatch: 70 };

test.each([
  { activation: 'relu' },
  { activation: 'tanh', layerNormalisation: true },
  { activation: 'silu', spectralNormalisation: true },
  { activation: 'elu', layerNormalisation: true, spectralNormalisation: true },
] as const)('outputs and gradients agree with tfjs: %j', (form) => {
  const options = { ...shape, ...form };
  const network = createResidualNetwork(options);
  initialiseResidualNetwork(network, generator, initialisation);
  for (const batch of [1, 3, 70]) {
    const [inputs, upstream] = [draw(batch * 5), draw(batch * 3)];
    const outputs = network.forward(inputs, batch).slice(0, batch * 3);
    const variables = variablesOf(network);
    const x = tf.variable(tf.tensor2d(inputs, [batch, 5]));
    const loss = () =>
      tf.sum(tf.mul(residualForward(network, options, variables, x), tf.tensor2d(upstream, [batch, 3]))) as tf.Scalar;
    const { grads } = tf.variableGrads(loss);
    expect(largestError(outputs, residualForward(network, options, variables, x).dataSync())).toBeLessThan(1e-5);
    network.zeroGradients();
    const byInputs = network.backward(upstream, batch, { inputGradients: true });
    expect(largestError(byInputs?.subarray(0, batch * 5) ?? [], grads[x.name].dataSync())).toBeLessThan(1e-4);
    for (const [i, [, variable]] of [...variables].entries()) {
      const { offset } = network.layout[i];
      const found = network.gradients.subarray(offset, offset + variable.size);
      expect(largestError(found, grads[variable.name].dataSync())).toBeLessThan(1e-4);
    }
    tf.disposeVariables();
  }
});

test('gradients add up, and stay when parameters are skipped', () => {
  const options = { ...shape, layerNormalisation: true, spectralNormalisation: true };
  const network = createResidualNetwork(options);
  initialiseResidualNetwork(network, generator, initialisation);
  const [inputs, upstream] = [draw(50), draw(30)];
  network.forward(inputs, 10);
  network.backward(upstream, 10);
  const once = network.gradients.slice();
  const full = network.backward(upstream, 10, { inputGradients: true })?.slice(0, 50);
  const twice = once.map((value) => 2 * value);
  expect(largestError(network.gradients, twice)).toBeLessThan(1e-5);
  const before = network.gradients.slice();
  const skipped = network.backward(upstream, 10, { inputGradients: true, skipParameters: true });
  expect(skipped?.slice(0, 50)).toEqual(full);
  expect(network.gradients).toEqual(before);
});

test('spectral normalisation bounds every layer, and its estimates reach the largest singular value', () => {
  const network = createMlpNetwork({ sizes: [6, 20, 1], activation: 'relu', maxBatch: 8, spectralNormalisation: true });
  initialiseNetwork(network, generator, { hidden: kaimingUniform(9), output: kaimingUniform(5) });
  const inputs = draw(48);
  for (let i = 0; i < 30; i++) network.forward(inputs, 8);
  const vectors = new Map(network.spectral?.tensors());
  expect([...vectors.keys()]).toEqual([
    'network.0.weight_u',
    'network.0.weight_v',
    'network.1.weight_u',
    'network.1.weight_v',
  ]);
  // The last layer's weights are one column: their norm is its length.
  const last = network.parameters.subarray(140, 160);
  const [u, v] = ['u', 'v'].map((letter) => vectors.get(`network.1.weight_${letter}`)?.data as Float32Array);
  const direction = last.map((w) => (u[0] * w) / Math.hypot(...last));
  expect(largestError(v, direction)).toBeLessThan(1e-5);
  const outputs = network.forward(inputs, 8).slice();
  network.parameters.subarray(0, 120).forEach((w, i, weights) => {
    weights[i] = 7 * w;
  });
  const scaled = network.forward(inputs, 8);
  expect(largestError(scaled, outputs)).toBeLessThan(1e-4);
  const slopes = network.backward(new Float32Array(8).fill(1), 8, { inputGradients: true }) as Float32Array;
  for (let row = 0; row < 8; row++) expect(Math.hypot(...slopes.subarray(6 * row, 6 * row + 6))).toBeLessThan(1.001);
});

test('the R1 penalty of a spectrally normalised network agrees with tfjs', () => {
  const form = { sizes: [4, 11, 1], activation: 'tanh', maxBatch: 6, spectralNormalisation: true } as const;
  const network = createMlpNetwork(form);
  initialiseNetwork(network, generator, initialisation);
  const inputs = draw(24);
  const penalty = r1Penalty(network, inputs, 6, { weight: 2 });
  const variables = variablesOf(network);
  const outputs = (x: tf.Tensor) => {
    const hidden = tfjsActivations.tanh(linear(variables, 'network.0', x, network));
    return tf.sum(linear(variables, 'network.1', hidden, network));
  };
  const loss = () => tf.mean(tf.sum(tf.square(tf.grad(outputs)(tf.tensor2d(inputs, [6, 4]))), 1)) as tf.Scalar;
  const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
  expect(Math.abs(penalty - value.dataSync()[0])).toBeLessThan(1e-5);
  const expected = [...variables.values()].flatMap(({ name, size }) => [
    ...(grads[name]?.dataSync() ?? new Float32Array(size)),
  ]);
  expect(largestError(network.gradients, expected)).toBeLessThan(1e-4);
  expect(() => network.tangent({ parameters: network.parameters }, 6)).toThrow(/tangents along inputs only/);
});

test('a file brings back parameters and power iterations: the same bytes follow', () => {
  const options = { ...shape, layerNormalisation: true, spectralNormalisation: true };
  const inputs = draw(20);
  const network = createResidualNetwork(options);
  initialiseResidualNetwork(network, generator, initialisation);
  network.forward(inputs, 4);
  const parameters = network.layout.map(({ name, shape: form, offset }) => {
    const size = form.reduce((product, length) => product * length, 1);
    return [name, tensorOf(network.parameters.slice(offset, offset + size), form)] as const;
  });
  const file = encodeSafetensors([
    ...parameters.map(([n, t]) => [n, t] as [string, typeof t]),
    ...(network.spectral?.tensors() ?? []),
  ]);
  const expected = network.forward(inputs, 4).slice();

  const { tensors } = decodeSafetensors(file, 'network.safetensors');
  const other = createResidualNetwork(options);
  for (const { name, offset } of other.layout) other.parameters.set(tensors.get(name)?.data as Float32Array, offset);
  other.spectral?.load(tensors);
  expect(other.forward(inputs, 4)).toEqual(expected);
  expect(() => other.spectral?.load(new Map())).toThrow(/no tensor network\.input\.0\.weight_u/);
});

test('without power iterations a pass repeats itself', () => {
  const network = createResidualNetwork({ ...shape, spectralNormalisation: true });
  initialiseResidualNetwork(network, generator, initialisation);
  const inputs = draw(20);
  const trained = network.forward(inputs, 4).slice();
  const { spectral } = network;
  if (spectral) spectral.powerIterations = 0;
  const fixed = network.forward(inputs, 4).slice();
  expect(network.forward(inputs, 4)).toEqual(fixed);
  expect(largestError(fixed, trained)).toBeLessThan(1e-5);
});

test('the tensors are named and start as zeros; networks of one vector share them', () => {
  const options = { ...shape, blocks: 1, layerNormalisation: true };
  expect(residualTensors(options).map(({ name, shape: form }) => `${name} ${form.join('x')}`)).toEqual([
    'network.input.0.weight 5x18',
    'network.input.0.bias 18',
    'network.blocks.0.norm.weight 18',
    'network.blocks.0.norm.bias 18',
    'network.blocks.0.mlp.0.weight 18x13',
    'network.blocks.0.mlp.0.bias 13',
    'network.blocks.0.mlp.1.weight 13x18',
    'network.blocks.0.mlp.1.bias 18',
    'network.norm.weight 18',
    'network.norm.bias 18',
    'network.output.0.weight 18x3',
    'network.output.0.bias 3',
  ]);
  const network = createResidualNetwork(options, { memory: KernelMemory.create() });
  expect(network.parameters.every((value) => value === 0)).toBe(true);
  expect(() => createResidualNetwork({ ...options, blocks: 0 })).toThrow(/blocks is 0/);
});
