import { InputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import type { Dataset, GoalTask } from '@understudy/training';
import { checkCount, checkEpisodes, type RowRange } from './check-episodes.ts';

/**
 * Where the goals of a relabelled transition come from: what its episode achieved after this step or a later one, at
 * the end, or after any step.
 */
export type GoalStrategy = 'future' | 'final' | 'episode';

/** Where observations hold goals and what goals earn; `goalTaskOf` of training reads one from an environment. */
export interface RelabelTask extends Omit<GoalTask, 'desiredAt'> {
  /** Where an observation holds the goal; undefined appends it to observations that hold none. */
  readonly desiredAt?: number;
}

/** Options of {@link relabelGoals}. */
export interface RelabelGoalsOptions {
  /** Default `future`. */
  readonly strategy?: GoalStrategy;
  /** Relabelled transitions for each recorded one; default 4. */
  readonly goalsPerTransition?: number;
  /** Of the steps that goals are drawn from; default 0. */
  readonly seed?: number;
  /** Default the dataset's episodes. */
  readonly episodes?: readonly RowRange[];
}

/** Transitions as if something that was achieved had been wanted. */
export interface GoalTransitions {
  readonly transitions: number;
  /** With the goal, where it was appended. */
  readonly observationSize: number;
  readonly actionSize: number;
  readonly goalSize: number;
  /** The row of the dataset that each comes from, `[transitions]`. */
  readonly rows: Int32Array;
  /** The row of the dataset after which the goal was achieved, `[transitions]`. */
  readonly goalRows: Int32Array;
  /** `[transitions, observationSize]` */
  readonly observations: Float32Array;
  /** `[transitions, actionSize]` */
  readonly actions: Float32Array;
  /** What the environment's reward function gives, `[transitions]`. */
  readonly rewards: Float32Array;
  /** `[transitions, observationSize]` */
  readonly nextObservations: Float32Array;
  /** As recorded: whether the task ended stays as it was, `[transitions]`. */
  readonly terminals: Uint8Array;
}

/**
 * Hindsight relabelling of a whole dataset (Andrychowicz et al. 2017): transitions of a row stand together, in the order
 * of the rows. A goal is what the next observation of its row shows as achieved; goals never come from another episode.
 *
 * Next observations are the stored ones or, within an episode, the following row's; without stored ones an episode's
 * last row is neither relabelled nor a goal.
 *
 * @throws InputError when the task doesn't fit the observations or an option is out of range.
 */
export function relabelGoals(dataset: Dataset, task: RelabelTask, options: RelabelGoalsOptions = {}): GoalTransitions {
  const { observationSize, actionSize } = dataset;
  const { strategy = 'future', goalsPerTransition = 4, seed = 0, episodes = dataset.episodes } = options;
  checkEpisodes(episodes, dataset.transitions);
  checkCount('goalsPerTransition', goalsPerTransition, 1);
  checkTask(task, observationSize);
  const generator = defaultRng(seed);
  // Without stored next observations the last row's next is unknown.
  const unknown = dataset.nextObservations ? 0 : 1;
  const transitions = episodes.reduce((n, { start, end }) => n + end - start - unknown, 0) * goalsPerTransition;
  if (transitions === 0) throw new InputError('No episode shows what a step achieved, so give longer ones.');
  const rows = new Int32Array(transitions);
  const goalRows = new Int32Array(transitions);
  let at = 0;
  for (const { start, end } of episodes) {
    const last = end - 1 - unknown;
    for (let row = start; row <= last; row++) {
      for (let k = 0; k < goalsPerTransition; k++, at++) {
        rows[at] = row;
        goalRows[at] = drawRow(generator, strategy, row, start, last);
      }
    }
  }
  const goalSize = task.goalSize;
  const width = observationSize + (task.desiredAt === undefined ? goalSize : 0);
  const sizes = { transitions, observationSize: width, actionSize, goalSize };
  return { ...sizes, rows, goalRows, ...fillColumns(dataset, task, rows, goalRows, width) };
}

function drawRow(generator: Generator, strategy: GoalStrategy, row: number, first: number, last: number): number {
  if (strategy === 'final') return last;
  const from = strategy === 'future' ? row : first;
  return generator.integers(from, last + 1);
}

function fillColumns(dataset: Dataset, task: RelabelTask, rows: Int32Array, goalRows: Int32Array, width: number) {
  const { observationSize: size, actionSize, observations: source, actions: taken } = dataset;
  const { goalSize, achievedAt, desiredAt = size, computeReward } = task;
  const transitions = rows.length;
  const observations = new Float32Array(transitions * width);
  const nextObservations = new Float32Array(transitions * width);
  const actions = new Float32Array(transitions * actionSize);
  const terminals = new Uint8Array(transitions);
  const achieved = new Float64Array(transitions * goalSize);
  const desired = new Float64Array(transitions * goalSize);
  const nextSource = dataset.nextObservations ?? source;
  const ahead = dataset.nextObservations ? 0 : 1;
  for (let i = 0; i < transitions; i++) {
    const row = rows[i];
    const nextAt = (row + ahead) * size;
    observations.set(source.subarray(row * size, (row + 1) * size), i * width);
    nextObservations.set(nextSource.subarray(nextAt, nextAt + size), i * width);
    actions.set(taken.subarray(row * actionSize, (row + 1) * actionSize), i * actionSize);
    terminals[i] = dataset.terminals[row] === 0 ? 0 : 1;
    const goalAt = (goalRows[i] + ahead) * size + achievedAt;
    for (let k = 0; k < goalSize; k++) {
      const goal = nextSource[goalAt + k];
      observations[i * width + desiredAt + k] = goal;
      nextObservations[i * width + desiredAt + k] = goal;
      desired[i * goalSize + k] = goal;
      achieved[i * goalSize + k] = nextSource[nextAt + achievedAt + k];
    }
  }
  const rewards = new Float32Array(computeReward(achieved, desired, new Float64Array(transitions)));
  return { observations, actions, rewards, nextObservations, terminals };
}

function checkTask({ goalSize, achievedAt, desiredAt }: RelabelTask, observationSize: number): void {
  checkCount('goalSize', goalSize, 1);
  for (const [name, at] of Object.entries({ achievedAt, desiredAt })) {
    if (at === undefined) continue;
    checkCount(name, at, 0);
    if (at + goalSize <= observationSize) continue;
    throw new InputError(
      `A goal of ${goalSize} numbers from ${name} ${at} on is no part of observations of ${observationSize}, ` +
        'so give the task of the environment that the data is of.',
    );
  }
}
