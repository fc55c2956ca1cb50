import { drawFilmStrip } from './body-strip.ts';
import { cardsMarkup } from './cards.ts';
import type { Drawing } from './drawing.ts';
import { drawFootfalls } from './footfalls.ts';
import { formatBytes, formatNumber, formatSeconds } from './format.ts';
import type { ReportInput, RunRecord } from './input.ts';
import { columns, figure, htmlPage, panels, section } from './layout.ts';
import { drawLearningCurve } from './learning-curve.ts';
import type { ChartLevel } from './line-chart.ts';
import { type Markup, markup } from './markup.ts';
import { expertColour, randomColour } from './palette.ts';
import { algorithmName, headline, numberOf, type Results, resultSentences, summarizeResults } from './results.ts';
import { drawReturns } from './returns-plot.ts';
import { drawStride } from './stride-picture.ts';
import { configFacts, factsTable, valueText } from './tables.ts';
import { drawEpisodeTraces, drawJointTraces, strideWindow } from './traces.ts';
import { drawLossCurve, drawTrainingPanels } from './training-panels.ts';

/** A page and the drawings in it, in their order. */
export interface Page {
  html: string;
  drawings: readonly Drawing[];
}

/** Lays out the whole report. The same input gives the same page, byte for byte. */
export function composePage(input: ReportInput): Page {
  const drawings: Drawing[] = [];
  const results = summarizeResults(input);
  const title = headline(input, results);
  const keep = (drawing: Drawing | undefined) => {
    if (!drawing) return undefined;
    const named = { ...drawing, name: uniqueName(drawing.name, drawings) };
    drawings.push(named);
    return named;
  };
  const body = markup`<main>
<header>
<p class="overline">Understudy report: ${input.environment}</p>
<h1>${title}</h1>
<p class="lede">${resultSentences(input, results)}</p>
${strideFigure(input, keep)}
${cardsMarkup(input, results)}
</header>
${returnsSection(input, keep)}
${input.runs.map((run) => runSection(run, results, keep))}
${episodeSection(input, keep)}
${demonstrationsSection(input)}
${settingsSection(input)}
${costSection(input)}
<footer>Made by Understudy. Every picture lies beside this page as an SVG file.</footer>
</main>`;
  return { html: htmlPage(title, body), drawings };
}

/** The name, or with a number after it where another drawing has it already. */
function uniqueName(name: string, drawings: readonly Drawing[]): string {
  let unique = name;
  for (let n = 2; drawings.some((drawing) => drawing.name === unique); n++) unique = `${name}-${n}`;
  return unique;
}

type Keep = (drawing: Drawing | undefined) => Drawing | undefined;

function strideFigure(input: ReportInput, keep: Keep): Markup | undefined {
  const drawing = input.episodeTrace && keep(drawStride(input.episodeTrace));
  const who = input.episodeTrace?.policy
    ? `The ${input.episodeTrace.policy} on ${input.environment}`
    : input.environment;
  return drawing && figure(drawing, `${who}, drawn from the simulator’s geometry. ${drawing.description}`);
}

function returnsSection(input: ReportInput, keep: Keep): Markup | undefined {
  const drawing = keep(drawReturns(input.evaluation));
  return section(
    'Returns',
    figure(
      drawing,
      'Each faint dot is one evaluation episode. Below them stands their mean in its 95 % confidence interval.',
    ),
  );
}

function runSection(run: RunRecord, results: Results, keep: Keep): Markup | undefined {
  const levels: ChartLevel[] = [];
  if (run === results.expertRun && results.expert) {
    levels.push({
      y: results.expert.mean,
      colour: expertColour,
      label: `evaluated: ${formatNumber(results.expert.mean, 0)}`,
    });
  }
  if (run === results.expertRun && results.random) {
    levels.push({
      y: results.random.mean,
      colour: randomColour,
      label: `random actions: ${formatNumber(results.random.mean, 0)}`,
    });
  }
  const curve = keep(drawLearningCurve(run, levels));
  const loss = keep(drawLossCurve(run));
  const small = drawTrainingPanels(run);
  for (const drawing of small) keep(drawing);
  return section(
    `${algorithmName(run)}: how ${run.name === 'expert' || run.name === 'clone' ? `the ${run.name}` : run.name} learned`,
    figure(curve, learningCaption(run)),
    figure(loss, lossCaption(run)),
    panels(small),
  );
}

function lossCaption(run: RunRecord): string {
  const best = numberOf(run.metrics.at(-1)?.bestEpoch);
  const kept = best === undefined ? '' : ` The policy is that of epoch ${formatNumber(best, 0)}.`;
  return `Loss on the demonstrations it learned from and on those held out.${kept}`;
}

function learningCaption(run: RunRecord): string {
  const points = run.metrics.some((row) => typeof row.episodeReturn === 'number');
  const line = 'The line is the mean return of the last training episodes, in which the policy still explores.';
  return points ? `${line} Points are the episodes that ended in one iteration.` : line;
}

function episodeSection(input: ReportInput, keep: Keep): Markup | undefined {
  const trace = input.episodeTrace;
  if (!trace || trace.frames.length === 0) return undefined;
  const keepAll = (drawings: readonly Drawing[]) => drawings.filter(keep);
  const [start, end] = strideWindow(trace);
  const total = trace.frames.reduce((sum, frame) => sum + frame.reward, 0);
  const who = trace.policy ? `One episode of the ${trace.policy}` : 'One episode';
  const length = formatNumber(trace.frames[trace.frames.length - 1].time, 1);
  const window = `from ${formatNumber(trace.frames[start].time, 1)} s to ${formatNumber(trace.frames[end - 1].time, 1)} s`;
  const strip = figure(
    keep(drawFilmStrip(trace)),
    'Each picture moves along with the body; the marks below the ground are a metre apart.',
  );
  const episode = panels(keepAll(drawEpisodeTraces(trace)));
  const footfalls = figure(keep(drawFootfalls(trace)), 'A bar while that part of the body is on the ground.');
  const joints = panels(keepAll(drawJointTraces(trace)));
  const strides = markup`<h3>Stride by stride, ${window}</h3>`;
  return section(
    'What the agent does',
    markup`<p>${who}: ${length} seconds of simulated time, return ${formatNumber(total, 0)}.</p>`,
    strip,
    episode,
    footfalls || joints ? strides : undefined,
    footfalls,
    joints,
  );
}

function demonstrationsSection(input: ReportInput): Markup | undefined {
  const facts = input.demonstrations;
  if (!facts) return undefined;
  const range = facts.minReturn !== undefined && facts.maxReturn !== undefined;
  return section(
    'Demonstrations',
    factsTable('What the expert recorded', [
      ['File', facts.file],
      ['Episodes', formatNumber(facts.episodes, 0)],
      ['Transitions', formatNumber(facts.transitions, 0)],
      ['Mean return', facts.meanReturn !== undefined && formatNumber(facts.meanReturn, 0)],
      ['Returns', range && `${formatNumber(facts.minReturn!, 0)} to ${formatNumber(facts.maxReturn!, 0)}`],
      ['Size', facts.bytes !== undefined && formatBytes(facts.bytes)],
    ]),
  );
}

function settingsSection(input: ReportInput): Markup | undefined {
  const tables = input.runs.map((run) => factsTable(`${run.name} (${algorithmName(run)})`, configFacts(run.config)));
  return section('Configuration', columns(tables, 'columns pair'));
}

function costSection(input: ReportInput): Markup | undefined {
  const runs = input.runs.flatMap((run): [string, string][] => {
    const seconds = run.summary?.cost?.seconds;
    return seconds === undefined ? [] : [[`Training ${run.name}`, formatSeconds(seconds)]];
  });
  const cost = factsTable('Cost', [
    ['The whole job', input.seconds !== undefined && formatSeconds(input.seconds)],
    ...runs,
    ['Peak memory', input.peakMemoryBytes !== undefined && formatBytes(input.peakMemoryBytes)],
  ]);
  const versions = factsTable('Versions', Object.entries(input.versions ?? {}));
  const seeds = factsTable(
    'Seeds',
    Object.entries(input.seeds ?? {}).map(([name, seed]) => [name, valueText(seed)] as const),
  );
  const command = input.command
    ? markup`<h3>To make the same results again</h3><pre><code>${input.command}</code></pre>`
    : undefined;
  return section('Cost, versions and seeds', columns([cost, versions, seeds]), command);
}
