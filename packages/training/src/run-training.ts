import type { Tensor } from '@understudy/nn';
import type { Checkpoint } from './checkpoint.ts';
import { yieldToEvents } from './event-loop.ts';
import type { TrainingHooks, TrainingResult } from './hooks.ts';
import type { Metrics } from './metrics-file.ts';
import { type NetworkPolicy, type PolicySpec, policyFromTensors } from './network-policy.ts';
import { type BestScore, RunDirectory, type RunIdentity } from './run-directory.ts';

/** What {@link runTraining} drives: an algorithm in the middle of its work. */
export interface Learner {
  readonly spec: PolicySpec;
  readonly unit: 'steps' | 'epochs';
  /** Environment steps or epochs done. */
  readonly step: number;
  readonly totalSteps: number;
  /** True when there is nothing left to do; may come before {@link totalSteps}. */
  readonly finished: boolean;
  /** What makes one checkpoint better than another, higher is better; undefined while it isn't known. */
  readonly score: number | undefined;
  /** Mean return of the last training episodes, and how many there were, for learners that have episodes. */
  readonly meanReturn?: number | undefined;
  readonly episodes?: number;
  /** One iteration: a rollout and its updates, or an epoch. Returns its line of metrics. */
  iterate(): Metrics | Promise<Metrics>;
  /** Tensors of the policy that the training would return now. */
  policyTensors(): readonly (readonly [name: string, tensor: Tensor])[];
  /** Everything that later iterations depend on, the policy's tensors included. */
  save(): Checkpoint;
  /** Puts back what {@link save} gave. @throws InputError when it doesn't fit. */
  restore(checkpoint: Checkpoint): void;
  /** Figures for the summary. */
  results(): Metrics;
  /** Opens what the learner keeps in the run directory beside its checkpoints; called before {@link restore}. */
  openStorage?(directory: string): void;
  /** Brings that up to now; called before each checkpoint is written. */
  syncStorage?(): void;
  closeStorage?(): void;
}

/** Arguments of {@link runTraining}. */
export interface RunTrainingOptions {
  identity: RunIdentity;
  hooks: TrainingHooks;
  /** Write a checkpoint after every so many iterations. */
  checkpointEvery: number;
  /** Keep so many of the last checkpoints. */
  keepCheckpoints: number;
}

/**
 * Runs a learner to its end or until it is stopped, with everything around it: run directory, resume, checkpoints,
 * metrics, progress. A stopped or killed run that is resumed ends with the same bytes as one that ran through.
 */
export async function runTraining(learner: Learner, options: RunTrainingOptions): Promise<TrainingResult> {
  const { identity, hooks, keepCheckpoints } = options;
  const run =
    hooks.runDirectory === undefined
      ? undefined
      : RunDirectory.open(hooks.runDirectory, identity, {
          resume: hooks.resume,
          keepCheckpoints,
          versions: hooks.versions,
        });
  try {
    if (run) learner.openStorage?.(run.path);
    return await new TrainingSession(learner, options, run).run();
  } finally {
    learner.closeStorage?.();
    run?.close();
  }
}

/** One process's part of a training. */
class TrainingSession {
  readonly #learner: Learner;
  readonly #hooks: TrainingHooks;
  readonly #checkpointEvery: number;
  readonly #run: RunDirectory | undefined;
  readonly #startStep: number;
  readonly #startTime = performance.now();
  #best: BestScore = null;
  #iterations = 0;

  constructor(learner: Learner, { hooks, checkpointEvery }: RunTrainingOptions, run: RunDirectory | undefined) {
    this.#learner = learner;
    this.#hooks = hooks;
    this.#checkpointEvery = checkpointEvery;
    this.#run = run;
    if (run?.checkpoint) {
      learner.restore(run.checkpoint);
      this.#best = run.checkpoint.best;
      this.#iterations = run.checkpoint.iteration;
    }
    this.#startStep = learner.step;
  }

  async run(): Promise<TrainingResult> {
    const learner = this.#learner;
    const { signal } = this.#hooks;
    while (!learner.finished && !signal?.aborted) {
      const metrics = await learner.iterate();
      this.#iterations++;
      this.#run?.appendMetrics(metrics);
      this.#tellProgress(metrics);
      const due = this.#iterations % this.#checkpointEvery === 0 || learner.finished;
      if (due) this.#saveCheckpoint(learner.finished ? 'finished' : 'running');
      await yieldToEvents();
    }
    const stopped = !learner.finished;
    if (stopped) this.#saveCheckpoint('stopped');
    const seconds = this.#seconds();
    return {
      policy: standalonePolicy(learner),
      stopped,
      steps: learner.step,
      seconds,
      stepsPerSecond: (learner.step - this.#startStep) / seconds,
      results: learner.results(),
    };
  }

  #saveCheckpoint(status: 'running' | 'stopped' | 'finished'): void {
    const learner = this.#learner;
    // A stop may come at any iteration, so it doesn't take part in choosing the best: a resumed run has the same best.
    const isBest =
      status !== 'stopped' && learner.score !== undefined && learner.score > (this.#best?.score ?? -Infinity);
    if (isBest) this.#best = { score: learner.score as number, step: learner.step };
    if (!this.#run) return;
    const { step } = learner;
    const names = new Set(learner.policyTensors().map(([name]) => name));
    const position = { step, iteration: this.#iterations, best: this.#best };
    learner.syncStorage?.();
    this.#run.saveCheckpoint({ ...learner.save(), ...position }, learner.spec, names, isBest);
    const seconds = this.#seconds();
    this.#run.saveSummary({
      status,
      unit: learner.unit,
      steps: step,
      totalSteps: learner.totalSteps,
      results: { ...learner.results(), best: this.#best?.score ?? null, bestStep: this.#best?.step ?? null },
      cost: {
        seconds: this.#run.earlierSeconds + seconds,
        stepsPerSecond: (step - this.#startStep) / seconds,
        peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      },
    });
  }

  #tellProgress(metrics: Metrics): void {
    const { step, totalSteps, unit, meanReturn, episodes } = this.#learner;
    const stepsPerSecond = (step - this.#startStep) / this.#seconds();
    this.#hooks.onProgress?.({
      unit,
      step,
      totalSteps,
      stepsPerSecond,
      secondsLeft: Math.max(0, totalSteps - step) / stepsPerSecond,
      meanReturn,
      episodes,
      metrics,
    });
  }

  #seconds(): number {
    return (performance.now() - this.#startTime) / 1000;
  }
}

/** A policy that no longer changes with its learner. */
function standalonePolicy(learner: Learner): NetworkPolicy {
  return policyFromTensors(learner.spec, new Map(learner.policyTensors()), 'the trained policy');
}
