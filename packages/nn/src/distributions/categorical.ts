import type { Generator } from '@understudy/random';
import type { Distribution, FloatArray } from './distribution.ts';

/** Parameters of a batch of categorical distributions; also the form of their gradients. */
export interface CategoricalParameters {
  /** Unnormalised log-probabilities, `[batch, choices]`. */
  logits: FloatArray;
}

/** One of `choices` discrete actions; an action is one number, the choice's index from 0. */
export class Categorical implements Distribution<CategoricalParameters> {
  readonly actionSize = 1;
  readonly choices: number;

  constructor(choices: number) {
    this.choices = choices;
  }

  /** Inverts the cumulative distribution at one uniform number per row. */
  sample({ logits }: CategoricalParameters, batch: number, generator: Generator, actions: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      const logTotal = this.#logSumExp(logits, start);
      let left = generator.random();
      let choice = 0;
      // Rounding may leave a remainder after the last possible choice: then the last one with any probability stands.
      for (let i = 0; i < this.choices; i++) {
        const probability = Math.exp(logits[start + i] - logTotal);
        if (probability === 0) continue;
        choice = i;
        left -= probability;
        if (left < 0) break;
      }
      actions[row] = choice;
    }
  }

  /** The most probable choice, the first among equals. */
  mode({ logits }: CategoricalParameters, batch: number, actions: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      let best = 0;
      for (let i = 1; i < this.choices; i++) if (logits[start + i] > logits[start + best]) best = i;
      actions[row] = best;
    }
  }

  logProbability({ logits }: CategoricalParameters, actions: FloatArray, batch: number, out: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      out[row] = logits[start + actions[row]] - this.#logSumExp(logits, start);
    }
  }

  /** One-hot(action) - probabilities. */
  addLogProbabilityGradients(
    { logits }: CategoricalParameters,
    actions: FloatArray,
    upstream: FloatArray,
    batch: number,
    gradients: CategoricalParameters,
  ): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      const logTotal = this.#logSumExp(logits, start);
      for (let i = 0; i < this.choices; i++) {
        gradients.logits[start + i] -= upstream[row] * Math.exp(logits[start + i] - logTotal);
      }
      gradients.logits[start + actions[row]] += upstream[row];
    }
  }

  entropy({ logits }: CategoricalParameters, batch: number, out: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      out[row] = this.#entropyOfRow(logits, start, this.#logSumExp(logits, start));
    }
  }

  /** -p_i (log p_i + H). */
  addEntropyGradients(
    { logits }: CategoricalParameters,
    upstream: FloatArray,
    batch: number,
    gradients: CategoricalParameters,
  ): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      const logTotal = this.#logSumExp(logits, start);
      const entropy = this.#entropyOfRow(logits, start, logTotal);
      for (let i = 0; i < this.choices; i++) {
        const logP = logits[start + i] - logTotal;
        const p = Math.exp(logP);
        if (p > 0) gradients.logits[start + i] -= upstream[row] * p * (logP + entropy);
      }
    }
  }

  klDivergence(p: CategoricalParameters, q: CategoricalParameters, batch: number, out: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      const logTotalP = this.#logSumExp(p.logits, start);
      const logTotalQ = this.#logSumExp(q.logits, start);
      out[row] = this.#klOfRow(p.logits, q.logits, start, logTotalP, logTotalQ);
    }
  }

  /** p_i (log p_i - log q_i - KL) by p's logits, q_i - p_i by q's. */
  addKlDivergenceGradients(
    p: CategoricalParameters,
    q: CategoricalParameters,
    upstream: FloatArray,
    batch: number,
    gradients: { p?: CategoricalParameters; q?: CategoricalParameters },
  ): void {
    for (let row = 0; row < batch; row++) {
      const start = row * this.choices;
      const logTotalP = this.#logSumExp(p.logits, start);
      const logTotalQ = this.#logSumExp(q.logits, start);
      const kl = this.#klOfRow(p.logits, q.logits, start, logTotalP, logTotalQ);
      for (let i = start; i < start + this.choices; i++) {
        const logP = p.logits[i] - logTotalP;
        const logQ = q.logits[i] - logTotalQ;
        const probability = Math.exp(logP);
        if (gradients.p && probability > 0) gradients.p.logits[i] += upstream[row] * probability * (logP - logQ - kl);
        if (gradients.q) gradients.q.logits[i] += upstream[row] * (Math.exp(logQ) - probability);
      }
    }
  }

  #klOfRow(p: FloatArray, q: FloatArray, start: number, logTotalP: number, logTotalQ: number): number {
    let sum = 0;
    for (let i = start; i < start + this.choices; i++) {
      const logP = p[i] - logTotalP;
      const probability = Math.exp(logP);
      if (probability > 0) sum += probability * (logP - (q[i] - logTotalQ));
    }
    return sum;
  }

  #entropyOfRow(logits: FloatArray, start: number, logTotal: number): number {
    let sum = 0;
    for (let i = start; i < start + this.choices; i++) {
      const logP = logits[i] - logTotal;
      const probability = Math.exp(logP);
      // A masked choice has the logit -Infinity, and 0 log 0 counts as 0.
      if (probability > 0) sum -= probability * logP;
    }
    return sum;
  }

  #logSumExp(logits: FloatArray, start: number): number {
    let greatest = logits[start];
    for (let i = start + 1; i < start + this.choices; i++) if (logits[i] > greatest) greatest = logits[i];
    let sum = 0;
    for (let i = start; i < start + this.choices; i++) sum += Math.exp(logits[i] - greatest);
    return greatest + Math.log(sum);
  }
}
