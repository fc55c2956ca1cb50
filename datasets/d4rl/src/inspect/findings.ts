import type { ColumnStatistics } from './column-statistics.ts';
import type { EpisodeSummary } from './episode-summary.ts';
import type { CountedRows, NeighbourChecks } from './neighbour-checks.ts';
import type { RewardTiming } from './reward-timing.ts';

/** Something about a dataset that a reader should look at before trusting it. */
export interface Finding {
  readonly kind:
    | 'not-finite'
    | 'constant-dimension'
    | 'jump'
    | 'terminal-and-timeout'
    | 'single-step-episode'
    | 'repeated-transition'
    | 'reward-before-step';
  /** How often; of constant dimensions, how many. */
  readonly count: number;
  /** Where the first is, where rows have it. */
  readonly firstRow?: number;
  /** The whole in one sentence. */
  readonly text: string;
}

/** What the checks of an inspection found. */
export interface FindingSources {
  readonly columns: ReadonlyMap<string, ColumnStatistics>;
  readonly episodes: EpisodeSummary;
  readonly neighbours: NeighbourChecks;
  readonly rewardTiming: RewardTiming | undefined;
}

/** Dimensions that a sentence names at most. */
const namedDimensions = 12;

/** The suspicious things, the worst kinds first. */
export function findingsOf({ columns, episodes, neighbours, rewardTiming }: FindingSources): Finding[] {
  const notFinite = [...columns].flatMap(([name, column]) => notFiniteIn(name, column));
  const constant = [...columns].flatMap(([name, column]) => constantIn(name, column));
  return [
    ...notFinite,
    ...rows('jump', neighbours.jumps(), (n) => `${n} inside an episode begin elsewhere than the row before them ended`),
    ...rows(
      'terminal-and-timeout',
      { count: episodes.bothFlags, firstRow: episodes.firstBothFlags },
      (n) => `${n} have a terminal and a timeout at once`,
    ),
    ...timing(rewardTiming),
    ...rows('repeated-transition', neighbours.repeated(), (n) => `${n} equal the row before them in everything`),
    ...singleSteps(episodes),
    ...constant,
  ];
}

function notFiniteIn(name: string, { nan, infinite, firstNotFinite: firstRow }: ColumnStatistics): Finding[] {
  const count = nan + infinite;
  if (count === 0) return [];
  const what = nan === 0 ? 'infinite' : infinite === 0 ? 'NaN' : 'NaN or infinite';
  return [
    { kind: 'not-finite', count, firstRow, text: `${counted(count, 'number')} in "${name}" ${are(count)} ${what}.` },
  ];
}

function constantIn(name: string, column: ColumnStatistics): Finding[] {
  if (name === 'terminals' || name === 'timeouts') return [];
  const dimensions = column.constantDimensions;
  const count = dimensions.length;
  if (count === 0) return [];
  const named = dimensions.slice(0, namedDimensions).join(', ') + (count > namedDimensions ? ', ...' : '');
  const which = count === 1 ? `Dimension ${named}` : `${count} dimensions (${named})`;
  const verb = count === 1 ? 'holds' : 'hold';
  return [{ kind: 'constant-dimension', count, text: `${which} of "${name}" ${verb} one number in all rows.` }];
}

function rows(kind: Finding['kind'], { count, firstRow }: CountedRows, text: (rows: string) => string): Finding[] {
  return count === 0 ? [] : [{ kind, count, firstRow, text: `${text(counted(count, 'row'))}.` }];
}

function timing(found: RewardTiming | undefined): Finding[] {
  if (!found || found.before <= found.after) return [];
  const text = `${counted(found.before, 'reward')} ${are(found.before)} for where the step began and not for where it led, as in D4RL's files (issue 194).`;
  return [{ kind: 'reward-before-step', count: found.before, text }];
}

function singleSteps({ singleSteps: count }: EpisodeSummary): Finding[] {
  if (count === 0) return [];
  return [{ kind: 'single-step-episode', count, text: `${counted(count, 'episode')} ${are(count)} one step long.` }];
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}
