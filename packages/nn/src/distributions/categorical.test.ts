import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { describeDistribution } from '../testing/distribution.case.ts';
import { Categorical } from './categorical.ts';

const choices = 4;

describeDistribution({
  name: 'categorical',
  distribution: new Categorical(choices),
  makeParameters(batch, generator) {
    return { logits: Float64Array.from({ length: batch * choices }, () => generator.uniform(-1.5, 1.5)) };
  },
  arraysOf: ({ logits }) => [logits as Float64Array],
});

/** Probabilities .5, .25, .125, .125, shifted: logits are unnormalised. */
const logits = Float64Array.of(0.5, 0.25, 0.125, 0.125).map((p) => Math.log(p) + 7);

test('values of the textbook', () => {
  const categorical = new Categorical(choices);
  const out = new Float64Array(1);
  categorical.logProbability({ logits }, Float64Array.of(1), 1, out);
  expect(out[0]).toBeCloseTo(Math.log(0.25), 12);
  categorical.entropy({ logits }, 1, out);
  expect(out[0]).toBeCloseTo(1.75 * Math.LN2, 12);
  categorical.klDivergence({ logits }, { logits: new Float64Array(choices) }, 1, out);
  expect(out[0]).toBeCloseTo(Math.log(4) - 1.75 * Math.LN2, 12);
});

test('samples come as often as probable', () => {
  const categorical = new Categorical(choices);
  const draws = 40_000;
  const counts = [0, 0, 0, 0];
  const generator = defaultRng(8);
  const action = new Float32Array(1);
  for (let draw = 0; draw < draws; draw++) {
    categorical.sample({ logits }, 1, generator, action);
    counts[action[0]]++;
  }
  [0.5, 0.25, 0.125, 0.125].forEach((p, i) => {
    expect(Math.abs(counts[i] / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
  });
});

test('huge and masked logits make no NaN, and a masked choice is never drawn', () => {
  const categorical = new Categorical(3);
  const masked = { logits: Float32Array.of(1000, -Infinity, 1000) };
  const out = new Float64Array(1);
  categorical.entropy(masked, 1, out);
  expect(out[0]).toBeCloseTo(Math.LN2, 6);
  categorical.klDivergence(masked, { logits: new Float32Array(3) }, 1, out);
  expect(out[0]).toBeCloseTo(Math.log(3 / 2), 6);
  const gradients = { logits: new Float64Array(3) };
  const one = Float64Array.of(1);
  categorical.addEntropyGradients(masked, one, 1, gradients);
  categorical.addLogProbabilityGradients(masked, one, one, 1, gradients);
  categorical.addKlDivergenceGradients(masked, masked, one, 1, { p: gradients, q: gradients });
  expect(gradients.logits.some(Number.isNaN)).toBe(false);
  const generator = defaultRng(1);
  const action = new Float32Array(1);
  for (let draw = 0; draw < 200; draw++) {
    categorical.sample(masked, 1, generator, action);
    expect(action[0]).not.toBe(1);
  }
});

test('a draw at the very end of the cumulative distribution is the last possible choice', () => {
  const generator = defaultRng(0);
  generator.random = () => 1 - 2 ** -53;
  const action = new Float64Array(1);
  new Categorical(3).sample({ logits: Float64Array.of(0.1, 0.7, -Infinity) }, 1, generator, action);
  expect(action[0]).toBe(1);
});

test('the mode is the first of the most probable choices', () => {
  const actions = new Float32Array(2);
  new Categorical(3).mode({ logits: Float64Array.of(0, 5, 5, 2, 1, 0) }, 2, actions);
  expect([...actions]).toEqual([1, 0]);
});
