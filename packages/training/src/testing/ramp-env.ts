import { Box, type Env, type EnvState } from '@understudy/gym';
import { defaultRng, type GeneratorState } from '@understudy/random';

/** How a {@link RampEnv} ends its episodes. */
export interface RampOptions {
  /** Steps in one episode. */
  length?: number;
  ending?: 'terminated' | 'truncated';
  id?: string;
}

/**
 * An environment whose figures are easy to predict: the observation is [offset + steps taken, episode], the reward is
 * ten times the step's number plus the action, and the offset, drawn at the reset, is below 1.
 */
export class RampEnv implements Env<Float64Array, Float32Array> {
  readonly id: string;
  readonly observationSpace = new Box<Float64Array>({ low: -Infinity, high: Infinity, shape: [2], dtype: 'float64' });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly metadata = { renderModes: [] };
  readonly #length: number;
  readonly #ending: 'terminated' | 'truncated';
  readonly #generator = defaultRng(0);
  readonly simulation = { qpos: new Float64Array(1), qvel: new Float64Array(1) };
  #offset = 0;
  #step = 0;
  #episode = -1;

  constructor({ length = 5, ending = 'truncated', id = 'Ramp-v0' }: RampOptions = {}) {
    this.id = id;
    this.#length = length;
    this.#ending = ending;
  }

  get unwrapped(): Env<unknown, unknown> {
    return this;
  }

  reset({ seed }: { seed?: number } = {}) {
    if (seed !== undefined) this.#generator.setState(defaultRng(seed).getState());
    this.#offset = this.#generator.random();
    this.#step = 0;
    this.#episode++;
    return { observation: this.#observe(), info: {} };
  }

  step(action: Float32Array) {
    const reward = 10 * this.#step + action[0];
    this.#step++;
    const ended = this.#step === this.#length;
    return {
      observation: this.#observe(),
      reward,
      terminated: ended && this.#ending === 'terminated',
      truncated: ended && this.#ending === 'truncated',
      info: { step: this.#step },
    };
  }

  render() {
    return null;
  }

  saveState(): EnvState {
    return {
      offset: this.#offset,
      step: this.#step,
      episode: this.#episode,
      generator: this.#generator.getState(),
    };
  }

  restoreState(state: EnvState): void {
    const saved = state as { offset: number; step: number; episode: number; generator: GeneratorState };
    this.#offset = saved.offset;
    this.#step = saved.step;
    this.#episode = saved.episode;
    this.#generator.setState(saved.generator);
  }

  close() {}

  #observe(): Float64Array {
    this.simulation.qpos[0] = this.#offset + this.#step;
    this.simulation.qvel[0] = this.#step;
    return Float64Array.of(this.#offset + this.#step, this.#episode);
  }
}
