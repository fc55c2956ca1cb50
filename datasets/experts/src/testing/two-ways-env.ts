import { Box, type EnvState, type Info, type ResetOptions } from '@understudy/gym';
import { defaultRng, type GeneratorState } from '@understudy/random';

const steps = 20;

/**
 * A point on a line that is paid for going one way, -1 in mode 0 and +1 in mode 1, which nothing but the info tells.
 * Observation: its place. It starts within 0.1 of 0; 20 steps.
 */
export class TwoWaysEnv {
  readonly id = 'TwoWays-v0';
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [1],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly metadata = { renderModes: [] };
  readonly unwrapped = this;
  readonly #fixedMode: number | null;
  readonly #generator = defaultRng(0);
  #place = 0;
  #mode = 0;
  #steps = 0;

  constructor({ mode = null }: { mode?: number | null } = {}) {
    this.#fixedMode = mode;
  }

  reset({ seed, options = {} }: ResetOptions = {}) {
    if (seed !== undefined) this.#generator.setState(defaultRng(seed).getState());
    this.#place = this.#generator.uniform(-0.1, 0.1);
    const drawn = this.#generator.integers(2);
    this.#mode = (options.mode as number | undefined) ?? this.#fixedMode ?? drawn;
    this.#steps = 0;
    return { observation: Float64Array.of(this.#place), info: this.#info() };
  }

  step(action: Float32Array) {
    this.#place += action[0];
    return {
      observation: Float64Array.of(this.#place),
      reward: this.#mode === 1 ? action[0] : -action[0],
      terminated: false,
      truncated: ++this.#steps === steps,
      info: this.#info(),
    };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number) {
    const { observation, ...signals } = this.step(action);
    out[offset] = observation[0];
    return signals;
  }

  render() {
    return null;
  }

  saveState(): EnvState {
    const [place, mode, taken] = [this.#place, this.#mode, this.#steps];
    return { place, mode, taken, generator: this.#generator.getState() };
  }

  restoreState(state: EnvState): void {
    const saved = state as { place: number; mode: number; taken: number; generator: GeneratorState };
    this.#place = saved.place;
    this.#mode = saved.mode;
    this.#steps = saved.taken;
    this.#generator.setState(saved.generator);
  }

  close() {}

  #info(): Info {
    return { mode: this.#mode };
  }
}
