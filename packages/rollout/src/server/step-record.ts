import type { VectorEnv } from '@understudy/gym';
import { wireArray } from '../protocol/arrays.ts';
import type { Arrays } from '../protocol/messages.ts';

/** Several steps of a vector environment, one after the other, for one answer. */
export class StepRecord {
  readonly #env: VectorEnv;
  readonly #steps: number;
  readonly #observations: Float32Array;
  readonly #rewards: Float64Array;
  readonly #terminated: Uint8Array;
  readonly #truncated: Uint8Array;
  readonly #wasReset: Uint8Array;
  readonly #finalRows: number[] = [];
  readonly #finals: Float32Array[] = [];
  #taken = 0;

  constructor(env: VectorEnv, steps: number) {
    const rows = steps * env.count;
    this.#env = env;
    this.#steps = steps;
    this.#observations = new Float32Array(rows * env.observationSize);
    this.#rewards = new Float64Array(rows);
    this.#terminated = new Uint8Array(rows);
    this.#truncated = new Uint8Array(rows);
    this.#wasReset = new Uint8Array(rows);
  }

  /** Takes down the step that the environment has just taken. */
  add(): void {
    const { count, observationSize, observations, rewards, terminated, truncated, wasReset, autoresetMode } = this.#env;
    const at = this.#taken++ * count;
    this.#observations.set(observations, at * observationSize);
    this.#rewards.set(rewards, at);
    this.#terminated.set(terminated, at);
    this.#truncated.set(truncated, at);
    this.#wasReset.set(wasReset, at);
    if (autoresetMode !== 'same-step') return;
    for (let i = 0; i < count; i++) {
      if (!terminated[i] && !truncated[i]) continue;
      this.#finalRows.push(at + i);
      this.#finals.push(this.#env.finalObservations.slice(i * observationSize, (i + 1) * observationSize));
    }
  }

  arrays(): Arrays<'stepped'> {
    const { count, observationSize } = this.#env;
    const shape = [this.#steps, count];
    const arrays = {
      observations: wireArray(this.#observations, [...shape, observationSize]),
      rewards: wireArray(this.#rewards, shape),
      terminated: wireArray(this.#terminated, shape),
      truncated: wireArray(this.#truncated, shape),
      wasReset: wireArray(this.#wasReset, shape),
    };
    if (this.#finalRows.length === 0) return arrays;
    const finals = new Float32Array(this.#finals.length * observationSize);
    for (const [k, row] of this.#finals.entries()) finals.set(row, k * observationSize);
    return {
      ...arrays,
      finalRows: wireArray(Int32Array.from(this.#finalRows)),
      finalObservations: wireArray(finals, [this.#finals.length, observationSize]),
    };
  }
}
