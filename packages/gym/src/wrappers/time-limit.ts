import { InputError } from '@understudy/errors';
import type { Env, EnvState, StepSignals } from '../env.ts';
import { Wrapper } from './wrapper.ts';

/** Truncates an episode after a number of steps. */
export class TimeLimit<Observation, Action> extends Wrapper<Observation, Action> {
  readonly maxEpisodeSteps: number;
  #elapsedSteps = 0;

  /** @throws InputError when the number of steps is not a positive integer. */
  constructor(env: Env<Observation, Action>, maxEpisodeSteps: number) {
    if (!Number.isSafeInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      throw new InputError(`maxEpisodeSteps is ${maxEpisodeSteps}, expected a positive integer.`);
    }
    super(env, { metadata: { ...env.metadata, maxEpisodeSteps } });
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  /** Steps taken in the episode. */
  get elapsedSteps(): number {
    return this.#elapsedSteps;
  }

  /** Takes over the count of a caller that steps the inner environment itself, as vector environments do. */
  setElapsedSteps(elapsedSteps: number): void {
    this.#elapsedSteps = elapsedSteps;
  }

  protected override onReset(): void {
    this.#elapsedSteps = 0;
  }

  protected override onStep(signals: StepSignals): void {
    this.#elapsedSteps += 1;
    if (this.#elapsedSteps >= this.maxEpisodeSteps) signals.truncated = true;
  }

  protected override ownState(): EnvState {
    return { elapsedSteps: this.#elapsedSteps };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.#elapsedSteps = state.elapsedSteps as number;
  }
}
