import { Box, type Env, type ResetResult, type StepResult } from '../index.ts';

/** Observation, reward and flags are closed-form functions of the step count; the twin of the fixture's environment. */
export class ScriptedEnv implements Env<Float64Array, Float32Array> {
  readonly id = 'Scripted-v0';
  readonly metadata = { renderModes: [] };
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [3],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: [-2, -0.5], high: [1, 3.5] });
  readonly unwrapped = this;
  action = new Float32Array(0);
  #steps = 0;

  #observe(): Float64Array {
    const t = this.#steps;
    return new Float64Array([t * 0.25, 7 - t * t, ((t * 5) % 7) * 0.5]);
  }

  reset(): ResetResult<Float64Array> {
    this.#steps = 0;
    return { observation: this.#observe(), info: {} };
  }

  step(action: Float32Array): StepResult<Float64Array> {
    this.#steps += 1;
    this.action = action.slice();
    const reward = ((this.#steps * 3) % 5) - 1.25;
    return { observation: this.#observe(), reward, terminated: this.#steps === 9, truncated: false, info: {} };
  }

  render(): null {
    return null;
  }

  close(): void {}
}
