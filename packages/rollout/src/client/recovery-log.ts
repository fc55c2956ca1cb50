import { wireArray } from '../protocol/arrays.ts';
import type { Arrays, Body } from '../protocol/messages.ts';

/** Requests that change a session's environments. */
export type ChangeType = 'reset' | 'resetAt' | 'step' | 'restore';

/** A request without its number. */
export type Change = { [T in ChangeType]: { type: T; body: Body<T>; arrays: Arrays<T> } }[ChangeType];

/** Steps that are replayed by one message. */
const STEPS_AT_ONCE = 64;

/** The last saved state of a session and what was done since: enough to make it anew. */
export class RecoveryLog {
  readonly #everySteps: number;
  readonly #batches: boolean;
  #state: Uint8Array | undefined;
  #changes: Change[] = [];
  #steps = 0;

  /** @param batches - Whether the environments take several steps by one message. */
  constructor(everySteps: number, batches: boolean) {
    this.#everySteps = everySteps;
    this.#batches = batches;
  }

  /** Notes what the server has acknowledged. */
  add(change: Change): void {
    this.#changes.push(change.type === 'step' ? copyStep(change) : change);
    if (change.type === 'step') this.#steps += 1;
  }

  /** Whether it is time to save the state: at the first reset, to learn whether it can be, and every so many steps. */
  get due(): boolean {
    return (this.#state === undefined && this.#changes.length > 0) || this.#steps >= this.#everySteps;
  }

  /** Begins anew from a state. */
  saved(state: Uint8Array): void {
    this.#state = state.slice();
    this.#changes = [];
    this.#steps = 0;
  }

  /** The requests that bring new environments where the old ones were. */
  *replay(): Generator<Change> {
    if (this.#state) yield { type: 'restore', body: {}, arrays: { state: wireArray(this.#state) } };
    let steps: Float32Array[] = [];
    let shape: readonly number[] = [];
    for (const change of this.#changes) {
      if (change.type === 'step' && this.#batches && change.arrays.actions.shape.length === 2) {
        steps.push(change.arrays.actions.data);
        shape = change.arrays.actions.shape;
        if (steps.length < STEPS_AT_ONCE) continue;
        yield joinSteps(steps, shape);
        steps = [];
        continue;
      }
      if (steps.length > 0) yield joinSteps(steps, shape);
      steps = [];
      yield change;
    }
    if (steps.length > 0) yield joinSteps(steps, shape);
  }
}

function copyStep({ body, arrays: { actions } }: Change & { type: 'step' }): Change {
  return { type: 'step', body, arrays: { actions: { ...actions, data: actions.data.slice() } } };
}

function joinSteps(steps: readonly Float32Array[], shape: readonly number[]): Change {
  const size = steps[0].length;
  const data = new Float32Array(steps.length * size);
  for (const [i, step] of steps.entries()) data.set(step, i * size);
  return { type: 'step', body: {}, arrays: { actions: wireArray(data, [steps.length, ...shape]) } };
}
