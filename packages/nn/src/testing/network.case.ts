import { defaultRng } from '@understudy/random';
import { describe, expect, test } from 'vitest';
import { initialiseNetwork, kaimingUniform, pytorchLinear } from '../initialisation.ts';
import type { MlpOptions } from '../mlp-network.ts';
import type { Activation, Network } from '../network.ts';
import { finiteDifferences, largestError } from './finite-differences.ts';
import { referenceBackward, referenceForward } from './reference-network.ts';

const activations: Activation[] = ['identity', 'tanh', 'relu', 'leaky-relu', 'elu', 'silu'];

/** Float32 engines round differently; float64 tells what is right. */
const tolerance = 2e-5;

/** What every engine behind the {@link Network} contract must do. */
export function describeNetwork(engine: string, create: (options: MlpOptions) => Network): void {
  /** A network with random parameters, and a batch for it. */
  function setUp(options: MlpOptions, batch: number, seed = 1) {
    const network = create(options);
    const generator = defaultRng(seed);
    initialiseNetwork(network, generator, {
      hidden: kaimingUniform(1),
      output: kaimingUniform(1),
      bias: pytorchLinear(),
    });
    const draw = (length: number) => Float32Array.from({ length }, () => generator.uniform(-1.5, 1.5));
    const inputs = draw(batch * network.inputSize);
    const upstream = draw(batch * network.outputSize);
    return { network, inputs, upstream };
  }

  /** The derivatives of sum(upstream * outputs) by finite differences of the float64 reference. */
  function expectedGradients(options: MlpOptions, network: Network, inputs: Float32Array, upstream: Float32Array) {
    const parameters = Float64Array.from(network.parameters);
    const wide = Float64Array.from(inputs);
    const batch = inputs.length / network.inputSize;
    const loss = () => {
      const { outputs } = referenceForward(options, parameters, wide, batch);
      return outputs.reduce((sum, value, i) => sum + value * upstream[i], 0);
    };
    // A small step, so that hardly any kink of a ReLU lies within it.
    return { parameters: finiteDifferences(loss, parameters, 1e-5), inputs: finiteDifferences(loss, wide, 1e-5) };
  }

  describe(`the network contract, ${engine}`, () => {
    test.each(activations.flatMap((hidden) => activations.map((output) => [hidden, output] as const)))(
      'values and gradients: %s, then %s',
      (activation, outputActivation) => {
        const options = { sizes: [5, 9, 7, 3], activation, outputActivation, maxBatch: 4 };
        const { network, inputs, upstream } = setUp(options, 4);
        const reference = referenceForward(options, network.parameters, inputs, 4);
        const outputs = network.forward(inputs, 4);
        expect(largestError(outputs.subarray(0, 12), reference.outputs)).toBeLessThan(tolerance);
        network.zeroGradients();
        const byInputs = network.backward(upstream, 4, { inputGradients: true });
        const expected = expectedGradients(options, network, inputs, upstream);
        expect(largestError(network.gradients, expected.parameters)).toBeLessThan(tolerance);
        expect(largestError(byInputs?.subarray(0, 20) ?? [], expected.inputs)).toBeLessThan(tolerance);
      },
    );

    test.each([[[4, 1]], [[1, 1]], [[17, 64, 64, 6]], [[3, 33, 2]], [[2, 8, 8, 8, 8, 5]]])('sizes %j', (sizes) => {
      const options: MlpOptions = { sizes, maxBatch: 3 };
      const { network, inputs, upstream } = setUp(options, 3);
      const { outputs, trace } = referenceForward(options, network.parameters, inputs, 3);
      expect(largestError(network.forward(inputs, 3).subarray(0, outputs.length), outputs)).toBeLessThan(tolerance);
      network.zeroGradients();
      network.backward(upstream, 3);
      // The reference's gradients stand for finite differences here: it passes the tests above itself.
      const expected = new Float64Array(network.parameters.length);
      referenceBackward(trace, network.parameters, upstream, 3, expected);
      expect(largestError(network.gradients, expected)).toBeLessThan(tolerance);
    });

    test('a batch of any size gives each row what it gets alone', () => {
      const { network, inputs } = setUp({ sizes: [3, 16, 2], maxBatch: 100 }, 100);
      const alone = Array.from({ length: 100 }, (_, row) => {
        return [...network.forward(inputs.slice(3 * row, 3 * row + 3), 1).subarray(0, 2)];
      }).flat();
      for (const batch of [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 63, 64, 65, 100]) {
        const outputs = network.forward(inputs.slice(0, 3 * batch), batch).slice(0, 2 * batch);
        expect(largestError(outputs, alone.slice(0, 2 * batch))).toBeLessThan(1e-6);
      }
    });

    test('the gradients of a batch are the sum of its rows', () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 16, 2], maxBatch: 37 }, 37);
      network.zeroGradients();
      for (let row = 0; row < 37; row++) {
        network.forward(inputs.slice(3 * row, 3 * row + 3), 1);
        network.backward(upstream.slice(2 * row, 2 * row + 2), 1);
      }
      const sum = network.gradients.slice();
      network.zeroGradients();
      network.forward(inputs, 37);
      network.backward(upstream, 37);
      expect(largestError(network.gradients, sum)).toBeLessThan(tolerance);
    });

    test('backward adds to the gradients, zeroGradients clears them', () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      network.zeroGradients();
      network.forward(inputs, 4);
      network.backward(upstream, 4);
      const once = network.gradients.slice();
      network.forward(inputs, 4);
      network.backward(upstream, 4);
      expect(
        largestError(
          network.gradients,
          once.map((value) => 2 * value),
        ),
      ).toBeLessThan(1e-5);
      network.zeroGradients();
      expect(network.gradients.every((value) => value === 0)).toBe(true);
    });

    test('skipParameters leaves the gradients alone and still gives those of the inputs', () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      network.gradients.fill(5);
      network.forward(inputs, 4);
      const full = network.backward(upstream, 4, { inputGradients: true })?.slice(0, 12);
      network.gradients.fill(5);
      network.forward(inputs, 4);
      const skipped = network.backward(upstream, 4, { inputGradients: true, skipParameters: true });
      expect(skipped?.slice(0, 12)).toEqual(full);
      expect(network.gradients.every((value) => value === 5)).toBe(true);
      network.forward(inputs, 4);
      expect(network.backward(upstream, 4)).toBeUndefined();
    });

    test('the input buffer is read without being copied first', () => {
      const { network, inputs } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      const expected = network.forward(inputs, 4).slice();
      expect(network.inputBuffer.length).toBe(12);
      network.inputBuffer.set(inputs);
      expect(network.forward(network.inputBuffer, 4).slice()).toEqual(expected);
    });

    test("writing parameters changes the next forward, and the inputs stay the caller's", () => {
      const { network, inputs } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      const [inputsBefore, before] = [inputs.slice(), network.forward(inputs, 4).slice(0, 8)];
      const outputBias = network.layout[3].offset;
      network.parameters[outputBias] += 1;
      const after = network.forward(inputs, 4).slice(0, 8);
      expect(
        largestError(
          after,
          before.map((value, i) => value + (i % 2 === 0 ? 1 : 0)),
        ),
      ).toBeLessThan(1e-6);
      expect(inputs).toEqual(inputsBefore);
    });

    test('the layout names every tensor and covers the parameters', () => {
      const network = create({ sizes: [3, 8, 2], maxBatch: 4, name: 'actor' });
      expect(network.layout).toEqual([
        { name: 'actor.0.weight', shape: [3, 8], offset: 0 },
        { name: 'actor.0.bias', shape: [8], offset: 24 },
        { name: 'actor.1.weight', shape: [8, 2], offset: 32 },
        { name: 'actor.1.bias', shape: [2], offset: 48 },
      ]);
      expect(network.parameters.length).toBe(50);
      expect(network.gradients.length).toBe(50);
      expect([network.inputSize, network.outputSize, network.maxBatch]).toEqual([3, 2, 4]);
    });

    test('the same calls give the same bytes', () => {
      const run = () => {
        const { network, inputs, upstream } = setUp({ sizes: [5, 32, 3], maxBatch: 19 }, 19);
        const outputs = network.forward(inputs, 19).slice();
        network.backward(upstream, 19);
        return { outputs, gradients: network.gradients.slice() };
      };
      expect(run()).toEqual(run());
    });
  });
}
