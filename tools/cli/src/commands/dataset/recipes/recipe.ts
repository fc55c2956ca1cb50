import type { ReturnDistribution } from '@understudy/generate';
import type { CommandContext } from '../../../context.ts';

/** A dataset that `understudy dataset make` knows how to make. */
export interface DatasetRecipe {
  readonly name: string;
  /** What it is, in a line. */
  readonly summary: string;
  /** Rows unless told; undefined where the recipe counts episodes. */
  readonly transitions?: number;
  /** What `--set` may change, with what it is unless told. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The file's ending; default `.hdf5`. */
  readonly extension?: '.hdf5' | '.safetensors';
  /**
   * Makes it.
   *
   * @returns Undefined when it was stopped.
   * @throws InputError when a setting is wrong or something it needs is not there.
   */
  make(request: MakeRequest, context: CommandContext): Promise<MadeDataset | undefined>;
}

/** What was asked for. */
export interface MakeRequest {
  readonly file: string;
  /** Of trainings and pieces under way. */
  readonly directory: string;
  readonly seed: number;
  readonly transitions: number | undefined;
  /** All of the recipe's settings, those told over the others. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** What came out. */
export interface MadeDataset {
  readonly transitions: number;
  readonly returns?: ReturnDistribution;
  /** Lines for people beside the figures. */
  readonly notes?: readonly string[];
}
