import { InputError } from '@understudy/errors';
import {
  Box,
  type Env,
  type EnvMetadata,
  type EnvState,
  type Info,
  type RenderFrame,
  type RenderOptions,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type StepSignals,
} from '@understudy/gym';
import { drawDrawing } from './draw-drawing.ts';
import { pointsAt } from './polyline.ts';
import { type DrawingName, drawingLength, drawingReferences } from './shapes.ts';

/** Steps in which a drawing is drawn. */
export const drawingSteps = 75;
/** The largest displacement in x and in y. */
const actionBound = 0.4;

/**
 * Where the drawing's reference is after each of 75 equal steps, one array a branch: `[76, 2]`.
 *
 * @throws InputError when there is no such drawing.
 */
function paces(name: DrawingName): Float64Array[] {
  const lengths = Float64Array.from({ length: drawingSteps + 1 }, (_, i) => (drawingLength * i) / drawingSteps);
  return drawingReferences(name).map((reference) => pointsAt(reference, lengths));
}

/**
 * The expert's 75 actions, `[75, 2]`: the displacements that draw a reference curve at an even pace.
 *
 * @param branch - Which tail of mouse1, 0 to 2; other drawings have one branch, 0.
 * @throws InputError when there is no such drawing or branch.
 */
export function drawingActions(name: DrawingName, branch = 0): Float32Array {
  const curves = paces(name);
  const curve = curves[branch];
  if (!curve) throw new InputError(`${name} has no branch ${branch}, expected a whole number below ${curves.length}`);
  return Float32Array.from({ length: 2 * drawingSteps }, (_, i) => curve[i + 2] - curve[i]);
}

/**
 * A drawing to be redrawn: a point that moves by its actions.
 *
 * Observation, float64 `[2]`: the position; it starts at the origin. Action, float32 `[2]`: displacement, clipped to 0.4
 * on each axis. Reward: minus the distance to where a reference curve is that is drawn at an even pace in 75 steps, the
 * nearest branch where there are several; 0 is the most. Nothing terminates; `make` truncates after 75 steps.
 *
 * After the data of He's thesis on energy-based imitation (TU Darmstadt, 2021), sections 3.1 and 4.4, which has neither
 * reward nor episode length.
 */
export class DrawingEnv implements Env<Float64Array, Float32Array> {
  readonly id: string;
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 25 };
  readonly observationSpace = new Box<Float64Array>({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [2],
    dtype: 'float64',
  });
  readonly actionSpace = new Box({ low: -actionBound, high: actionBound, shape: [2] });
  readonly #references: readonly Float64Array[];
  readonly #paces: readonly Float64Array[];
  /** Positions of the episode, `[76, 2]`; later ones, without a time limit, overwrite the last. */
  readonly #path = new Float64Array(2 * (drawingSteps + 1));
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  #steps = 0;
  #started = false;
  #open = true;

  /** @throws InputError when there is no such drawing. */
  constructor(name: DrawingName) {
    this.#references = drawingReferences(name);
    this.#paces = paces(name);
    this.id = `Drawing${name[0].toUpperCase()}${name.slice(1)}-v0`;
  }

  get unwrapped(): this {
    return this;
  }

  /**
   * Starts at the origin; `options` may hold `start`, another position [x, y]. Nothing is random.
   *
   * @throws InputError if the environment is closed, or for a wrong seed or start.
   */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float64Array> {
    this.#checkOpen();
    if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new InputError(`the seed of ${this.id} is ${seed}, expected a whole number from 0`);
    }
    const { start = [0, 0] } = options;
    if (!Array.isArray(start) || start.length !== 2 || !start.every(Number.isFinite)) {
      throw new InputError(`reset option start of ${this.id} is ${String(start)}, expected two finite numbers`);
    }
    this.#path.set(start);
    this.#steps = 0;
    this.#started = true;
    return { observation: this.#observe(), info: {} };
  }

  /** @throws InputError if the environment is closed or was never reset, or the action is not two finite numbers. */
  step(action: Float32Array): StepResult<Float64Array> {
    this.#advance(action);
    const info: Info = { steps: this.#steps };
    return { observation: this.#observe(), ...this.#signals, info };
  }

  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    const at = 2 * this.#pace();
    out[offset] = this.#path[at];
    out[offset + 1] = this.#path[at + 1];
    return this.#signals;
  }

  /** The reference curves with the path over them. */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return drawDrawing(this.#references, this.#path.slice(0, 2 * this.#pace() + 2), options);
  }

  saveState(): EnvState {
    this.#checkOpen();
    const path = Array.from(this.#path.subarray(0, 2 * this.#pace() + 2));
    return { path, steps: this.#steps, started: this.#started };
  }

  restoreState(saved: EnvState): void {
    this.#checkOpen();
    this.#path.set(saved.path as number[]);
    this.#steps = saved.steps as number;
    this.#started = saved.started as boolean;
  }

  close(): void {
    this.#open = false;
  }

  /** Steps taken, no more than the reference has. */
  #pace(): number {
    return Math.min(this.#steps, drawingSteps);
  }

  #observe(): Float64Array {
    const at = 2 * this.#pace();
    return this.#path.slice(at, at + 2);
  }

  #advance(action: Float32Array): void {
    if (!this.#open || !this.#started) this.#refuseStep();
    if (action.length !== 2 || !Number.isFinite(action[0]) || !Number.isFinite(action[1])) {
      throw new InputError(`an action of ${this.id} is two finite numbers, got [${Array.from(action).join(', ')}]`);
    }
    const from = 2 * this.#pace();
    this.#steps += 1;
    const to = 2 * this.#pace();
    for (let k = 0; k < 2; k++) {
      this.#path[to + k] = this.#path[from + k] + Math.max(-actionBound, Math.min(actionBound, action[k]));
    }
    this.#signals.reward = -this.#distance(to);
  }

  /** How far the position at `at` is from the nearest branch's at the same time. */
  #distance(at: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (let b = 0; b < this.#paces.length; b++) {
      const dx = this.#path[at] - this.#paces[b][at];
      const dy = this.#path[at + 1] - this.#paces[b][at + 1];
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
    return Math.sqrt(nearest);
  }

  #refuseStep(): never {
    this.#checkOpen();
    throw new InputError(`${this.id} was stepped before its first reset; call reset() first`);
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError(`${this.id} is closed; make a new one`);
  }
}
