import { dirname, extname } from 'node:path';
import { InputError } from '@understudy/errors';
import { createDirectory, writeFileAtomically } from '@understudy/training';
import type { Drawing } from '../drawing.ts';
import { formatBytes, formatCount, formatNumber } from '../format.ts';
import { columns, figure, htmlPage, section } from '../layout.ts';
import { type Markup, markup } from '../markup.ts';
import { configFacts, factsTable } from '../tables.ts';
import { drawHistogram, drawSparkBars } from './histogram.ts';
import type { DatasetPageInput, InspectedColumn, InspectedDataset } from './input.ts';
import { drawMazePaths } from './maze-picture.ts';

/** Dimensions of a column that get a row each; a picture has thousands. */
const shownDimensions = 64;

/**
 * One self-contained page about a dataset: figures, what looks wrong, distributions, paths in a maze. The same input
 * gives the same bytes.
 */
export function composeDatasetPage(input: DatasetPageInput): string {
  const { inspection, name, environment } = input;
  const of = environment === undefined ? '' : ` of ${environment}`;
  const body = markup`<main>
<header>
<p class="overline">Understudy dataset: ${name}</p>
<h1>${formatCount(inspection.transitions, 'transition')}${of} in ${formatCount(inspection.episodes.count, 'episode')}</h1>
<p class="lede">${sentences(inspection)}</p>
${cards(input)}
</header>
${findings(inspection)}
${mazeSection(input)}
${episodeSection(inspection)}
${inspection.columns.map(columnSection)}
${columnsSection(inspection)}
${metadataSection(inspection)}
<footer>Made by Understudy.</footer>
</main>`;
  return htmlPage(`${name}: ${formatCount(inspection.transitions, 'transition')}`, body, styles);
}

/**
 * Writes {@link composeDatasetPage} to a file.
 *
 * @throws InputError when the name doesn't end in `.html` or the place can't be written.
 */
export function writeDatasetPage(input: DatasetPageInput, file: string): void {
  if (extname(file) !== '.html') {
    throw new InputError(`The page's file is ${file}, but its name has to end in .html.`);
  }
  createDirectory(dirname(file));
  writeFileAtomically(file, composeDatasetPage(input));
}

const styles = `
.findings{margin:14px 0 0;padding:0 0 0 1.2em;max-width:44em}.findings li{margin:0 0 8px}
.map{max-width:640px}.map .drawing{min-width:0}
.pairs .drawing{min-width:0}
.pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:22px 40px}
.scroll{overflow-x:auto}
table.dimensions{max-width:none;width:auto;min-width:560px;margin-top:14px}
table.dimensions th,table.dimensions td{width:auto;text-align:right;white-space:nowrap;padding:5px 18px 5px 0;vertical-align:middle}
table.dimensions thead th{border-top:0;font-weight:600}
table.dimensions .picture{text-align:left;width:150px}
table.dimensions caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.dimensions .text{text-align:left}
table.dimensions .drawing{width:132px;height:24px}
`;

function sentences({ episodes, transitions, terminals, timeouts, findings }: InspectedDataset): string {
  const whole = episodes.complete < episodes.count ? ' The last episode was cut off by the end of the recording.' : '';
  const ends =
    timeouts === null
      ? `${formatCount(terminals, 'row')} ${terminals === 1 ? 'is' : 'are'} terminal, and the file says nothing of timeouts.`
      : `${formatCount(terminals, 'terminal')} and ${formatCount(timeouts, 'timeout')} in ${formatCount(transitions, 'row')}.`;
  const wrong = findings.length === 0 ? ' Nothing looks wrong.' : '';
  return `${ends}${whole}${wrong}`;
}

function cards({ inspection, score }: DatasetPageInput): Markup {
  const { returns, lengths } = inspection.episodes;
  const entries: [string, Markup][] = [
    ['Mean return', markup`${formatNumber(returns.mean)} <small>± ${formatNumber(returns.std)}</small>`],
    ['Best return', markup`${formatNumber(returns.max)}`],
  ];
  if (score) entries.push(['Normalised score', markup`${formatNumber(score.mean, 1)} <small>/ 100</small>`]);
  entries.push(['Mean length', markup`${formatNumber(lengths.mean)} <small>steps</small>`]);
  entries.push(['Observation', markup`${inspection.observationSize} <small>numbers</small>`]);
  entries.push(['Action', markup`${inspection.actionSize} <small>numbers</small>`]);
  entries.push(['File', markup`${formatBytes(inspection.bytes)}`]);
  return markup`<dl class="cards">${entries.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function findings({ findings }: InspectedDataset): Markup | undefined {
  if (findings.length === 0) return undefined;
  const items = findings.map(({ text, firstRow }) => {
    const where = firstRow === undefined ? '' : ` The first is row ${formatNumber(firstRow, 0)}.`;
    return markup`<li>${text}${where}</li>`;
  });
  return section('Look at this before you trust it', markup`<ul class="findings">${items}</ul>`);
}

function mazeSection({ maze, inspection }: DatasetPageInput): Markup | undefined {
  if (!maze || !inspection.paths) return undefined;
  const drawing = drawMazePaths(maze, inspection.paths);
  const picture = figure(drawing, drawing.description);
  return section('Paths through the maze', picture && markup`<div class="map">${picture}</div>`);
}

function episodeSection({ episodes }: InspectedDataset): Markup | undefined {
  const { returns, lengths } = episodes;
  const drawings: Drawing[] = [];
  if (returns.histogram) {
    const chart = {
      name: 'returns',
      unit: 'episodes',
      xLabel: 'return',
      histogram: returns.histogram,
      spread: returns,
    };
    drawings.push(drawHistogram(chart));
  }
  drawings.push(
    drawHistogram({
      name: 'lengths',
      unit: 'episodes',
      xLabel: 'length in steps',
      histogram: lengths.histogram,
      spread: lengths,
    }),
  );
  const figures = drawings.map((drawing) => figure(drawing, drawing.description));
  return section('Episodes', markup`<div class="pairs">${figures}</div>`);
}

function columnSection({ name, dimensions }: InspectedColumn): Markup | undefined {
  if (name === 'terminals' || name === 'timeouts' || name === 'next_observations') return undefined;
  const rows = dimensions.slice(0, shownDimensions).map((dimension, d) => {
    const at = dimensions.length === 1 ? name : `${name} ${d}`;
    if (!dimension) return markup`<tr><th scope="row">${d}</th><td colspan="5" class="text">no finite number</td></tr>`;
    const { min, mean, std, max, histogram } = dimension;
    const figures = [min, mean, std, max].map((value) => markup`<td>${formatNumber(value)}</td>`);
    const picture = drawSparkBars(at, histogram).svg;
    return markup`<tr><th scope="row">${d}</th><td class="picture">${picture}</td>${figures}</tr>`;
  });
  const left = dimensions.length - shownDimensions;
  const rest = left > 0 ? markup`<p class="note">${formatCount(left, 'more dimension')} not shown.</p>` : undefined;
  const head = markup`<thead><tr><th scope="col">dimension</th><th scope="col" class="text">distribution</th><th scope="col">min</th><th scope="col">mean</th><th scope="col">std</th><th scope="col">max</th></tr></thead>`;
  return section(
    name,
    markup`<div class="scroll" tabindex="0" role="group" aria-label="${`Dimensions of ${name}`}"><table class="dimensions"><caption>Dimensions of ${name}</caption>${head}<tbody>${rows}</tbody></table></div>`,
    rest,
  );
}

function columnsSection({ columns: stored }: InspectedDataset): Markup | undefined {
  const rows = stored.map(
    ({ name, dtype, shape, filters, nan, infinite }) =>
      markup`<tr><th scope="row" class="text">${name}</th><td class="text">${dtype}</td><td class="text">[${shape.join(', ')}]</td><td class="text">${filters.join(' ') || 'none'}</td><td>${formatNumber(nan, 0)}</td><td>${formatNumber(infinite, 0)}</td></tr>`,
  );
  const names = ['column', 'type', 'shape', 'compression'].map(
    (label) => markup`<th scope="col" class="text">${label}</th>`,
  );
  return section(
    'Columns',
    markup`<div class="scroll" tabindex="0" role="group" aria-label="Columns of the file"><table class="dimensions"><caption>Columns of the file</caption><thead><tr>${names}<th scope="col">NaN</th><th scope="col">infinite</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function metadataSection({ metadata }: InspectedDataset): Markup | undefined {
  return section('Metadata', columns([factsTable('What the file says of itself', configFacts(metadata))]));
}
