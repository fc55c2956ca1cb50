import { Box, type EnvState, type ResetOptions, type ResetResult, type StepSignals, Wrapper } from '@understudy/gym';
import type { AnyEnv } from '@understudy/training';
import type { ModeSpace } from './task.ts';

/** Numbers by which a mode is shown to a policy: one for each that can be counted, or one for a speed. */
export function modeCodeSize(modes: ModeSpace): number {
  if (modes.kind === 'discrete') return modes.labels.length;
  return modes.kind === 'continuous' ? 1 : 0;
}

/** Writes a mode's code: one-hot, or a speed stretched to [-1, 1]. */
export function writeModeCode(modes: ModeSpace, mode: number, out: Float32Array | Float64Array, offset: number): void {
  if (modes.kind === 'discrete') {
    for (let i = 0; i < modes.labels.length; i++) out[offset + i] = i === mode ? 1 : 0;
  } else if (modes.kind === 'continuous') {
    out[offset] = (2 * (mode - modes.low)) / (modes.high - modes.low) - 1;
  }
}

/**
 * Shows the mode of the episode, which the environment tells in the info of its resets, behind the observation: for
 * training one expert that serves all modes. Observation: float64, the inner one flat and the mode's code.
 */
export class ModeInObservation extends Wrapper<Float64Array, unknown, unknown> {
  readonly #modes: ModeSpace;
  readonly #innerSize: number;
  #mode = 0;

  constructor(env: AnyEnv, modes: ModeSpace) {
    const innerSize = env.observationSpace.flatSize;
    const shape = [innerSize + modeCodeSize(modes)];
    super(env, {
      observationSpace: new Box<Float64Array>({
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        shape,
        dtype: 'float64',
      }),
    });
    this.#modes = modes;
    this.#innerSize = innerSize;
  }

  override reset(options?: ResetOptions): ResetResult<Float64Array> {
    const { observation, info } = this.env.reset(options);
    this.#mode = info.mode as number;
    return { observation: this.outerObservation(observation), info };
  }

  override stepInto?(action: unknown, out: Float32Array, offset: number): StepSignals {
    const signals = this.env.stepInto!(action, out, offset);
    writeModeCode(this.#modes, this.#mode, out, offset + this.#innerSize);
    return signals;
  }

  protected override outerObservation(observation: unknown): Float64Array {
    const out = new Float64Array(this.observationSpace.flatSize);
    this.env.observationSpace.flattenInto(observation, out, 0);
    writeModeCode(this.#modes, this.#mode, out, this.#innerSize);
    return out;
  }

  protected override ownState(): EnvState {
    return { mode: this.#mode };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.#mode = state.mode as number;
  }
}
