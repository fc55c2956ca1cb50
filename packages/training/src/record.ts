import { InputError } from '@understudy/errors';
import { Column } from './column.ts';
import type { Dataset, EpisodeRange } from './dataset.ts';
import { yieldToEvents } from './event-loop.ts';
import type { AnyEnv } from './flat-env.ts';
import { actionFromFlat, actionSizeOf, checkPolicyFits, checkPositiveInteger, checkSeed } from './flat-env.ts';
import type { Policy } from './policy.ts';
import { actionGenerator } from './seeding.ts';

/** Arguments of {@link recordEpisodes}: exactly one of `episodes` and `transitions`. */
export interface RecordingOptions {
  /** Record so many whole episodes. */
  episodes?: number;
  /** Record so many transitions; the last episode may be cut off. */
  transitions?: number;
  /** Seeds the environment's first reset and the policy's samples. */
  seed: number;
  /** Take the mode of the policy's distribution; false by default, as demonstrations want variety. */
  deterministic?: boolean;
  /** Precision of all columns but the flags; `float32` by default, as in D4RL. */
  precision?: 'float32' | 'float64';
  /**
   * Reads what else to keep of the state that an observation shows, before the step is taken: the same names and sizes
   * every time. By default `qpos` and `qvel` of environments whose `unwrapped.simulation` has these
   * arrays, as MuJoCo's do.
   */
  readInfos?(env: AnyEnv): Readonly<Record<string, ArrayLike<number>>>;
  /** Called about every thousand transitions and at the end. */
  onProgress?(progress: { transitions: number; episodes: number }): void;
  /** When it aborts, the recording ends with the transitions so far. */
  signal?: AbortSignal;
}

/** A {@link Dataset} with what a recording knows beside it. */
export interface Recording extends Dataset {
  readonly environment: string;
  readonly nextObservations: Float32Array | Float64Array;
  /** Further columns, `[transitions, size]`, as D4RL keeps below `infos/`. */
  readonly infos: Readonly<Record<string, { data: Float32Array | Float64Array; size: number }>>;
  /** Undiscounted return of every complete episode. */
  readonly returns: readonly number[];
  /** True when the signal ended the recording early. */
  readonly stopped: boolean;
}

/**
 * Runs a policy and records its transitions in D4RL's columns. Same policy, environment, options: same bytes.
 *
 * @throws InputError when the policy doesn't fit the environment or an option is out of range.
 */
export async function recordEpisodes(policy: Policy, env: AnyEnv, options: RecordingOptions): Promise<Recording> {
  checkOptions(options);
  checkPolicyFits(policy, env.id, env.observationSpace.flatSize, actionSizeOf(env.actionSpace));
  const recorder = new Recorder(policy, env, options);
  let stopped = false;
  while (!recorder.full && !stopped) {
    recorder.step();
    if (recorder.transitions % 1024 !== 0) continue;
    options.onProgress?.({ transitions: recorder.transitions, episodes: recorder.returns.length });
    await yieldToEvents();
    stopped = options.signal?.aborted === true && !recorder.full;
  }
  options.onProgress?.({ transitions: recorder.transitions, episodes: recorder.returns.length });
  return recorder.recording(stopped);
}

function checkOptions(options: RecordingOptions): void {
  checkSeed(options.seed);
  if ((options.episodes === undefined) === (options.transitions === undefined)) {
    throw new InputError('A recording takes either episodes or transitions; give exactly one of them.');
  }
  if (options.episodes !== undefined) checkPositiveInteger('episodes', options.episodes);
  if (options.transitions !== undefined) checkPositiveInteger('transitions', options.transitions);
}

/** The columns of a recording under way. */
class Recorder {
  transitions = 0;
  readonly returns: number[] = [];
  readonly #policy: Policy;
  readonly #env: AnyEnv;
  readonly #options: RecordingOptions;
  readonly #act;
  readonly #readInfos: (env: AnyEnv) => Readonly<Record<string, ArrayLike<number>>>;
  readonly #observation: Float64Array;
  readonly #columns;
  readonly #infos = new Map<string, Column>();
  readonly #episodes: EpisodeRange[] = [];
  #start = 0;
  #return = 0;

  constructor(policy: Policy, env: AnyEnv, options: RecordingOptions) {
    this.#policy = policy;
    this.#env = env;
    this.#options = options;
    this.#act = { deterministic: options.deterministic ?? false, generator: actionGenerator(options.seed) };
    this.#readInfos = options.readInfos ?? readJointState;
    const { observationSize, actionSize } = policy.metadata;
    this.#observation = new Float64Array(observationSize);
    this.#columns = {
      observations: this.#column(observationSize),
      actions: this.#column(actionSize),
      rewards: this.#column(1),
      nextObservations: this.#column(observationSize),
      terminals: [] as number[],
      timeouts: [] as number[],
    };
    this.#reset({ seed: options.seed });
  }

  get full(): boolean {
    const { episodes, transitions } = this.#options;
    return episodes === undefined ? this.transitions === transitions : this.returns.length === episodes;
  }

  step(): void {
    const columns = this.#columns;
    const env = this.#env;
    for (const [name, values] of Object.entries(this.#readInfos(env))) this.#info(name, values.length).append(values);
    columns.observations.append(this.#observation);
    const action = this.#policy.act(this.#observation, this.#act);
    columns.actions.append(action);
    const { observation, reward, terminated, truncated } = env.step(actionFromFlat(env.actionSpace, action));
    env.observationSpace.flattenInto(observation, this.#observation, 0);
    columns.nextObservations.append(this.#observation);
    columns.rewards.append([reward]);
    columns.terminals.push(terminated ? 1 : 0);
    columns.timeouts.push(truncated && !terminated ? 1 : 0);
    this.transitions++;
    this.#return += reward;
    if (terminated || truncated) this.#endEpisode();
  }

  recording(stopped: boolean): Recording {
    if (this.#start < this.transitions) {
      this.#episodes.push({ start: this.#start, end: this.transitions, complete: false });
    }
    const { observations, actions, rewards, nextObservations, terminals, timeouts } = this.#columns;
    const infos = [...this.#infos].map(([name, column]) => [name, { data: column.values(), size: column.size }]);
    return {
      environment: this.#env.id,
      transitions: this.transitions,
      observationSize: observations.size,
      actionSize: actions.size,
      observations: observations.values(),
      actions: actions.values(),
      rewards: rewards.values(),
      nextObservations: nextObservations.values(),
      terminals: Uint8Array.from(terminals),
      timeouts: Uint8Array.from(timeouts),
      episodes: this.#episodes,
      infos: Object.fromEntries(infos),
      returns: this.returns,
      stopped,
    };
  }

  #endEpisode(): void {
    this.#episodes.push({ start: this.#start, end: this.transitions, complete: true });
    this.returns.push(this.#return);
    this.#start = this.transitions;
    this.#return = 0;
    if (!this.full) this.#reset({});
  }

  #reset(options: { seed?: number }): void {
    this.#env.observationSpace.flattenInto(this.#env.reset(options).observation, this.#observation, 0);
  }

  #column(size: number): Column {
    return new Column(size, this.#options.precision ?? 'float32', this.#options.transitions);
  }

  #info(name: string, size: number): Column {
    const column = this.#infos.get(name) ?? this.#column(size);
    this.#infos.set(name, column);
    return column;
  }
}

/** The joint positions and velocities of environments that show a simulation's `qpos` and `qvel`. */
function readJointState(env: AnyEnv): Record<string, ArrayLike<number>> {
  const { simulation } = env.unwrapped as { simulation?: { qpos?: unknown; qvel?: unknown } };
  const { qpos, qvel } = simulation ?? {};
  return qpos instanceof Float64Array && qvel instanceof Float64Array ? { qpos, qvel } : {};
}
