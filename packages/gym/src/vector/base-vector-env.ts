import { InputError } from '@understudy/errors';
import type { EnvState, Info, ResetOptions } from '../env.ts';
import type { Space } from '../space.ts';
import type { AutoresetMode, VectorEnv } from '../vector-env.ts';
import type { Rows } from './buffers.ts';
import { checkActions, checkIndex, checkRunning, checkStates } from './vector-checks.ts';

/** What a vector environment is made of. */
export interface VectorParts {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  readonly actionSize: number;
  readonly rows: Rows;
}

type Phase = 'unset' | 'running' | 'failed' | 'closed';

const refusals = {
  unset: 'can take no step before its first reset; call reset() first',
  failed: 'stands between two steps since one failed; call reset() or restoreState() first',
  closed: 'is closed; make a new one',
};

/** Checks and order of calls, the same for in-thread and worker-thread vector environments. */
export abstract class BaseVectorEnv implements VectorEnv {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly wasReset: Uint8Array;
  readonly #actions: Float32Array;
  #resetInfos: Info[] = [];
  #phase: Phase = 'unset';
  #seeded = false;

  constructor({ rows, ...parts }: VectorParts) {
    this.id = parts.id;
    this.count = parts.count;
    this.autoresetMode = parts.autoresetMode;
    this.singleObservationSpace = parts.singleObservationSpace;
    this.singleActionSpace = parts.singleActionSpace;
    this.observationSize = parts.singleObservationSpace.flatSize;
    this.actionSize = parts.actionSize;
    this.observations = rows.observations;
    this.finalObservations = rows.finalObservations;
    this.rewards = rows.rewards;
    this.terminated = rows.terminated;
    this.truncated = rows.truncated;
    this.wasReset = rows.wasReset;
    this.#actions = rows.actions;
  }

  protected abstract resetAll(options: ResetOptions): Info[];
  protected abstract resetOne(index: number, options: ResetOptions): Info;
  protected abstract stepAll(): void;
  protected abstract saveAll(): EnvState[];
  protected abstract restoreAll(states: readonly EnvState[]): void;
  protected abstract closeAll(): void;

  get resetInfos(): readonly Info[] {
    return this.#resetInfos;
  }

  /**
   * Resets all. The first reset without a seed takes seed 0, so that sub-environments differ from one another.
   *
   * @throws InputError when closed.
   */
  reset(options: ResetOptions = {}): void {
    if (this.#phase === 'closed') this.#refuse('closed');
    const seed = options.seed ?? (this.#seeded ? undefined : 0);
    this.#phase = 'failed';
    this.#resetInfos = this.resetAll({ seed, options: options.options });
    this.#seeded = true;
    this.#phase = 'running';
  }

  /** @throws InputError when there is no such sub-environment, or none has been reset before. */
  resetAt(index: number, options: ResetOptions = {}): void {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    checkIndex(this.id, index, this.count);
    this.#resetInfos[index] = this.resetOne(index, options);
  }

  /** @throws InputError for wrong actions, and where a step is out of order. */
  step(actions: Float32Array): void {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    checkActions(this.id, actions, this.count, this.actionSize);
    if (this.autoresetMode === 'disabled') checkRunning(this);
    this.#actions.set(actions);
    this.#phase = 'failed';
    this.stepAll();
    this.#phase = 'running';
  }

  /** @throws InputError when the environment can't save its state, or has none yet. */
  saveState(): EnvState[] {
    if (this.#phase !== 'running') this.#refuse(this.#phase);
    return this.saveAll();
  }

  restoreState(states: readonly EnvState[]): void {
    if (this.#phase === 'closed') this.#refuse('closed');
    checkStates(this.id, states, this.count);
    this.#phase = 'failed';
    this.restoreAll(states);
    this.#seeded = true;
    this.#phase = 'running';
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.closeAll();
  }

  #refuse(phase: keyof typeof refusals): never {
    throw new InputError(`The vector environment of ${this.count} ${this.id} ${refusals[phase]}.`);
  }
}
