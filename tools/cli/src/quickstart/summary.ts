import { join } from 'node:path';
import { writeFileAtomically } from '@understudy/training';
import type { DemonstrationsResult } from './demonstrations.ts';
import type { EvaluationResult, PolicyReturns } from './evaluation.ts';
import type { ExpertResult } from './expert.ts';
import type { Journal, QuickstartSettings } from './journal.ts';
import { names, stageSeeds } from './stage.ts';

/** `summary.json` of a quickstart. */
export interface QuickstartSummary {
  environment: string;
  random: PolicyReturns;
  expert: PolicyReturns;
  clone: PolicyReturns;
  /** Mean return of the clone over that of the expert. */
  cloneToExpert: number;
  demonstrations: DemonstrationsResult;
  /** Wall-clock seconds of all stages. */
  seconds: number;
  seeds: Record<string, number>;
  versions: Record<string, string>;
  peakMemoryBytes: number;
  /** The command line that makes the same results again. */
  command: string;
}

/** What {@link writeSummary} is made from. */
export interface SummaryInput {
  settings: QuickstartSettings;
  journal: Journal;
  command: string;
  version: string;
}

/** Writes `summary.json` from what the journal says of the finished stages. */
export function writeSummary({ settings, journal, command, version }: SummaryInput): QuickstartSummary {
  const { random, expert, clone } = journal.result<EvaluationResult>('evaluation');
  const { versions } = journal.result<ExpertResult>('expert');
  const summary: QuickstartSummary = {
    environment: settings.environment,
    random,
    expert,
    clone,
    cloneToExpert: clone.mean / expert.mean,
    demonstrations: journal.result<DemonstrationsResult>('demonstrations'),
    seconds: journal.seconds,
    seeds: stageSeeds(settings),
    versions: { understudy: version, node: process.versions.node, ...versions },
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    command,
  };
  writeFileAtomically(join(journal.directory, names.summary), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}
