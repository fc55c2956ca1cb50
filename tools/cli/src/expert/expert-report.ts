import { type ExpertTask, type ModesFile, modeLabel, summarizeEpisodes, type TrainedExpert } from '@understudy/experts';
import { formatCount, formatDuration, formatFigure, formatTable } from '../format.ts';

/** What the command tells at its end. */
export interface ExpertReport {
  file: string;
  environment: string;
  source: string;
  algorithm: string;
  episodes: number;
  transitions: number;
  meanReturn: number;
  std: number;
  withinModeStd?: number;
  meanLength: number;
  successRate?: number;
  modes: readonly {
    mode: number;
    label: string;
    episodes: number;
    mean: number;
    std: number;
    meanLength: number;
    successRate?: number;
  }[];
  trainings: readonly { mode: number | null; algorithm: string; steps: number; seconds: number }[];
  paper: ExpertTask['paper'] | null;
}

/** Puts together what was recorded and what it cost. */
export function reportExperts(
  file: string,
  task: ExpertTask,
  recorded: ModesFile,
  trained: readonly TrainedExpert[],
): ExpertReport {
  const { modes, all, withinModeStd } = summarizeEpisodes(recorded.episodes, task.modes.kind === 'discrete');
  return {
    file,
    environment: task.id,
    source: recorded.source,
    algorithm: recorded.algorithm,
    episodes: all.episodes,
    transitions: recorded.transitions,
    meanReturn: all.mean,
    std: all.std,
    withinModeStd,
    meanLength: all.meanLength,
    successRate: all.successRate,
    modes: modes.map((mode) => ({ ...mode, label: modeLabel(task.modes, mode.mode) })),
    trainings: trained.map(({ mode, algorithm, steps, seconds }) => ({ mode, algorithm, steps, seconds })),
    paper: task.paper ?? null,
  };
}

/** The report as lines: a table of returns by mode beside the paper's expert, and a closing line. */
export function formatReport(report: ExpertReport): string[] {
  const { modes, trainings, paper } = report;
  const paperColumn = paper ? [`paper's expert`] : [];
  const costOf = (mode: number | null) => trainings.filter((training) => mode === null || training.mode === mode);
  const row = (
    name: string,
    of: Pick<ExpertReport, 'episodes' | 'std' | 'meanLength' | 'successRate'> & { mean: number },
    mode: number | null,
    paperCell: string,
  ) => [
    name,
    of.mean,
    of.std,
    of.episodes,
    of.meanLength,
    ...(report.successRate === undefined ? [] : [`${formatFigure(100 * (of.successRate ?? 0))} %`]),
    ...(paper ? [paperCell] : []),
    ...(trainings.length > 0 ? [describeCost(costOf(mode))] : []),
  ];
  const header = [
    'mode',
    'return',
    'std',
    'episodes',
    'steps',
    ...(report.successRate === undefined ? [] : ['success']),
    ...paperColumn,
    ...(trainings.length > 0 ? ['training'] : []),
  ];
  const whole = row('all', { ...report, mean: report.meanReturn }, null, describePaper(paper));
  const rows = [...modes.map((mode) => row(mode.label, mode, mode.mode, '')), whole];
  const lines = [formatTable(header, rows)];
  if (report.withinModeStd !== undefined) {
    lines.push(`std within a mode ${formatFigure(report.withinModeStd)}${paper ? `; paper: ${paper.source}` : ''}`);
  } else if (paper) lines.push(`paper: ${paper.source}`);
  lines.push(
    `${report.file}: ${formatCount(report.transitions)} transitions of ${report.environment}, ${report.episodes} episodes, source ${report.source}`,
  );
  return lines;
}

function describePaper(paper: ExpertReport['paper']): string {
  if (!paper) return '';
  if (paper.mean !== undefined) return `${formatFigure(paper.mean)} +- ${formatFigure(paper.std ?? 0)}`;
  return paper.successRate === undefined ? '' : `${formatFigure(100 * paper.successRate)} % success`;
}

function describeCost(trainings: ExpertReport['trainings']): string {
  if (trainings.length === 0) return 'shared';
  const steps = trainings.reduce((sum, training) => sum + training.steps, 0);
  const seconds = trainings.reduce((sum, training) => sum + training.seconds, 0);
  return `${trainings[0].algorithm}, ${formatCount(steps)} steps, ${formatDuration(seconds)}`;
}
