import type { Generator } from '@understudy/random';
import type { Metrics } from '../metrics-file.ts';
import type { GoalTask } from './goal-task.ts';
import { ReplayBuffer, type ReplayBufferOptions, type TransitionRows } from './replay-buffer.ts';
import type { TransitionBatch } from './transition-batch.ts';

/** Arguments of {@link HindsightReplayBuffer}; relabelled rewards are those of single steps. */
export interface HindsightReplayOptions extends Omit<ReplayBufferOptions, 'nStep'> {
  task: GoalTask;
  /** Transitions with a goal achieved later for each one with the goal that was desired: k. */
  goalsPerTransition: number;
}

/** How many of the last episodes the success rate covers, as many as the mean return does. */
const successWindow = 20;
/** Stands for the last step of an episode that goes on. */
const unknownStep = 0xffffffff;

/**
 * Hindsight experience replay with the strategy `future` (Andrychowicz et al. 2017, arXiv 1707.01495): k of k + 1
 * transitions of a batch are learned from as if what the same episode achieved at this step or a later one, drawn
 * uniformly, had been desired all along. Their rewards are computed anew.
 *
 * The later steps are those at hand: of an episode that goes on, those so far. Whether the task ended stays as it was.
 */
export class HindsightReplayBuffer extends ReplayBuffer {
  readonly #task: GoalTask;
  readonly #relabelledShare: number;
  /** `[slots * count]`: the last step of each row's episode, counted as {@link added} counts. */
  readonly #lastSteps: Uint32Array;
  /** `[count]`: the first step of each environment's running episode. */
  readonly #firstSteps: Float64Array;
  /** `[batch]`: rows that the batch's transitions come from. */
  #rows = new Uint32Array(0);
  /** `[relabelled, goalSize]` */
  #achieved = new Float32Array(0);
  /** `[relabelled, goalSize]` */
  #desired = new Float32Array(0);
  /** `[relabelled]` */
  #rewards = new Float64Array(0);

  /** @throws InputError when the capacity can't be had. */
  constructor({ task, goalsPerTransition, ...options }: HindsightReplayOptions) {
    super({ ...options, nStep: 1 });
    this.#task = task;
    this.#relabelledShare = goalsPerTransition / (1 + goalsPerTransition);
    this.#lastSteps = new Uint32Array(this.slots * this.count);
    this.#firstSteps = new Float64Array(this.count);
  }

  override add(rows: TransitionRows): void {
    super.add(rows);
    this.#noteStep(this.added - 1);
  }

  override restoreAdded(added: number): void {
    super.restoreAdded(added);
    const first = Math.max(0, added - this.slots);
    this.#firstSteps.fill(first);
    for (let step = first; step < added; step++) this.#noteStep(step);
  }

  /** Fills a batch; its first k of k + 1 transitions are relabelled. @throws InputError while the buffer is empty. */
  override sample(generator: Generator, batch: TransitionBatch): void {
    this.#fitTo(batch.size);
    super.sample(generator, batch);
    this.#relabel(generator, batch);
  }

  /**
   * The share of the last 20 finished episodes at hand whose last reward is what reaching the goal exactly earns; null
   * before the first. Only sparse rewards tell success in this way.
   */
  override metrics(): Metrics {
    let episodes = 0;
    let successes = 0;
    for (let age = 0; age < this.size && episodes < successWindow; age++) {
      const row = this.#rowOfAge(age);
      if (this.terminated[row] === 0 && this.truncated[row] === 0) continue;
      episodes++;
      if (this.rewards[row] >= this.#rewardOfSuccess(row)) successes++;
    }
    return { successRate: episodes === 0 ? null : successes / episodes };
  }

  protected override writeTransition(row: number, batch: TransitionBatch, i: number): void {
    super.writeTransition(row, batch, i);
    this.#rows[i] = row;
  }

  #relabel(generator: Generator, batch: TransitionBatch): void {
    const { goalSize, achievedAt, desiredAt, computeReward } = this.#task;
    const { observationSize, nextObservations } = this;
    const relabelled = this.#rewards.length;
    for (let i = 0; i < relabelled; i++) {
      const goalAt = this.#drawLaterRow(generator, this.#rows[i]) * observationSize + achievedAt;
      const at = i * observationSize;
      for (let k = 0; k < goalSize; k++) {
        const goal = nextObservations[goalAt + k];
        batch.observations[at + desiredAt + k] = goal;
        batch.nextObservations[at + desiredAt + k] = goal;
        this.#desired[i * goalSize + k] = goal;
        this.#achieved[i * goalSize + k] = batch.nextObservations[at + achievedAt + k];
      }
    }
    computeReward(this.#achieved, this.#desired, this.#rewards);
    for (let i = 0; i < relabelled; i++) batch.rewards[i] = this.#rewards[i];
  }

  /** Draws from the row's own step and those after it in its episode. */
  #drawLaterRow(generator: Generator, row: number): number {
    const { count, slots, added } = this;
    const newest = added - 1;
    const age = (newest - Math.floor(row / count)) % slots;
    const known = this.#lastSteps[row];
    const last = known === unknownStep ? newest : known;
    const stepsLeft = last - (newest - age);
    const later = Math.floor(generator.random() * (stepsLeft + 1));
    return (row + later * count) % (slots * count);
  }

  /** Takes in where episodes end in a step of all environments; each row is visited once more, at its episode's end. */
  #noteStep(step: number): void {
    const { count, slots } = this;
    for (let i = 0; i < count; i++) {
      const row = (step % slots) * count + i;
      this.#lastSteps[row] = unknownStep;
      if (this.terminated[row] === 0 && this.truncated[row] === 0) continue;
      const first = Math.max(this.#firstSteps[i], step - slots + 1);
      for (let earlier = first; earlier <= step; earlier++) {
        this.#lastSteps[(earlier % slots) * count + i] = step;
      }
      this.#firstSteps[i] = step + 1;
    }
  }

  /** The row so many rows before the newest. */
  #rowOfAge(age: number): number {
    const rows = this.slots * this.count;
    return (this.added * this.count - 1 - age) % rows;
  }

  /** The reward of exactly what the row desired, as precise as the rewards at hand. */
  #rewardOfSuccess(row: number): number {
    const { goalSize, desiredAt, computeReward } = this.#task;
    const at = row * this.observationSize + desiredAt;
    const desired = this.nextObservations.subarray(at, at + goalSize);
    return Math.fround(computeReward(desired, desired)[0]);
  }

  #fitTo(batchSize: number): void {
    if (this.#rows.length === batchSize) return;
    const relabelled = Math.round(this.#relabelledShare * batchSize);
    this.#rows = new Uint32Array(batchSize);
    this.#achieved = new Float32Array(relabelled * this.#task.goalSize);
    this.#desired = new Float32Array(relabelled * this.#task.goalSize);
    this.#rewards = new Float64Array(relabelled);
  }
}
