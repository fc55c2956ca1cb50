import { Categorical, DiagonalGaussian, type ParameterVector } from '@understudy/nn';
import type { PolicySpec } from '@understudy/training';

/**
 * How far a policy is from an old one, and the metric that this makes of its parameters: what a trust region asks of the
 * distribution over actions. Outputs and tangents are `[batch, outputSize]`.
 */
export interface PolicyDivergence {
  /** Remembers the parameters of the distribution's own as those of the old policy, for {@link rows}. */
  keepOld(): void;
  /** KL(old || new) of each row, in nats. @param out - `[batch]`, overwritten. */
  rows(oldOutputs: Float32Array, outputs: Float32Array, batch: number, out: Float32Array): void;
  /**
   * `scale` M t for each row's output tangents t, where M is the Fisher matrix by the outputs: the second derivative of
   * the KL divergence at the old policy.
   */
  fisherProduct(outputs: Float32Array, tangents: Float32Array, scale: number, batch: number, out: Float32Array): void;
  /**
   * Adds the product for parameters of the distribution's own; no row mixes them with outputs.
   *
   * @param direction - Laid out as the policy's parameters.
   * @param product - The same, added to.
   */
  addOwnFisherProduct(direction: Float32Array, product: Float32Array): void;
}

/**
 * That of the distribution which a policy's spec names.
 *
 * @param parameters - The policy's; holds the Gaussian's `log_standard_deviation`.
 */
export function createPolicyDivergence(spec: PolicySpec, parameters: ParameterVector): PolicyDivergence {
  return spec.distribution === 'categorical'
    ? categoricalDivergence(spec.outputSize)
    : gaussianDivergence(spec.actionSize, parameters);
}

const none: Float32Array = new Float32Array(0);

/** Of means from the network, and one standard deviation a component for all observations. */
function gaussianDivergence(size: number, vector: ParameterVector): PolicyDivergence {
  const name = 'log_standard_deviation';
  const gaussian = new DiagonalGaussian(size);
  const logStandardDeviation = vector.tensor(name);
  const present = { mean: none, logStandardDeviation };
  const old = { mean: none, logStandardDeviation: logStandardDeviation.slice() };
  const { offset } = vector.layout.find((slot) => slot.name === name)!;
  return {
    keepOld: () => old.logStandardDeviation.set(logStandardDeviation),
    rows(oldOutputs, outputs, batch, out) {
      old.mean = oldOutputs;
      present.mean = outputs;
      gaussian.klDivergence(old, present, batch, out);
    },
    // 1 / sd^2 by the means.
    fisherProduct(_outputs, tangents, scale, batch, out) {
      for (let k = 0; k < size; k++) {
        const precision = scale * Math.exp(-2 * logStandardDeviation[k]);
        for (let at = k; at < batch * size; at += size) out[at] = precision * tangents[at];
      }
    },
    // 2 by the log standard deviations, the same in every row.
    addOwnFisherProduct(direction, product) {
      for (let k = offset; k < offset + size; k++) product[k] += 2 * direction[k];
    },
  };
}

/** Of logits. */
function categoricalDivergence(choices: number): PolicyDivergence {
  const categorical = new Categorical(choices);
  const present = { logits: none };
  const old = { logits: none };
  return {
    keepOld() {},
    rows(oldOutputs, outputs, batch, out) {
      old.logits = oldOutputs;
      present.logits = outputs;
      categorical.klDivergence(old, present, batch, out);
    },
    // (diag(p) - p p^T) t = p (t - p . t).
    fisherProduct(logits, tangents, scale, batch, out) {
      for (let start = 0; start < batch * choices; start += choices) {
        let greatest = -Infinity;
        for (let i = start; i < start + choices; i++) greatest = Math.max(greatest, logits[i]);
        let total = 0;
        let mean = 0;
        for (let i = start; i < start + choices; i++) {
          const weight = Math.exp(logits[i] - greatest);
          total += weight;
          mean += weight * tangents[i];
        }
        mean /= total;
        for (let i = start; i < start + choices; i++) {
          out[i] = scale * (Math.exp(logits[i] - greatest) / total) * (tangents[i] - mean);
        }
      }
    },
    addOwnFisherProduct() {},
  };
}
