import { defaultRng } from '@understudy/random';
import { describe, expect, test } from 'vitest';
import { initialiseNetwork, kaimingUniform, pytorchLinear } from '../initialisation.ts';
import type { MlpOptions } from '../mlp-network.ts';
import type { Activation, NetworkTangent } from '../network.ts';
import type { AwaitableNetwork } from '../tensor-network.ts';
import { finiteDifferences, largestError } from './finite-differences.ts';
import { referenceBackward, referenceForward } from './reference-network.ts';

const activations: Activation[] = ['identity', 'tanh', 'relu', 'leaky-relu', 'elu', 'silu'];

/** Float32 engines round differently; float64 tells what is right. */
const tolerance = 2e-5;

/** What every engine behind the {@link Network} contract must do. */
export function describeNetwork(engine: string, create: (options: MlpOptions) => AwaitableNetwork): void {
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
  function expectedGradients(
    options: MlpOptions,
    network: AwaitableNetwork,
    inputs: Float32Array,
    upstream: Float32Array,
  ) {
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

  /** Compares tangents, and the gradients of u . J v, with finite differences of the float64 reference. */
  async function expectTangents(options: MlpOptions): Promise<void> {
    const { network, inputs, upstream } = setUp(options, 4);
    const generator = defaultRng(2);
    const draw = (length: number) => Float32Array.from({ length }, () => generator.uniform(-1, 1));
    const direction = { parameters: draw(network.parameters.length), inputs: draw(inputs.length) };
    const moved = (values: Float32Array, step: number, along?: Float32Array) =>
      Float64Array.from(values, (value, i) => value + (along ? step * along[i] : 0));
    const passAt = (step: number, along: NetworkTangent) => {
      const parameters = moved(network.parameters, step, along.parameters);
      return referenceForward(options, parameters, moved(inputs, step, along.inputs), 4);
    };
    const slope = (above: Float64Array, below: Float64Array) => above.map((y, i) => (y - below[i]) / 2e-6);

    await network.forward(inputs, 4);
    for (const along of [direction, { parameters: direction.parameters }, { inputs: direction.inputs }]) {
      const expected = slope(passAt(1e-6, along).outputs, passAt(-1e-6, along).outputs);
      const found = (await network.tangent?.(along, 4))?.subarray(0, upstream.length) ?? [];
      expect(largestError(found, expected)).toBeLessThan(tolerance);
    }
    if (!network.tangentBackward) return;
    const gradientsAt = (step: number) => {
      const gradients = new Float64Array(network.parameters.length);
      const { trace } = passAt(step, { inputs: direction.inputs });
      referenceBackward(trace, network.parameters, upstream, 4, gradients);
      return gradients;
    };
    network.zeroGradients();
    await network.tangentBackward(upstream, 4);
    expect(largestError(network.gradients, slope(gradientsAt(1e-6), gradientsAt(-1e-6)))).toBeLessThan(tolerance);
  }

  describe(`the network contract, ${engine}`, () => {
    test.each(activations.flatMap((hidden) => activations.map((output) => [hidden, output] as const)))(
      'values and gradients: %s, then %s',
      async (activation, outputActivation) => {
        const options = { sizes: [5, 9, 7, 3], activation, outputActivation, maxBatch: 4 };
        const { network, inputs, upstream } = setUp(options, 4);
        const reference = referenceForward(options, network.parameters, inputs, 4);
        const outputs = await network.forward(inputs, 4);
        expect(largestError(outputs.subarray(0, 12), reference.outputs)).toBeLessThan(tolerance);
        network.zeroGradients();
        const byInputs = await network.backward(upstream, 4, { inputGradients: true });
        const expected = expectedGradients(options, network, inputs, upstream);
        expect(largestError(network.gradients, expected.parameters)).toBeLessThan(tolerance);
        expect(largestError(byInputs?.subarray(0, 20) ?? [], expected.inputs)).toBeLessThan(tolerance);
      },
    );

    test.each([[[4, 1]], [[1, 1]], [[17, 64, 64, 6]], [[3, 33, 2]], [[2, 8, 8, 8, 8, 5]]])(
      'sizes %j',
      async (sizes) => {
        const options: MlpOptions = { sizes, maxBatch: 3 };
        const { network, inputs, upstream } = setUp(options, 3);
        const { outputs, trace } = referenceForward(options, network.parameters, inputs, 3);
        expect(largestError((await network.forward(inputs, 3)).subarray(0, outputs.length), outputs)).toBeLessThan(
          tolerance,
        );
        network.zeroGradients();
        await network.backward(upstream, 3);
        // The reference's gradients stand for finite differences here: it passes the tests above itself.
        const expected = new Float64Array(network.parameters.length);
        referenceBackward(trace, network.parameters, upstream, 3, expected);
        expect(largestError(network.gradients, expected)).toBeLessThan(tolerance);
      },
    );

    test('a batch of any size gives each row what it gets alone', async () => {
      const { network, inputs } = setUp({ sizes: [3, 16, 2], maxBatch: 100 }, 100);
      const alone: number[] = [];
      for (let row = 0; row < 100; row++) {
        alone.push(...(await network.forward(inputs.slice(3 * row, 3 * row + 3), 1)).subarray(0, 2));
      }
      for (const batch of [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 63, 64, 65, 100]) {
        const outputs = (await network.forward(inputs.slice(0, 3 * batch), batch)).slice(0, 2 * batch);
        expect(largestError(outputs, alone.slice(0, 2 * batch))).toBeLessThan(1e-6);
      }
    });

    test('the gradients of a batch are the sum of its rows', async () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 16, 2], maxBatch: 37 }, 37);
      network.zeroGradients();
      for (let row = 0; row < 37; row++) {
        await network.forward(inputs.slice(3 * row, 3 * row + 3), 1);
        await network.backward(upstream.slice(2 * row, 2 * row + 2), 1);
      }
      const sum = network.gradients.slice();
      network.zeroGradients();
      await network.forward(inputs, 37);
      await network.backward(upstream, 37);
      expect(largestError(network.gradients, sum)).toBeLessThan(tolerance);
    });

    test('backward adds to the gradients, zeroGradients clears them', async () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      network.zeroGradients();
      await network.forward(inputs, 4);
      await network.backward(upstream, 4);
      const once = network.gradients.slice();
      await network.forward(inputs, 4);
      await network.backward(upstream, 4);
      expect(
        largestError(
          network.gradients,
          once.map((value) => 2 * value),
        ),
      ).toBeLessThan(1e-5);
      network.zeroGradients();
      expect(network.gradients.every((value) => value === 0)).toBe(true);
    });

    test('skipParameters leaves the gradients alone and still gives those of the inputs', async () => {
      const { network, inputs, upstream } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      network.gradients.fill(5);
      await network.forward(inputs, 4);
      const full = (await network.backward(upstream, 4, { inputGradients: true }))?.slice(0, 12);
      network.gradients.fill(5);
      await network.forward(inputs, 4);
      const skipped = await network.backward(upstream, 4, { inputGradients: true, skipParameters: true });
      expect(skipped?.slice(0, 12)).toEqual(full);
      expect(network.gradients.every((value) => value === 5)).toBe(true);
      await network.forward(inputs, 4);
      expect(await network.backward(upstream, 4)).toBeUndefined();
    });

    test('the input buffer is read without being copied first', async () => {
      const { network, inputs } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      const expected = (await network.forward(inputs, 4)).slice();
      expect(network.inputBuffer.length).toBe(12);
      network.inputBuffer.set(inputs);
      expect((await network.forward(network.inputBuffer, 4)).slice()).toEqual(expected);
    });

    test("writing parameters changes the next forward, and the inputs stay the caller's", async () => {
      const { network, inputs } = setUp({ sizes: [3, 8, 2], maxBatch: 4 }, 4);
      const [inputsBefore, before] = [inputs.slice(), (await network.forward(inputs, 4)).slice(0, 8)];
      const outputBias = network.layout[3].offset;
      network.parameters[outputBias] += 1;
      const after = (await network.forward(inputs, 4)).slice(0, 8);
      expect(
        largestError(
          after,
          before.map((value, i) => value + (i % 2 === 0 ? 1 : 0)),
        ),
      ).toBeLessThan(1e-6);
      expect(inputs).toEqual(inputsBefore);
    });

    if (create({ sizes: [1, 1], maxBatch: 1 }).tangent) {
      test.each(activations)('tangents and their reverse are derivatives along a direction: %s', async (activation) => {
        await expectTangents({ sizes: [5, 9, 7, 3], activation, outputActivation: activation, maxBatch: 4 });
      });
    }

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

    test('the same calls give the same bytes', async () => {
      const run = async () => {
        const { network, inputs, upstream } = setUp({ sizes: [5, 32, 3], maxBatch: 19 }, 19);
        const outputs = (await network.forward(inputs, 19)).slice();
        await network.backward(upstream, 19);
        return { outputs, gradients: network.gradients.slice() };
      };
      expect(await run()).toEqual(await run());
    });
  });
}
