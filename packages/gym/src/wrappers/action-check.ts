import { InputError } from '@understudy/errors';
import type { Env } from '../env.ts';
import { formatShape } from '../spaces/number-format.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Refuses actions of the wrong kind or size and numbers that aren't finite. Actions outside a box's bounds pass, as in
 * Gymnasium: some environments clip them, some punish them.
 */
export class ActionCheck<Observation, Action> extends Wrapper<Observation, Action> {
  readonly #check: (action: unknown) => void;

  constructor(env: Env<Observation, Action>) {
    super(env);
    this.#check =
      env.actionSpace.kind === 'box' ? (action) => this.#checkArray(action) : (action) => this.#checkMember(action);
  }

  /** @throws InputError when the action is not one that the environment can take. */
  protected override innerAction(action: Action): Action {
    this.#check(action);
    return action;
  }

  #checkArray(action: unknown): void {
    const size = this.actionSpace.flatSize;
    if (!ArrayBuffer.isView(action) || (action as Float32Array).length !== size) {
      throw new InputError(`An action of ${this.id} is ${describe(action)}, expected ${this.actionSpace}.`);
    }
    const numbers = action as Float32Array;
    for (let i = 0; i < size; i++) {
      if (!Number.isFinite(numbers[i])) {
        throw new InputError(`An action of ${this.id} is [${numbers.join(', ')}], expected finite numbers.`);
      }
    }
  }

  #checkMember(action: unknown): void {
    if (this.actionSpace.contains(action)) return;
    throw new InputError(`An action of ${this.id} is ${describe(action)}, expected an element of ${this.actionSpace}.`);
  }
}

function describe(value: unknown): string {
  if (ArrayBuffer.isView(value))
    return `a ${value.constructor.name} of shape ${formatShape([(value as Float32Array).length])}`;
  if (Array.isArray(value)) return `a plain array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : String(value);
}
