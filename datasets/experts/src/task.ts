/**
 * The mode of an episode, that imitators do not see: an index or a speed, what the environment drew (a goal, `[3]` say),
 * or null in tasks that have none.
 */
export type Mode = number | readonly number[] | null;

/** What hides in a task's episodes. */
export type ModeSpace =
  | { readonly kind: 'none' }
  /** Chosen by the reset option `mode`, by its index; one label in words for each. */
  | { readonly kind: 'discrete'; readonly labels: readonly string[] }
  /** Chosen by the reset option `mode`, by its value within [low, high]. */
  | { readonly kind: 'continuous'; readonly low: number; readonly high: number; readonly unit: string }
  /** Drawn by the environment, which tells it in every info under this name. */
  | { readonly kind: 'told'; readonly info: string };

/** How a task's experts are trained. */
export interface TrainingRecipe {
  /** A learner's name: `ppo`, `sac`. */
  readonly algorithm: string;
  /** What differs from the learner's defaults; `totalSteps` is that of one training. */
  readonly settings: Readonly<Record<string, unknown>> & { readonly totalSteps: number };
  /**
   * True: one training serves all modes; the policy sees the mode beside the observation, which the data does not. False:
   * each mode has a training of its own.
   */
  readonly conditioned: boolean;
}

/** The expert column of a paper's table. */
export interface PaperExpert {
  /** The table, in words. */
  readonly source: string;
  readonly mean?: number;
  readonly std?: number;
  /** Of goal tasks. */
  readonly successRate?: number;
}

/** What is known about making expert data in one environment. */
export interface ExpertTask {
  /** The environment's id. */
  readonly id: string;
  /** What the environment is made with, `{ hideGoal: true }` say. */
  readonly environmentOptions: Readonly<Record<string, unknown>>;
  /** Steps after which an episode is cut off. Undefined leaves it to the environment. */
  readonly episodeSteps?: number;
  /** Episodes recorded unless told. */
  readonly episodes: number;
  readonly modes: ModeSpace;
  /** Absent where no settings are known that make an expert. */
  readonly recipe?: TrainingRecipe;
  readonly paper?: PaperExpert;
}
