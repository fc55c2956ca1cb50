import type {
  Env,
  EnvMetadata,
  EnvState,
  Info,
  RenderFrame,
  RenderOptions,
  ResetOptions,
  ResetResult,
  StepResult,
  StepSignals,
} from '../env.ts';
import type { Space } from '../space.ts';

/** What a {@link Wrapper} shows in place of the inner environment's own. */
export interface WrapperFace<Observation, Action> {
  observationSpace?: Space<Observation>;
  actionSpace?: Space<Action>;
  metadata?: EnvMetadata;
}

/**
 * An environment around another. It passes everything on; subclasses override the hooks for what they change.
 *
 * `stepInto`, `saveState` and `restoreState` exist exactly where the inner environment has them.
 */
export abstract class Wrapper<Observation, Action, InnerObservation = Observation, InnerAction = Action>
  implements Env<Observation, Action>
{
  readonly env: Env<InnerObservation, InnerAction>;
  readonly id: string;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  readonly metadata: EnvMetadata;
  readonly unwrapped: Env<unknown, unknown>;
  // Not the inner environment's object: what a wrapper sets there, the inner environment might never clear.
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };

  constructor(env: Env<InnerObservation, InnerAction>, face: WrapperFace<Observation, Action> = {}) {
    this.env = env;
    this.id = env.id;
    this.observationSpace = face.observationSpace ?? (env.observationSpace as unknown as Space<Observation>);
    this.actionSpace = face.actionSpace ?? (env.actionSpace as unknown as Space<Action>);
    this.metadata = face.metadata ?? env.metadata;
    this.unwrapped = env.unwrapped;
    if (!env.stepInto) this.stepInto = undefined;
    if (!env.saveState || !env.restoreState) {
      this.saveState = undefined;
      this.restoreState = undefined;
    }
  }

  /** What the inner environment gets for an action. */
  protected innerAction(action: Action): InnerAction {
    return action as unknown as InnerAction;
  }

  /** What the caller gets for an observation of the inner environment. */
  protected outerObservation(observation: InnerObservation): Observation {
    return observation as unknown as Observation;
  }

  /** Called after every reset, before the observation is transformed. */
  protected onReset(): void {}

  /** Changes the signals of a step in place; `info` is absent where the step builds none. */
  protected onStep(_signals: StepSignals, _info?: Info): void {}

  /** The wrapper's own part of {@link saveState}, as JSON. */
  protected ownState(): EnvState {
    return {};
  }

  /** Puts back what {@link ownState} gave. */
  protected restoreOwnState(_state: EnvState): void {}

  reset(options?: ResetOptions): ResetResult<Observation> {
    const { observation, info } = this.env.reset(options);
    this.onReset();
    return { observation: this.outerObservation(observation), info };
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(this.innerAction(action));
    const result = { ...inner, observation: this.outerObservation(inner.observation) };
    this.onStep(result, result.info);
    return result;
  }

  stepInto?(action: Action, out: Float32Array, offset: number): StepSignals {
    const inner = this.env.stepInto!(this.innerAction(action), out, offset);
    const signals = this.#signals;
    signals.reward = inner.reward;
    signals.terminated = inner.terminated;
    signals.truncated = inner.truncated;
    this.onStep(signals);
    return signals;
  }

  render(options?: RenderOptions): RenderFrame | null {
    return this.env.render(options);
  }

  saveState?(): EnvState {
    return { ...this.ownState(), env: this.env.saveState!() };
  }

  restoreState?(state: EnvState): void {
    this.env.restoreState!(state.env as EnvState);
    this.restoreOwnState(state);
  }

  close(): void {
    this.env.close();
  }
}

/**
 * A {@link Wrapper} that changes observations. Its `stepInto` allocates, because it goes by `step`: transformed from the
 * full-precision observation it is `step`'s observation rounded once.
 */
export abstract class ObservationWrapper<Observation, Action, InnerObservation = Observation> extends Wrapper<
  Observation,
  Action,
  InnerObservation
> {
  override stepInto?(action: Action, out: Float32Array, offset: number): StepSignals {
    const result = this.step(action);
    this.observationSpace.flattenInto(result.observation, out, offset);
    return result;
  }
}
