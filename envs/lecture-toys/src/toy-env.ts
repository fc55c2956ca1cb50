import { InputError, nearestNames } from '@understudy/errors';
import type {
  Env,
  EnvMetadata,
  EnvState,
  Info,
  RenderFrame,
  RenderOptions,
  ResetOptions,
  ResetResult,
  Space,
  StepResult,
  StepSignals,
} from '@understudy/gym';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';

type Phase = 'unset' | 'running' | 'ended' | 'closed';

const refusals = {
  unset: 'was stepped before its first reset; call reset() first',
  ended: 'was stepped after the end of its episode; call reset() first',
  closed: 'is closed; make a new one',
};

/** Values of the first state number that pictures remember. */
const traceLength = 101;

/**
 * What the lecture's toys share: order of calls, seeds, saved states. A toy keeps all that its next step depends on in
 * {@link state}, and says how an episode begins, how an action changes the state, and what is observed of it.
 */
export abstract class ToyEnv<Action> implements Env<Float64Array, Action> {
  abstract readonly id: string;
  abstract readonly observationSpace: Space<Float64Array>;
  abstract readonly actionSpace: Space<Action>;
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 10 };
  /** The state's numbers; each toy says which. */
  readonly state: Float64Array;
  protected readonly signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  protected generator: Generator = defaultRng(0);
  readonly #trace = new Float64Array(traceLength);
  #traced = 0;
  #phase: Phase = 'unset';

  constructor(stateSize: number) {
    this.state = new Float64Array(stateSize);
  }

  /** Draws the state in which an episode begins. */
  protected abstract begin(): void;
  /** Checks the action, changes the state and sets the signals. */
  protected abstract advance(action: Action): void;
  protected abstract observeInto(out: Float64Array | Float32Array, offset: number): void;
  protected abstract draw(options: RenderOptions): RenderFrame;
  /** What a reset and a step tell beside the observation. */
  protected info(): Info {
    return {};
  }

  get unwrapped(): this {
    return this;
  }

  /** @throws InputError if the environment is closed, or for a wrong seed. */
  reset({ seed }: ResetOptions = {}): ResetResult<Float64Array> {
    this.#checkOpen();
    if (seed !== undefined) this.generator = defaultRng(seed);
    this.begin();
    this.#traced = 0;
    this.#remember();
    this.#phase = 'running';
    return { observation: this.#observe(), info: this.info() };
  }

  /** @throws InputError when no episode is running, or for an action outside the space. */
  step(action: Action): StepResult<Float64Array> {
    const signals = this.#advance(action);
    return { observation: this.#observe(), ...signals, info: this.info() };
  }

  stepInto(action: Action, out: Float32Array, offset: number): StepSignals {
    const signals = this.#advance(action);
    this.observeInto(out, offset);
    return signals;
  }

  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return this.draw(options);
  }

  /** What the next steps depend on; pictures forget what came before. */
  saveState(): EnvState {
    this.#checkOpen();
    return { state: Array.from(this.state), phase: this.#phase, generator: this.generator.getState() };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    this.state.set(saved.state as number[]);
    this.#phase = saved.phase as Phase;
    this.generator.setState(saved.generator as GeneratorState);
    this.#traced = 0;
    this.#remember();
  }

  close(): void {
    this.#phase = 'closed';
  }

  /** The first number of the state at the last moments, oldest first, at most 101. */
  protected trace(): Float64Array {
    const count = Math.min(this.#traced, traceLength);
    return Float64Array.from({ length: count }, (_, i) => this.#trace[(this.#traced - count + i) % traceLength]);
  }

  #observe(): Float64Array {
    const observation = new Float64Array(this.observationSpace.flatSize);
    this.observeInto(observation, 0);
    return observation;
  }

  #advance(action: Action): StepSignals {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    this.advance(action);
    this.#remember();
    if (this.signals.terminated) this.#phase = 'ended';
    return this.signals;
  }

  #remember(): void {
    this.#trace[this.#traced % traceLength] = this.state[0];
    this.#traced += 1;
  }

  #checkOpen(): void {
    if (this.#phase === 'closed') this.#refuse('closed');
  }

  #refuse(phase: keyof typeof refusals): never {
    throw new InputError(`${this.id} ${refusals[phase]}`);
  }
}

/** @throws InputError unless an action is so many finite numbers. */
export function checkNumbers(id: string, action: Float32Array, size: number): void {
  let finite = action.length === size;
  for (let i = 0; i < size && finite; i++) finite = Number.isFinite(action[i]);
  if (finite) return;
  throw new InputError(`an action of ${id} is ${size} finite numbers, got [${Array.from(action).join(', ')}]`);
}

/** @throws InputError when an option has no such name. */
export function checkOptionNames(id: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearestNames(unknown, names)[0];
  throw new InputError(
    `${id} has no option "${unknown}"; ${near ? `did you mean "${near}"?` : `it takes ${names.join(', ')}`}`,
  );
}

/** @throws InputError unless an option is a whole number between two. */
export function checkWhole(id: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`option ${name} of ${id} is ${String(value)}, expected a whole number from ${least} to ${most}`);
}
