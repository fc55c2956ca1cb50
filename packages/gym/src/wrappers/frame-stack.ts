import { InputError } from '@understudy/errors';
import type { Env, EnvState } from '../env.ts';
import { Box, type BoxArrays, type BoxDtype } from '../spaces/box.ts';
import { boxOf } from './box-of.ts';
import { ObservationWrapper } from './wrapper.ts';

/** Arguments of {@link FrameStack}. */
export interface FrameStackOptions {
  /** What stands for the steps before an episode: its first observation (`reset`, as Gymnasium's default) or zeros. */
  padding?: 'reset' | 'zero';
}

/** The last observations in one, oldest first: `[stackSize, ...shape]`. Gymnasium's `FrameStackObservation`. */
export class FrameStack<T extends BoxArrays[BoxDtype], Action> extends ObservationWrapper<T, Action> {
  readonly #frames: T;
  readonly #frameSize: number;
  readonly #padding: 'reset' | 'zero';
  #episodeStarts = false;

  /** @throws InputError when the observation space is no Box or the size is not a positive integer. */
  constructor(env: Env<T, Action>, stackSize: number, options: FrameStackOptions = {}) {
    if (!Number.isSafeInteger(stackSize) || stackSize < 1) {
      throw new InputError(`stackSize is ${stackSize}, expected a positive integer.`);
    }
    const observationSpace = stackedBox(boxOf(env.observationSpace, 'FrameStack'), stackSize);
    super(env, { observationSpace });
    this.#frames = observationSpace.createArray();
    this.#frameSize = observationSpace.flatSize / stackSize;
    this.#padding = options.padding ?? 'reset';
  }

  protected override onReset(): void {
    this.#episodeStarts = true;
  }

  protected override outerObservation(observation: T): T {
    const frames = this.#frames;
    if (this.#episodeStarts) {
      if (this.#padding === 'zero') frames.fill(0);
      else for (let at = 0; at < frames.length; at += this.#frameSize) frames.set(observation, at);
      this.#episodeStarts = false;
    }
    frames.copyWithin(0, this.#frameSize);
    frames.set(observation, frames.length - this.#frameSize);
    return frames.slice() as T;
  }

  protected override ownState(): EnvState {
    return { frames: [...this.#frames] };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.#frames.set(state.frames as number[]);
  }
}

function stackedBox<T extends BoxArrays[BoxDtype]>(box: Box<T>, stackSize: number): Box<T> {
  const repeat = (bound: T) => Array.from({ length: stackSize }, () => [...bound]).flat();
  const shape = [stackSize, ...box.shape];
  return new Box<T>({ low: repeat(box.low), high: repeat(box.high), shape, dtype: box.dtype as never });
}
