import { InputError } from '@understudy/errors';
import type { Env, EnvState, Info, ResetOptions } from '../env.ts';
import type { AutoresetMode } from '../vector-env.ts';
import { BaseVectorEnv } from './base-vector-env.ts';
import { rowsByteLength, viewRows } from './buffers.ts';
import { actionSizeOf, EnvRows } from './env-rows.ts';

/** Steps copies of an environment one after the other in this thread. */
export class SyncVectorEnv extends BaseVectorEnv {
  readonly #envRows: EnvRows;

  /**
   * @param envs - At least one, all alike; the vector environment owns them and closes them.
   * @throws InputError when there is none, or its actions are neither Box nor Discrete.
   */
  constructor(envs: readonly Env<unknown, unknown>[], options: { autoresetMode?: AutoresetMode } = {}) {
    if (envs.length === 0) throw new InputError('A vector environment needs at least one environment.');
    const [{ id, observationSpace, actionSpace }] = envs;
    const { autoresetMode = 'next-step' } = options;
    const sizes = { observationSize: observationSpace.flatSize, actionSize: actionSizeOf(actionSpace) };
    const rows = viewRows(new ArrayBuffer(rowsByteLength(envs.length, sizes)), envs.length, sizes);
    super({
      id,
      count: envs.length,
      autoresetMode,
      singleObservationSpace: observationSpace,
      singleActionSpace: actionSpace,
      actionSize: sizes.actionSize,
      rows,
    });
    this.#envRows = new EnvRows(envs, rows, autoresetMode);
  }

  protected override resetAll(options: ResetOptions): Info[] {
    return this.#envRows.reset(options);
  }

  protected override resetOne(index: number, options: ResetOptions): Info {
    return this.#envRows.resetAt(index, options);
  }

  protected override stepAll(): void {
    this.#envRows.step();
  }

  protected override saveAll(): EnvState[] {
    return this.#envRows.saveState();
  }

  protected override restoreAll(states: readonly EnvState[]): void {
    this.#envRows.restoreState(states);
  }

  protected override closeAll(): void {
    this.#envRows.close();
  }
}
