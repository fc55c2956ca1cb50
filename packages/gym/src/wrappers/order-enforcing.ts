import { InputError } from '@understudy/errors';
import type {
  EnvState,
  RenderFrame,
  RenderOptions,
  ResetOptions,
  ResetResult,
  StepResult,
  StepSignals,
} from '../env.ts';
import { Wrapper } from './wrapper.ts';

type Phase = 'unset' | 'running' | 'ended' | 'closed';

const refusals = {
  unset: 'can take no step before its first reset; call reset() first',
  ended: 'can take no step after the end of its episode; call reset() first',
  closed: 'is closed; make a new one',
};

/**
 * Refuses calls out of order: steps before the first reset or after an episode's end, anything after close. It goes
 * around {@link TimeLimit}, so that an episode which ran out of time has ended too.
 */
export class OrderEnforcing<Observation, Action> extends Wrapper<Observation, Action> {
  #phase: Phase = 'unset';

  override reset(options?: ResetOptions): ResetResult<Observation> {
    this.#checkOpen();
    const result = super.reset(options);
    this.#phase = 'running';
    return result;
  }

  /** @throws InputError when no episode is running. */
  override step(action: Action): StepResult<Observation> {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    return super.step(action);
  }

  /** @throws InputError when no episode is running. */
  override stepInto?(action: Action, out: Float32Array, offset: number): StepSignals {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    return super.stepInto!(action, out, offset);
  }

  /** Told by a caller that steps the inner environment itself, as vector environments do: the episode has ended. */
  endEpisode(): void {
    this.#phase = 'ended';
  }

  protected override onStep(signals: StepSignals): void {
    if (signals.terminated || signals.truncated) this.#phase = 'ended';
  }

  override render(options?: RenderOptions): RenderFrame | null {
    this.#checkOpen();
    return super.render(options);
  }

  override saveState?(): EnvState {
    this.#checkOpen();
    return super.saveState!();
  }

  /** @throws InputError when the environment is closed, or the state was saved by one of another id. */
  override restoreState?(state: EnvState): void {
    this.#checkOpen();
    if (state.id !== this.id) {
      const source = typeof state.id === 'string' ? `of ${state.id}` : 'of no environment';
      throw new InputError(`The state given to ${this.id} is ${source}; restore one that ${this.id} saved.`);
    }
    super.restoreState!(state);
  }

  protected override ownState(): EnvState {
    return { id: this.id, phase: this.#phase };
  }

  protected override restoreOwnState(state: EnvState): void {
    this.#phase = state.phase as Phase;
  }

  override close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    super.close();
  }

  #checkOpen(): void {
    if (this.#phase === 'closed') this.#refuse('closed');
  }

  #refuse(phase: keyof typeof refusals): never {
    throw new InputError(`${this.id} ${refusals[phase]}.`);
  }
}
