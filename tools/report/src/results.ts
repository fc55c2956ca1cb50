import { formatCount, formatNumber, formatSeconds, formatShare } from './format.ts';
import type { EvaluationRecord, ReportInput, RunRecord } from './input.ts';
import { type ReturnFigures, returnFigures } from './statistics.ts';

/** The figures that headline, first paragraph and cards share. */
export interface Results {
  environment: string;
  expert?: ReturnFigures;
  clone?: ReturnFigures;
  random?: ReturnFigures;
  /** The clone's share of the expert's mean return; undefined unless the expert's is positive. */
  cloneToExpert?: number;
  /** The run that learned from rewards. */
  expertRun?: RunRecord;
  /** Environment steps, wall seconds and speed of {@link expertRun}. */
  steps?: number;
  trainingSeconds?: number;
  stepsPerSecond?: number;
  /** Mean return of its last training episodes. */
  trainingReturn?: number;
}

/** Gathers the headline figures; whatever the input lacks stays undefined. */
export function summarizeResults(input: ReportInput): Results {
  const figures = (name: string) => {
    const record = input.evaluation.find((candidate: EvaluationRecord) => candidate.name === name);
    return record && returnFigures(record);
  };
  const [expert, clone, random] = [figures('expert'), figures('clone'), figures('random')];
  const computed = expert && clone && expert.mean > 0 ? clone.mean / expert.mean : undefined;
  const expertRun = input.runs.find((run) => run.metrics.some((row) => typeof row.meanReturn === 'number'));
  const steps = expertRun?.summary?.steps ?? numberOf(expertRun?.metrics.at(-1)?.step);
  const cost = expertRun?.summary?.cost;
  return {
    environment: input.environment,
    expert,
    clone,
    random,
    cloneToExpert: input.cloneToExpert ?? computed,
    expertRun,
    steps,
    trainingSeconds: cost?.seconds,
    trainingReturn: lastReturn(expertRun),
    stepsPerSecond: cost?.stepsPerSecond,
  };
}

function lastReturn(run: RunRecord | undefined): number | undefined {
  const row = run?.metrics.findLast((candidate) => numberOf(candidate.meanReturn) !== undefined);
  return numberOf(row?.meanReturn);
}

/** A finite number, or undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The headline: the main result if there is one, else what was trained. */
export function headline(input: ReportInput, results: Results): string {
  if (input.title) return input.title;
  const { environment, cloneToExpert, expert } = results;
  if (cloneToExpert !== undefined && cloneToExpert < 0) return `A clone falls short of its expert on ${environment}`;
  if (cloneToExpert !== undefined)
    return `A clone earns ${formatShare(cloneToExpert)} of its expert’s return on ${environment}`;
  if (expert) return `${algorithmName(results.expertRun)} earns ${formatNumber(expert.mean, 0)} on ${environment}`;
  const names = [...new Set(input.runs.map((run) => algorithmName(run)))].join(' and ');
  return names ? `${names} on ${environment}` : environment;
}

/** The result in a few plain sentences. */
export function resultSentences(input: ReportInput, results: Results): string {
  const { environment, expert, clone, random, steps, trainingSeconds, expertRun } = results;
  const sentences: string[] = [];
  if (expertRun) {
    const amount = steps === undefined ? '' : ` for ${formatCount(steps, 'step')}`;
    const time = trainingSeconds === undefined ? '' : ` in ${formatSeconds(trainingSeconds)}`;
    sentences.push(`${algorithmName(expertRun)} trained a policy on ${environment}${amount}${time}.`);
  }
  if (expert) {
    const compared = random ? `, where random actions return ${withMargin(random)}` : '';
    sentences.push(
      `${expertRun ? 'As an expert it' : 'The expert'} returns ${withMargin(expert)} an episode${compared}.`,
    );
  }
  if (!expert && results.trainingReturn !== undefined) {
    sentences.push(`Its last training episodes returned ${formatNumber(results.trainingReturn, 0)} on average.`);
  }
  if (clone) {
    const source = input.demonstrations
      ? ` that saw nothing but ${formatCount(input.demonstrations.episodes, 'recorded episode')} of it (${formatCount(input.demonstrations.transitions, 'transition')})`
      : '';
    sentences.push(`A clone${source} returns ${withMargin(clone)}.`);
  }
  if (sentences.length === 0) sentences.push(`This run on ${environment} has logged no returns yet.`);
  // Figures stay on one line with their units and intervals.
  return sentences.join(' ').replace(/(\d) (?=(?:±|%|s|min|h)(?!\w))|(?<=±) /g, '$1\u00a0');
}

/** `1,432 ± 18`, or the mean alone where the interval is unknown. */
export function withMargin({ mean, margin }: Pick<ReturnFigures, 'mean' | 'margin'>): string {
  return margin === undefined ? formatNumber(mean, 0) : `${formatNumber(mean, 0)} ± ${formatNumber(margin, 0)}`;
}

/** The algorithm's name as people write it. */
export function algorithmName(run: RunRecord | undefined): string {
  const names: Record<string, string> = {
    ppo: 'PPO',
    bc: 'Behavioural cloning',
    sac: 'SAC',
    td3: 'TD3',
    trpo: 'TRPO',
    'ddpg-her': 'DDPG with hindsight replay',
  };
  if (!run) return 'The policy';
  return Object.hasOwn(names, run.algorithm) ? names[run.algorithm] : run.algorithm || run.name;
}
