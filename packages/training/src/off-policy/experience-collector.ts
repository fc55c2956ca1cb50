import { InputError } from '@understudy/errors';
import type { EnvState, VectorEnv } from '@understudy/gym';
import { type Tensor, tensorOf } from '@understudy/nn';
import { checkFinite } from '../check-finite.ts';
import { takeFloat32 } from '../checkpoint.ts';
import { EpisodeStatistics } from '../episode-statistics.ts';
import type { ActionBounds } from '../flat-env.ts';
import { stretchActions } from './action-scale.ts';
import type { ReplayBuffer, TransitionRows } from './replay-buffer.ts';

/**
 * Chooses actions in [-1, 1] while collecting.
 *
 * @param observations - `[count, observationSize]`
 * @param actions - `[count, actionSize]`, to be written.
 */
export type Explorer = (observations: Float32Array, count: number, actions: Float32Array) => void;

/** Steps a vector environment and puts every transition into a replay buffer. */
export class ExperienceCollector {
  readonly episodes: EpisodeStatistics;
  readonly #env: VectorEnv;
  readonly #buffer: ReplayBuffer;
  readonly #bounds: ActionBounds;
  readonly #observations: Float32Array;
  readonly #sentActions: Float32Array;
  readonly #rows: { -readonly [K in keyof TransitionRows]: TransitionRows[K] };

  /** @throws InputError when the environment is in another autoreset mode than same-step. */
  constructor(env: VectorEnv, buffer: ReplayBuffer, bounds: ActionBounds) {
    if (env.autoresetMode !== 'same-step') {
      throw new InputError(
        `The vector environment ${env.id} is in ${env.autoresetMode} autoreset mode; make it with 'same-step' to collect experience.`,
      );
    }
    const { count, observationSize, actionSize } = env;
    this.#env = env;
    this.#buffer = buffer;
    this.#bounds = bounds;
    this.episodes = new EpisodeStatistics(count);
    this.#observations = new Float32Array(count * observationSize);
    this.#sentActions = new Float32Array(count * actionSize);
    this.#rows = {
      observations: this.#observations,
      actions: new Float32Array(count * actionSize),
      rewards: env.rewards,
      nextObservations: new Float32Array(count * observationSize),
      terminated: env.terminated,
      truncated: env.truncated,
    };
  }

  /** Resets all environments, the i-th with `seed + i`. */
  reset(seed: number): void {
    this.#env.reset({ seed });
    this.#observations.set(this.#env.observations);
  }

  /** Takes one step in every environment. @throws InputError when an observation or a reward is no finite number. */
  step(explore: Explorer): void {
    const env = this.#env;
    const rows = this.#rows;
    explore(this.#observations, env.count, rows.actions);
    stretchActions(rows.actions, this.#bounds, this.#sentActions);
    env.step(this.#sentActions);
    checkFinite(env, this.#buffer.added + 1);
    this.#takeNextObservations();
    this.episodes.record(env.rewards, env.terminated, env.truncated);
    this.#buffer.add(rows);
    this.#observations.set(env.observations);
  }

  /** The part of a checkpoint that is made of tensors. */
  tensors(): [name: string, tensor: Tensor][] {
    return [['collector.observations', tensorOf(this.#observations)], ...this.episodes.tensors()];
  }

  /** The environments' part of a checkpoint, plain JSON. @throws InputError when they can't be saved. */
  environmentStates(): EnvState[] {
    return this.#env.saveState();
  }

  /** Puts back what {@link tensors} and {@link environmentStates} gave. @throws InputError when it doesn't fit. */
  restore(tensors: ReadonlyMap<string, Tensor>, environmentStates: readonly EnvState[]): void {
    this.#observations.set(takeFloat32(tensors, 'collector.observations', this.#observations.length));
    this.episodes.restore(tensors);
    this.#env.restoreState(environmentStates);
  }

  /** After a step an environment shows the next episode's first observation where one has ended. */
  #takeNextObservations(): void {
    const { observations, finalObservations, terminated, truncated, count, observationSize } = this.#env;
    const { nextObservations } = this.#rows;
    nextObservations.set(observations);
    for (let i = 0; i < count; i++) {
      if (terminated[i] === 0 && truncated[i] === 0) continue;
      const end = (i + 1) * observationSize;
      for (let at = i * observationSize; at < end; at++) nextObservations[at] = finalObservations[at];
    }
  }
}
