import type { CommandContext } from '../context.ts';
import type { QuickstartSettings } from './journal.ts';

/** What every stage of a quickstart works with. */
export interface StageInput {
  /** Directory of the whole quickstart. */
  directory: string;
  settings: QuickstartSettings;
  context: CommandContext;
  /** Aborts at Ctrl-C: the stage saves what it can and throws `Interrupted`. */
  signal: AbortSignal;
}

/** The seed of each stage: apart, so that no stage sees the episodes of another. */
export function stageSeeds({ seed }: QuickstartSettings) {
  return { expert: seed, demonstrations: 1000 + seed, clone: seed, evaluation: 2000 + seed };
}

/** Names inside a quickstart's directory. */
export const names = {
  expert: 'expert',
  demonstrations: 'demos.hdf5',
  clone: 'clone',
  summary: 'summary.json',
  report: 'report.html',
} as const;
