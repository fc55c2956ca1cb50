import { InputError } from '@understudy/errors';
import { Box, Discrete, type Info, type RenderFrame, type RenderOptions } from '@understudy/gym';
import { Canvas } from '@understudy/render';
import { colors, cueColors } from './colors.ts';
import { checkOptionNames, checkWhole, ToyEnv } from './toy-env.ts';

/** Options of Recall. */
export interface RecallOptions {
  /** Different cues, 2 to 8; default 2. */
  cues?: number;
  /** Steps from the cue to the question, 1 to 1000; default 10. */
  delay?: number;
}

/** The names of the options. */
export const recallOptionNames: readonly string[] = ['cues', 'delay'];

/** Places in the state. */
const cueAt = 0;
const timeAt = 1;
const answerAt = 2;

/**
 * Recall: a cue is shown once and asked for later. Without a memory the answer is a guess.
 *
 * Observation, float64 `[cues + 1]`: at first the cue, one-hot; afterwards zeros; the last number is 1 when the answer is
 * asked for. Action: a cue, 0 to cues - 1; only that at the question counts. Reward: 1 for the right answer, else 0.
 * Terminates with the answer, after `delay + 1` steps.
 */
export class RecallEnv extends ToyEnv<number> {
  readonly id = 'Recall-v0';
  readonly observationSpace: Box<Float64Array>;
  readonly actionSpace: Discrete;
  readonly #cues: number;
  readonly #delay: number;

  /** State: the cue, the steps taken, the answer given or -1. @throws InputError for a wrong option. */
  constructor(options: RecallOptions = {}) {
    super(3);
    const { cues = 2, delay = 10 } = options;
    checkOptionNames('Recall-v0', options, recallOptionNames);
    checkWhole('Recall-v0', 'cues', cues, 2, cueColors.length);
    checkWhole('Recall-v0', 'delay', delay, 1, 1000);
    this.#cues = cues;
    this.#delay = delay;
    this.observationSpace = new Box({ low: 0, high: 1, shape: [cues + 1], dtype: 'float64' });
    this.actionSpace = new Discrete(cues);
  }

  protected begin(): void {
    this.state[cueAt] = this.generator.integers(this.#cues);
    this.state[timeAt] = 0;
    this.state[answerAt] = -1;
  }

  protected advance(action: number): void {
    if (!this.actionSpace.contains(action)) {
      throw new InputError(
        `an action of Recall-v0 is a whole number from 0 to ${this.#cues - 1}, got ${String(action)}`,
      );
    }
    const asked = this.state[timeAt] === this.#delay;
    if (asked) this.state[answerAt] = action;
    this.state[timeAt] += 1;
    this.signals.reward = asked && action === this.state[cueAt] ? 1 : 0;
    this.signals.terminated = asked;
  }

  protected observeInto(out: Float64Array | Float32Array, offset: number): void {
    const time = this.state[timeAt];
    for (let i = 0; i < this.#cues; i++) out[offset + i] = time === 0 && i === this.state[cueAt] ? 1 : 0;
    out[offset + this.#cues] = time === this.#delay ? 1 : 0;
  }

  protected override info(): Info {
    return { cue: this.state[cueAt] };
  }

  protected draw({ width = 256, height = 256 }: RenderOptions): RenderFrame {
    const canvas = new Canvas({ width, height });
    canvas.setView({ left: -1.5, right: 11.5, bottom: -5.5, top: 7.5 });
    const [cue, time, answer] = this.state;
    const now = (10 * Math.min(time, this.#delay)) / this.#delay;
    canvas.strokeLine([0, 0, 10, 0], 2, colors.frame);
    canvas.fillCircle(0, 2, 1, cueColors[cue]);
    canvas.strokeCircle(10, 2, 1, 2, colors.frame);
    if (answer >= 0) canvas.fillCircle(10, 2, 1, cueColors[answer]);
    canvas.fillCircle(now, 0, 0.3, colors.agent);
    return canvas.frame();
  }
}

/** The expert: remembers the last cue it saw, and names it at every step. */
export class RecallExpert {
  #cue = 0;

  /** @param observation - `[cues + 1]` */
  act(observation: ArrayLike<number>): number {
    for (let i = 0; i < observation.length - 1; i++) if (observation[i] === 1) this.#cue = i;
    return this.#cue;
  }
}
