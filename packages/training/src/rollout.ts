import { InputError } from '@understudy/errors';
import type { EnvState, VectorEnv } from '@understudy/gym';
import { type Tensor, tensorOf } from '@understudy/nn';
import { checkFinite } from './check-finite.ts';
import { takeFloat32 } from './checkpoint.ts';
import { EpisodeStatistics } from './episode-statistics.ts';
import type { Pause } from './event-loop.ts';
import type { ObservationNormalizer } from './observation-normalizer.ts';
import type { RewardNormalizer } from './reward-normalizer.ts';

/**
 * Chooses actions while collecting.
 *
 * @param observations - `[count, observationSize]`, normalised.
 * @param actions - `[count, actionSize]`, to be written.
 * @param logProbabilities - `[count]`, to be written.
 */
export type Actor = (
  observations: Float32Array,
  count: number,
  actions: Float32Array,
  logProbabilities: Float32Array,
) => void;

/** An {@link Actor} that may have to wait for its answer, an inference server's say. */
export type AwaitableActor = (...args: Parameters<Actor>) => void | Promise<void>;

/** Arguments of {@link RolloutCollector}. */
export interface RolloutOptions {
  /** Steps of every environment in one rollout. */
  steps: number;
  /** Normalises observations and takes them in; without it they pass as they are. */
  observationNormalizer?: ObservationNormalizer;
  /** Normalises rewards and takes them in; without it they pass as they are. */
  rewardNormalizer?: RewardNormalizer;
  /** Bounds, `[actionSize]` each, that actions are clipped to when sent to the environment. */
  actionBounds?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** Told of every episode that ends, with the row of its last step, and its return and length. */
  onEpisode?(row: number, episodeReturn: number, length: number): void;
}

/** What one rollout holds; `rows = steps * count`, and row `t * count + i` is step t of environment i. */
export interface Rollout {
  readonly steps: number;
  readonly count: number;
  /** `[rows, observationSize]`: what the actions were chosen for, normalised. */
  readonly observations: Float32Array;
  /** `[rows, actionSize]`: as chosen, before clipping. */
  readonly actions: Float32Array;
  /** `[rows]` */
  readonly logProbabilities: Float32Array;
  /** `[rows]`, normalised. */
  readonly rewards: Float32Array;
  /** `[rows]` */
  readonly terminated: Uint8Array;
  /** `[rows]` */
  readonly truncated: Uint8Array;
  /** `[count, observationSize]`: the observations after the last step, normalised. */
  readonly lastObservations: Float32Array;
  /** Rows whose episode was truncated and not terminated: `[truncations]`. */
  readonly truncatedRows: Int32Array;
  /** `[truncations, observationSize]`: the last observations of their episodes, normalised. */
  readonly finalObservations: Float32Array;
  readonly truncations: number;
}

/**
 * Steps a vector environment and keeps what a learner needs, in arrays allocated once.
 *
 * The environment has to be in same-step autoreset mode, in which every step is a transition and a truncated episode's
 * last observation stays at hand for the value bootstrap.
 */
export class RolloutCollector {
  readonly episodes: EpisodeStatistics;
  readonly #env: VectorEnv;
  readonly #options: RolloutOptions;
  readonly #rollout: { -readonly [K in keyof Rollout]: Rollout[K] };
  readonly #actions: Float32Array;
  readonly #sentActions: Float32Array;
  readonly #logProbabilities: Float32Array;
  /** Steps of each environment that this process has taken. */
  #steps = 0;
  /** First row of the step that is being taken. */
  #row = 0;

  /** @throws InputError when the environment is in another autoreset mode. */
  constructor(env: VectorEnv, options: RolloutOptions) {
    if (env.autoresetMode !== 'same-step') {
      throw new InputError(
        `The vector environment ${env.id} is in ${env.autoresetMode} autoreset mode; make it with 'same-step' to collect rollouts.`,
      );
    }
    const { count, observationSize, actionSize } = env;
    const rows = options.steps * count;
    this.#env = env;
    this.#options = options;
    const { onEpisode } = options;
    this.episodes = new EpisodeStatistics(count, {
      onFinished: onEpisode && ((i, episodeReturn, length) => onEpisode(this.#row + i, episodeReturn, length)),
    });
    this.#actions = new Float32Array(count * actionSize);
    this.#sentActions = new Float32Array(count * actionSize);
    this.#logProbabilities = new Float32Array(count);
    this.#rollout = {
      steps: options.steps,
      count,
      observations: new Float32Array(rows * observationSize),
      actions: new Float32Array(rows * actionSize),
      logProbabilities: new Float32Array(rows),
      rewards: new Float32Array(rows),
      terminated: new Uint8Array(rows),
      truncated: new Uint8Array(rows),
      lastObservations: new Float32Array(count * observationSize),
      truncatedRows: new Int32Array(count),
      finalObservations: new Float32Array(count * observationSize),
      truncations: 0,
    };
  }

  /** Resets all environments, the i-th with `seed + i`, and takes in their first observations. */
  reset(seed: number): void {
    this.#env.reset({ seed });
    this.#takeObservations();
  }

  /**
   * Collects one rollout, going on where the last one ended; the next call overwrites it.
   *
   * @throws InputError when an observation or a reward is no finite number.
   */
  collect(act: Actor): Rollout {
    const rollout = this.#rollout;
    rollout.truncations = 0;
    for (let step = 0; step < rollout.steps; step++) {
      act(rollout.lastObservations, rollout.count, this.#actions, this.#logProbabilities);
      this.#takeStep(step * rollout.count);
    }
    return rollout;
  }

  /**
   * {@link collect} for actors that may have to wait, and beside other work of this thread; the rollout is the same.
   *
   * @param pause - Called before every step; what it returns is waited for.
   */
  async collectAsync(act: AwaitableActor, pause?: Pause): Promise<Rollout> {
    const rollout = this.#rollout;
    rollout.truncations = 0;
    for (let step = 0; step < rollout.steps; step++) {
      const paused = pause?.();
      if (paused) await paused;
      const answered = act(rollout.lastObservations, rollout.count, this.#actions, this.#logProbabilities);
      if (answered) await answered;
      this.#takeStep(step * rollout.count);
    }
    return rollout;
  }

  /** `[count, observationSize]`: what the next action will be chosen for, normalised; a view. */
  get lastObservations(): Float32Array {
    return this.#rollout.lastObservations;
  }

  /** The part of a checkpoint that is made of tensors. */
  tensors(): [name: string, tensor: Tensor][] {
    return [['rollout.observations', tensorOf(this.#rollout.lastObservations)], ...this.episodes.tensors()];
  }

  /** The environments' part of a checkpoint, plain JSON. @throws InputError when they can't be saved. */
  environmentStates(): EnvState[] {
    return this.#env.saveState();
  }

  /** Puts back what {@link tensors} and {@link environmentStates} gave. @throws InputError when it doesn't fit. */
  restore(tensors: ReadonlyMap<string, Tensor>, environmentStates: readonly EnvState[]): void {
    const { lastObservations } = this.#rollout;
    lastObservations.set(takeFloat32(tensors, 'rollout.observations', lastObservations.length));
    this.episodes.restore(tensors);
    this.#env.restoreState(environmentStates);
  }

  /** Takes the step that the actor chose, into the rows from `row` on. */
  #takeStep(row: number): void {
    const rollout = this.#rollout;
    const env = this.#env;
    this.#row = row;
    rollout.observations.set(rollout.lastObservations, row * env.observationSize);
    rollout.actions.set(this.#actions, row * env.actionSize);
    rollout.logProbabilities.set(this.#logProbabilities, row);
    this.#clipActions();
    env.step(this.#sentActions);
    checkFinite(env, ++this.#steps);
    this.episodes.record(env.rewards, env.terminated, env.truncated);
    rollout.terminated.set(env.terminated, row);
    rollout.truncated.set(env.truncated, row);
    this.#takeRewards(row);
    this.#takeFinalObservations(row);
    this.#takeObservations();
  }

  #clipActions(): void {
    const sent = this.#sentActions;
    const { actionBounds } = this.#options;
    sent.set(this.#actions);
    if (!actionBounds) return;
    const { low, high } = actionBounds;
    for (let at = 0; at < sent.length; at++) {
      const component = at % low.length;
      if (sent[at] < low[component]) sent[at] = low[component];
      else if (sent[at] > high[component]) sent[at] = high[component];
    }
  }

  #takeRewards(row: number): void {
    const { rewards, terminated } = this.#env;
    const { rewardNormalizer } = this.#options;
    if (rewardNormalizer) rewardNormalizer.normalizeInto(rewards, terminated, this.#rollout.rewards, row);
    else this.#rollout.rewards.set(rewards, row);
  }

  #takeObservations(): void {
    const { observations, count } = this.#env;
    const { observationNormalizer } = this.#options;
    observationNormalizer?.update(observations, count);
    if (observationNormalizer) observationNormalizer.normalizeInto(observations, this.#rollout.lastObservations, count);
    else this.#rollout.lastObservations.set(observations);
  }

  /** Takes in the last observation of every episode that ended, and keeps it where its value is needed. */
  #takeFinalObservations(row: number): void {
    const { terminated, truncated, finalObservations, count, observationSize } = this.#env;
    for (let i = 0; i < count; i++) {
      if (terminated[i] === 0 && truncated[i] === 0) continue;
      const observation = finalObservations.subarray(i * observationSize, (i + 1) * observationSize);
      this.#options.observationNormalizer?.update(observation, 1);
      if (terminated[i] === 0) this.#keepFinalObservation(row + i, observation);
    }
  }

  #keepFinalObservation(row: number, observation: Float32Array): void {
    const rollout = this.#rollout;
    if (rollout.truncations === rollout.truncatedRows.length) {
      rollout.truncatedRows = enlarged(rollout.truncatedRows, Int32Array);
      rollout.finalObservations = enlarged(rollout.finalObservations, Float32Array);
    }
    const at = rollout.truncations++;
    rollout.truncatedRows[at] = row;
    const target = rollout.finalObservations.subarray(at * observation.length, (at + 1) * observation.length);
    const { observationNormalizer } = this.#options;
    if (observationNormalizer) observationNormalizer.normalizeInto(observation, target, 1);
    else target.set(observation);
  }
}

/** A copy of twice the length. */
function enlarged<T extends Int32Array | Float32Array>(array: T, Type: new (length: number) => T): T {
  const larger = new Type(2 * array.length);
  larger.set(array);
  return larger;
}
