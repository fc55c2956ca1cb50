import type {
  Env,
  EnvMetadata,
  EnvState,
  RenderFrame,
  ResetOptions,
  ResetResult,
  StepResult,
  StepSignals,
} from '../env.ts';
import type { Space } from '../space.ts';

/**
 * An environment around another: passes everything on, and subclasses change what they are for.
 *
 * `stepInto`, `saveState` and `restoreState` exist exactly where the inner environment has them.
 */
export abstract class Wrapper<Observation = Float64Array, Action = Float32Array, InnerAction = Action>
  implements Env<Observation, Action>
{
  readonly env: Env<Observation, InnerAction>;
  readonly id: string;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  readonly metadata: EnvMetadata;
  readonly unwrapped: Env<unknown, unknown>;

  constructor(env: Env<Observation, InnerAction>, actionSpace: Space<Action>, metadata: EnvMetadata = env.metadata) {
    this.env = env;
    this.id = env.id;
    this.observationSpace = env.observationSpace;
    this.actionSpace = actionSpace;
    this.metadata = metadata;
    this.unwrapped = env.unwrapped;
    if (!env.stepInto) this.stepInto = undefined;
    if (!env.saveState || !env.restoreState) {
      this.saveState = undefined;
      this.restoreState = undefined;
    }
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  abstract step(action: Action): StepResult<Observation>;

  stepInto?(action: Action, out: Float32Array, offset: number): StepSignals;

  render(): RenderFrame | null {
    return this.env.render();
  }

  saveState?(): EnvState;

  restoreState?(state: EnvState): void;

  close(): void {
    this.env.close();
  }
}
