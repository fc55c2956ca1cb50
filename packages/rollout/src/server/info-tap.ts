import {
  type Env,
  type EnvState,
  type Info,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  Wrapper,
} from '@understudy/gym';

/**
 * Keeps what an environment tells at each step, which a vector environment drops. It has no `stepInto`, which would build
 * no infos.
 */
export class InfoTap extends Wrapper<unknown, unknown> {
  /** Of the last step, or of the reset that a vector environment made after or instead of it. */
  last: Info = {};
  /** Of the step, where a reset followed it. */
  final: Info | undefined;
  #stepped = false;

  constructor(env: Env<unknown, unknown>) {
    super(env);
    this.stepInto = undefined;
  }

  /** Begins a step of the vector environment. */
  begin(): void {
    this.final = undefined;
    this.#stepped = false;
  }

  override reset(options?: ResetOptions): ResetResult<unknown> {
    const result = super.reset(options);
    if (this.#stepped) this.final = this.last;
    this.last = result.info;
    return result;
  }

  /** The environment's own state, so that a session with infos and one without take one another's. */
  override saveState?(): EnvState {
    return this.env.saveState!();
  }

  override restoreState?(state: EnvState): void {
    this.env.restoreState!(state);
    this.last = {};
  }

  override step(action: unknown): StepResult<unknown> {
    const result = super.step(action);
    this.last = result.info;
    this.#stepped = true;
    return result;
  }
}
