import { Box, type RenderFrame, type RenderOptions } from '@understudy/gym';
import type { Generator } from '@understudy/random';
import { Canvas } from '@understudy/render';
import { colors } from './colors.ts';
import { checkNumbers, checkOptionNames, checkWhole, ToyEnv } from './toy-env.ts';

/** Options of BimodalAction. */
export interface BimodalActionOptions {
  /** Numbers in an action, 1 or 2; default 1. With 2 they depend on each other: both are 1 or both are -1. */
  dimensions?: number;
}

/** The names of the options. */
export const bimodalActionOptionNames: readonly string[] = ['dimensions'];

/**
 * The bimodal expert: two actions are right, all ones or all minus ones, and what lies between them is wrong. Cloning by
 * least squares answers with the mean, which is worth nothing.
 *
 * Observation, float64 `[1]`: a number uniform in (-1, 1) that means nothing. Action, float32 `[dimensions]`. Reward: 1
 * less the mean squared distance to the nearer right action, so 1 for either and 0 for their mean. One step.
 */
export class BimodalActionEnv extends ToyEnv<Float32Array> {
  readonly id = 'BimodalAction-v0';
  readonly observationSpace = new Box<Float64Array>({ low: -1, high: 1, shape: [1], dtype: 'float64' });
  readonly actionSpace: Box;
  readonly #dimensions: number;

  /** State: the observation, then the action taken. @throws InputError for a wrong option. */
  constructor(options: BimodalActionOptions = {}) {
    const { dimensions = 1 } = options;
    super(1 + Number(dimensions === 2 ? 2 : 1));
    checkOptionNames('BimodalAction-v0', options, bimodalActionOptionNames);
    checkWhole('BimodalAction-v0', 'dimensions', dimensions, 1, 2);
    this.#dimensions = dimensions;
    this.actionSpace = new Box({ low: -1.5, high: 1.5, shape: [dimensions] });
  }

  protected begin(): void {
    this.state.fill(0);
    this.state[0] = this.generator.uniform(-1, 1);
  }

  protected advance(action: Float32Array): void {
    checkNumbers(this.id, action, this.#dimensions);
    let toOnes = 0;
    let toMinusOnes = 0;
    for (let i = 0; i < this.#dimensions; i++) {
      this.state[1 + i] = action[i];
      toOnes += (action[i] - 1) ** 2;
      toMinusOnes += (action[i] + 1) ** 2;
    }
    this.signals.reward = 1 - Math.min(toOnes, toMinusOnes) / this.#dimensions;
    this.signals.terminated = true;
  }

  protected observeInto(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.state[0];
  }

  protected draw({ width = 256, height = 256 }: RenderOptions): RenderFrame {
    const canvas = new Canvas({ width, height });
    canvas.setView({ left: -2, right: 2, bottom: -2, top: 2 });
    canvas.strokeLine([-2, 0, 2, 0], 1, colors.frame);
    const depth = this.#dimensions - 1;
    if (depth > 0) canvas.strokeLine([0, -2, 0, 2], 1, colors.frame);
    for (const mode of [-1, 1]) canvas.strokeCircle(mode, mode * depth, 0.15, 2.5, colors.goal);
    canvas.fillCircle(this.state[1], depth > 0 ? this.state[2] : 0, 0.1, colors.agent);
    return canvas.frame();
  }
}

/**
 * The expert: either right action, with equal chances.
 *
 * @param action - Takes the action; of one number unless given.
 */
export function bimodalExpert(generator: Generator, action: Float32Array = new Float32Array(1)): Float32Array {
  return action.fill(generator.random() < 0.5 ? -1 : 1);
}
