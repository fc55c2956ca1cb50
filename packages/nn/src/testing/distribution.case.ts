import { defaultRng, type Generator } from '@understudy/random';
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../distributions/distribution.ts';
import { finiteDifferences, largestError } from './finite-differences.ts';

/** A distribution under test: float64 parameters, so that finite differences have digits. */
export interface DistributionCase<P> {
  name: string;
  distribution: Distribution<P>;
  /** Random parameters of a batch; gradients have the same form. */
  makeParameters(batch: number, generator: Generator): P;
  /** The parameters as flat arrays of their own, so that each can be varied. */
  arraysOf(parameters: P): Float64Array[];
}

const batch = 5;

/** What every distribution must do, whatever its family. */
export function describeDistribution<P>({ name, distribution, makeParameters, arraysOf }: DistributionCase<P>): void {
  const size = distribution.actionSize;

  /** Checks that `addGradients` adds the derivatives of sum(upstream * value) by the parameters `p`. */
  function expectGradients(
    p: P,
    value: (out: Float64Array) => void,
    addGradients: (upstream: Float64Array, gradients: P) => void,
  ): void {
    const generator = defaultRng(99);
    const upstream = Float64Array.from({ length: batch }, () => generator.uniform(-2, 2));
    const out = new Float64Array(batch);
    const loss = () => {
      value(out);
      return out.reduce((sum, item, row) => sum + upstream[row] * item, 0);
    };
    const gradients = makeParameters(batch, generator);
    const before = arraysOf(gradients).map((array) => array.slice());
    addGradients(upstream, gradients);
    arraysOf(p).forEach((array, k) => {
      const expected = finiteDifferences(loss, array);
      const added = arraysOf(gradients)[k].map((value, i) => value - before[k][i]);
      expect(largestError(added, expected)).toBeLessThan(1e-7);
    });
  }

  function drawActions(parameters: P): Float64Array {
    const actions = new Float64Array(batch * size);
    distribution.sample(parameters, batch, defaultRng(3), actions);
    return actions;
  }

  describe(name, () => {
    test("log-probability's gradients are its finite differences", () => {
      const p = makeParameters(batch, defaultRng(1));
      const actions = drawActions(p);
      expectGradients(
        p,
        (out) => distribution.logProbability(p, actions, batch, out),
        (upstream, gradients) => distribution.addLogProbabilityGradients(p, actions, upstream, batch, gradients),
      );
    });

    test("entropy's gradients are its finite differences", () => {
      const p = makeParameters(batch, defaultRng(1));
      expectGradients(
        p,
        (out) => distribution.entropy(p, batch, out),
        (upstream, gradients) => distribution.addEntropyGradients(p, upstream, batch, gradients),
      );
    });

    test("the divergence's gradients by both sides are its finite differences", () => {
      const p = makeParameters(batch, defaultRng(1));
      const q = makeParameters(batch, defaultRng(2));
      const value = (out: Float64Array) => distribution.klDivergence(p, q, batch, out);
      expectGradients(p, value, (upstream, gradients) => {
        distribution.addKlDivergenceGradients(p, q, upstream, batch, { p: gradients });
      });
      expectGradients(q, value, (upstream, gradients) => {
        distribution.addKlDivergenceGradients(p, q, upstream, batch, { q: gradients });
      });
    });

    test('the divergence from itself is zero, and from another positive', () => {
      const p = makeParameters(batch, defaultRng(1));
      const out = new Float64Array(batch);
      distribution.klDivergence(p, p, batch, out);
      expect(largestError(out, new Float64Array(batch))).toBeLessThan(1e-14);
      distribution.klDivergence(p, makeParameters(batch, defaultRng(2)), batch, out);
      expect(Math.min(...out)).toBeGreaterThan(0);
    });

    test('entropy and divergence are the means of -log p and log p - log q over samples', () => {
      const p = makeParameters(batch, defaultRng(1));
      const q = makeParameters(batch, defaultRng(2));
      const generator = defaultRng(4);
      const actions = new Float64Array(batch * size);
      const [logP, logQ, entropy, divergence] = [0, 1, 2, 3].map(() => new Float64Array(batch));
      const sums = { entropy: new Float64Array(batch), divergence: new Float64Array(batch) };
      const draws = 20_000;
      for (let draw = 0; draw < draws; draw++) {
        distribution.sample(p, batch, generator, actions);
        distribution.logProbability(p, actions, batch, logP);
        distribution.logProbability(q, actions, batch, logQ);
        for (let row = 0; row < batch; row++) {
          sums.entropy[row] -= logP[row] / draws;
          sums.divergence[row] += (logP[row] - logQ[row]) / draws;
        }
      }
      distribution.entropy(p, batch, entropy);
      distribution.klDivergence(p, q, batch, divergence);
      // Standard errors here are below .01 and .03.
      expect(largestError(sums.entropy, entropy)).toBeLessThan(0.03);
      expect(largestError(sums.divergence, divergence)).toBeLessThan(0.08);
    });

    test('the same generator state gives the same samples', () => {
      const p = makeParameters(batch, defaultRng(1));
      expect(drawActions(p)).toEqual(drawActions(p));
      expect(drawActions(p)).not.toEqual(drawActions(makeParameters(batch, defaultRng(2))));
    });

    test('rows beyond the batch are left alone', () => {
      const p = makeParameters(batch, defaultRng(1));
      const actions = new Float64Array(batch * size).fill(123);
      const out = new Float64Array(batch).fill(123);
      distribution.sample(p, 2, defaultRng(3), actions);
      distribution.mode(p, 1, actions);
      distribution.logProbability(p, actions, 2, out);
      distribution.entropy(p, 2, out);
      distribution.klDivergence(p, p, 2, out);
      expect([...actions.subarray(2 * size)]).toEqual(Array(3 * size).fill(123));
      expect([...actions.subarray(0, 2 * size)]).not.toContain(123);
      expect([...out.subarray(2)]).toEqual([123, 123, 123]);
    });
  });
}
