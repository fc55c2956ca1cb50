import { InputError } from '@understudy/errors';
import type { Env, EnvState, Info, ResetOptions, StepSignals } from '../env.ts';
import type { Space } from '../space.ts';
import type { Box, BoxArrays, BoxDtype } from '../spaces/box.ts';
import type { Discrete } from '../spaces/discrete.ts';
import type { AutoresetMode } from '../vector-env.ts';
import type { Rows } from './buffers.ts';
import { type MadeEnv, takeApart } from './made-env.ts';

/** State of one sub-environment, with the row that a resumed caller acts on. */
interface RowState extends EnvState {
  env: EnvState;
  ended: boolean;
  terminated: number;
  truncated: number;
  observation: number[];
}

/**
 * Environments that write their steps into rows: what the in-thread and the worker-thread vector environments share, so
 * that both give the same bytes.
 */
export class EnvRows {
  readonly #envs: readonly Env<unknown, unknown>[];
  readonly #rows: Rows;
  readonly #mode: AutoresetMode;
  readonly #firstIndex: number;
  readonly #observationSize: number;
  readonly #actions: ActionReader[];
  /** 1 where the episode has ended and the next one not begun. */
  readonly #ended: Uint8Array;
  /** Environments that are stepped without their wrappers; undefined where one can't be. */
  readonly #made: readonly (MadeEnv | undefined)[];
  /** Steps taken in the episode and the number that truncates it, of those. */
  readonly #elapsed: Float64Array;
  readonly #limits: Float64Array;

  /** @param firstIndex - The index of the first of these environments among all, for seeds and messages. */
  constructor(envs: readonly Env<unknown, unknown>[], rows: Rows, mode: AutoresetMode, firstIndex = 0) {
    this.#envs = envs;
    this.#rows = rows;
    this.#mode = mode;
    this.#firstIndex = firstIndex;
    this.#observationSize = envs[0].observationSpace.flatSize;
    const size = actionSizeOf(envs[0].actionSpace);
    this.#actions = envs.map((env, i) =>
      actionReader(env.actionSpace, rows.actions.subarray(i * size, (i + 1) * size)),
    );
    this.#ended = new Uint8Array(envs.length);
    this.#made = envs.map(takeApart);
    this.#elapsed = new Float64Array(envs.length);
    this.#limits = Float64Array.from(this.#made, (made) => made?.limit?.maxEpisodeSteps ?? Number.POSITIVE_INFINITY);
  }

  /** Resets all; with a seed, each gets the seed plus its index. @returns their infos. */
  reset({ seed, options }: ResetOptions): Info[] {
    this.#rows.rewards.fill(0);
    this.#rows.terminated.fill(0);
    this.#rows.truncated.fill(0);
    this.#rows.wasReset.fill(0);
    return this.#envs.map((_, i) =>
      this.#resetRow(i, { seed: seed === undefined ? undefined : seed + this.#firstIndex + i, options }),
    );
  }

  /** Resets one. @returns its info. */
  resetAt(row: number, options: ResetOptions): Info {
    this.#rows.rewards[row] = 0;
    this.#rows.terminated[row] = 0;
    this.#rows.truncated[row] = 0;
    return this.#resetRow(row, options);
  }

  /** Takes the steps of {@link Rows.actions}; in next-step mode an environment whose episode has ended is reset. */
  step(): void {
    this.#rows.wasReset.fill(0);
    for (let i = 0; i < this.#envs.length; i++) {
      if (this.#ended[i] === 0) {
        this.#stepRow(i);
      } else {
        this.resetAt(i, {});
        this.#rows.wasReset[i] = 1;
      }
    }
  }

  #stepRow(i: number): void {
    const { observations, finalObservations, rewards, terminated, truncated } = this.#rows;
    const at = i * this.#observationSize;
    const signals = this.#stepEnv(i, at);
    const cut = signals.truncated || this.#elapsed[i] >= this.#limits[i];
    rewards[i] = signals.reward;
    terminated[i] = signals.terminated ? 1 : 0;
    truncated[i] = cut ? 1 : 0;
    if (!signals.terminated && !cut) return;
    this.#ended[i] = 1;
    this.#made[i]?.order.endEpisode();
    if (this.#mode !== 'same-step') return;
    for (let k = at; k < at + this.#observationSize; k++) finalObservations[k] = observations[k];
    this.#resetRow(i, {});
  }

  /** Steps one environment and writes its observation; what was made by `make` is stepped inside its wrappers. */
  #stepEnv(i: number, at: number): StepSignals {
    const { observations } = this.#rows;
    const action = this.#actions[i].read();
    const made = this.#made[i];
    if (made !== undefined && this.#actions[i].allows(action)) {
      const signals = made.bare.stepInto!(action, observations, at);
      this.#elapsed[i] += 1;
      return signals;
    }
    const env = this.#envs[i];
    if (env.stepInto) return env.stepInto(action, observations, at);
    const result = env.step(action);
    env.observationSpace.flattenInto(result.observation, observations, at);
    return result;
  }

  #resetRow(i: number, options: ResetOptions): Info {
    const env = this.#envs[i];
    const { observation, info } = env.reset(options);
    env.observationSpace.flattenInto(observation, this.#rows.observations, i * this.#observationSize);
    this.#ended[i] = 0;
    this.#elapsed[i] = 0;
    return info;
  }

  saveState(): EnvState[] {
    return this.#envs.map((env, i): RowState => {
      if (!env.saveState) throw new InputError(`${env.id} can't save its state.`);
      this.#made[i]?.limit?.setElapsedSteps(this.#elapsed[i]);
      const at = i * this.#observationSize;
      return {
        env: env.saveState(),
        ended: this.#ended[i] === 1,
        terminated: this.#rows.terminated[i],
        truncated: this.#rows.truncated[i],
        observation: [...this.#rows.observations.subarray(at, at + this.#observationSize)],
      };
    });
  }

  restoreState(states: readonly EnvState[]): void {
    for (const [i, state] of (states as RowState[]).entries()) {
      const env = this.#envs[i];
      if (!env.restoreState) throw new InputError(`${env.id} can't restore a state.`);
      env.restoreState(state.env);
      this.#elapsed[i] = this.#made[i]?.limit?.elapsedSteps ?? 0;
      this.#ended[i] = state.ended ? 1 : 0;
      this.#rows.terminated[i] = state.terminated;
      this.#rows.truncated[i] = state.truncated;
      this.#rows.observations.set(state.observation, i * this.#observationSize);
    }
  }

  close(): void {
    for (const env of this.#envs) env.close();
  }
}

/** Numbers in one action: a box's size, or 1. @throws InputError for spaces that have no flat form. */
export function actionSizeOf(space: Space): number {
  if (space.kind === 'discrete') return 1;
  if (space.kind === 'box') return space.flatSize;
  throw new InputError(`A vector environment needs Box or Discrete actions, got ${space}.`);
}

/** Makes what an environment takes from a row of actions, without allocation. */
interface ActionReader {
  read(): unknown;
  /** Whether the environment's check would pass an action of finite numbers; the check itself has the words if not. */
  allows(action: unknown): boolean;
}

function actionReader(space: Space, row: Float32Array): ActionReader {
  if (space.kind === 'discrete') {
    const discrete = space as unknown as Discrete;
    return { read: () => row[0], allows: (action) => discrete.contains(action) };
  }
  const box = space as Box<BoxArrays[BoxDtype]>;
  const allows = () => true;
  if (box.dtype === 'float32') return { read: () => row, allows };
  const action = box.createArray();
  return {
    read: () => {
      action.set(row);
      return action;
    },
    allows,
  };
}
