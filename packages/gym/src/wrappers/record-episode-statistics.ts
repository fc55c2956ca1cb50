import type { Env, EnvState, Info, StepSignals } from '../env.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Sums each episode's rewards and steps. The ending step's info gets `episode: { r, l }` with Gymnasium's keys, return
 * and length; steps without infos are found in {@link returnQueue} and {@link lengthQueue}.
 */
export class RecordEpisodeStatistics<Observation, Action> extends Wrapper<Observation, Action> {
  /** Episodes ended so far. */
  episodeCount = 0;
  /** Returns of the last episodes, oldest first. */
  readonly returnQueue: number[] = [];
  /** Lengths of the last episodes, oldest first. */
  readonly lengthQueue: number[] = [];
  readonly #bufferLength: number;
  #return = 0;
  #length = 0;

  /** @param options - `bufferLength`: how many episodes the queues remember, 100 unless told. */
  constructor(env: Env<Observation, Action>, options: { bufferLength?: number } = {}) {
    super(env);
    this.#bufferLength = options.bufferLength ?? 100;
  }

  protected override onReset(): void {
    this.#return = 0;
    this.#length = 0;
  }

  protected override onStep(signals: StepSignals, info?: Info): void {
    this.#return += signals.reward;
    this.#length += 1;
    if (!signals.terminated && !signals.truncated) return;
    this.episodeCount += 1;
    this.returnQueue.push(this.#return);
    this.lengthQueue.push(this.#length);
    if (this.returnQueue.length > this.#bufferLength) {
      this.returnQueue.shift();
      this.lengthQueue.shift();
    }
    if (info) info.episode = { r: this.#return, l: this.#length };
  }

  protected override ownState(): EnvState {
    return {
      episodeCount: this.episodeCount,
      returns: [...this.returnQueue],
      lengths: [...this.lengthQueue],
      return: this.#return,
      length: this.#length,
    };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.episodeCount = state.episodeCount as number;
    this.returnQueue.splice(0, Number.POSITIVE_INFINITY, ...(state.returns as number[]));
    this.lengthQueue.splice(0, Number.POSITIVE_INFINITY, ...(state.lengths as number[]));
    this.#return = state.return as number;
    this.#length = state.length as number;
  }
}
