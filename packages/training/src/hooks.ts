import type { VectorEnv } from '@understudy/gym';
import type { NetworkPolicy } from './network-policy.ts';

/** Where a training stands: told after every iteration. Times are for people; no result depends on them. */
export interface TrainingProgress {
  /** What {@link step} counts: environment steps for reinforcement learning, epochs for supervised learning. */
  unit: 'steps' | 'epochs';
  step: number;
  totalSteps: number;
  /** Steps a second since this process began training. */
  stepsPerSecond: number;
  /** Estimated from the mean speed so far. */
  secondsLeft: number;
  /** Mean undiscounted return of the last 20 finished training episodes; undefined before the first has finished. */
  meanReturn?: number;
  /** Finished training episodes. */
  episodes?: number;
  /** The line that this iteration appended to `metrics.jsonl`. */
  metrics: Readonly<Record<string, number | null>>;
}

/** What a caller of `train` may bring: where to write, when to stop, whom to tell. */
export interface TrainingHooks {
  /** Directory for config, metrics, checkpoints and summary. Nothing is written without it. */
  runDirectory?: string;
  /** Continue the run in {@link runDirectory} from its last checkpoint, or start it when it holds none yet. */
  resume?: boolean;
  /** Called after every iteration. */
  onProgress?(progress: TrainingProgress): void;
  /** When it aborts, training finishes its iteration, writes a checkpoint and returns `stopped: true`. */
  signal?: AbortSignal;
  /** Names and versions worth keeping beside this package's own, the physics engine's say; written to `config.json`. */
  versions?: Readonly<Record<string, string>>;
}

/** Hooks of learners that step environments. */
export interface EnvironmentHooks extends TrainingHooks {
  /**
   * Makes the vector environment to train on, in same-step autoreset mode. Without it, the registry of
   * `@understudy/gym` is asked for the configuration's environment id. The training closes what this returns.
   *
   * @param wanted - How many environments; learners that collect by shards make one vector environment a shard.
   */
  makeVectorEnv?(wanted?: { count: number }): Promise<VectorEnv> | VectorEnv;
}

/** What every `train` returns. */
export interface TrainingResult {
  /** The trained policy; a copy of its own. */
  policy: NetworkPolicy;
  /** True when {@link TrainingHooks.signal} ended the training early. */
  stopped: boolean;
  /** Steps (or epochs) done, those before a resume included. */
  steps: number;
  /** Seconds that this process trained. */
  seconds: number;
  stepsPerSecond: number;
  /** The algorithm's last figures, as in `summary.json`: `meanReturn`, `episodes`, ... */
  results: Readonly<Record<string, number | null>>;
}
