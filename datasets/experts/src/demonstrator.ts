import { type Info, type ResetOptions, type ResetResult, type StepResult, Wrapper } from '@understudy/gym';
import { type ActOptions, type AnyEnv, actionSizeOf, type Policy, type PolicyMetadata } from '@understudy/training';
import type { Expert, Moment } from './expert.ts';
import type { PlannedEpisode } from './mode-choice.ts';
import type { Mode, ModeSpace } from './task.ts';

/**
 * An environment that asks for the planned mode at its reset and keeps what it told last, so that the expert sees it
 * and the data does not.
 */
export class WatchedEnv extends Wrapper<unknown, unknown> {
  readonly #modes: ModeSpace;
  #planned: number | null = null;
  #info: Info = {};
  #resets = 0;

  constructor(env: AnyEnv, modes: ModeSpace) {
    super(env);
    this.#modes = modes;
  }

  /** Of the last reset or step. */
  get info(): Info {
    return this.#info;
  }

  /** Resets so far: tells a policy that an episode began. */
  get resets(): number {
    return this.#resets;
  }

  /** The mode of the episode, that the environment told or was asked for. */
  get mode(): Mode {
    if (this.#modes.kind !== 'told') return this.#planned;
    const told = this.#info[this.#modes.info];
    if (typeof told === 'number') return told;
    return told === undefined ? null : Array.from(told as ArrayLike<number>);
  }

  /** Sets the mode of the next reset; null leaves it to the environment. */
  plan({ mode }: PlannedEpisode): void {
    this.#planned = mode;
  }

  override reset(options: ResetOptions = {}): ResetResult<unknown> {
    const chosen =
      this.#planned === null ? options : { ...options, options: { ...options.options, mode: this.#planned } };
    const result = super.reset(chosen);
    this.#info = result.info;
    this.#resets++;
    return result;
  }

  override step(action: unknown): StepResult<unknown> {
    const result = super.step(action);
    this.#info = result.info;
    return result;
  }
}

/** An expert in its environment, as a recording takes it. */
export class Demonstrator implements Policy {
  readonly metadata: PolicyMetadata;
  readonly #expert: Expert;
  readonly #env: WatchedEnv;
  readonly #seed: number;
  #begun = -1;

  /** @param seed - Of the episode. */
  constructor(expert: Expert, env: WatchedEnv, seed: number) {
    const { observationSpace, actionSpace, id } = env;
    this.metadata = {
      algorithm: expert.algorithm,
      environment: id,
      observationSize: observationSpace.flatSize,
      actionSize: actionSizeOf(actionSpace),
    };
    this.#expert = expert;
    this.#env = env;
    this.#seed = seed;
  }

  act(observation: ArrayLike<number>, options: ActOptions = {}): Float32Array {
    const env = this.#env;
    const moment: Moment = { env, observation, info: env.info, mode: env.mode };
    if (this.#begun !== env.resets) {
      this.#begun = env.resets;
      this.#expert.begin?.(moment, this.#seed);
    }
    return this.#expert.act(moment, options);
  }

  actBatch(): never {
    throw new Error('An expert that watches its environment acts in one at a time.');
  }
}
