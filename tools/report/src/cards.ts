import { formatNumber, formatSeconds, formatShare } from './format.ts';
import type { ReportInput } from './input.ts';
import { type Markup, markup } from './markup.ts';
import type { Results } from './results.ts';
import type { ReturnFigures } from './statistics.ts';

/** The headline figures, as many as are known. */
export function cardsMarkup(input: ReportInput, results: Results): Markup {
  const { expert, clone, random, cloneToExpert, stepsPerSecond } = results;
  const cards = [
    returnCard('Expert’s return', 'expert', expert),
    returnCard('Clone’s return', 'clone', clone),
    cloneToExpert !== undefined && card('Clone / expert', markup`${formatShare(cloneToExpert)}`),
    returnCard('Random actions', 'random', random),
    stepsPerSecond !== undefined && card('Training', markup`${formatNumber(stepsPerSecond, 0)} <small>steps/s</small>`),
    input.seconds !== undefined && card('The whole job', markup`${formatSeconds(input.seconds)}`),
  ].filter((entry) => entry !== false && entry !== undefined);
  return cards.length === 0 ? markup`` : markup`<dl class="cards">${cards}</dl>`;
}

function returnCard(label: string, role: string, figures: ReturnFigures | undefined): Markup | undefined {
  if (!figures) return undefined;
  const margin = figures.margin !== undefined && markup` <small>± ${formatNumber(figures.margin, 0)}</small>`;
  return card(label, markup`<span class="${role}">${formatNumber(figures.mean, 0)}</span>${margin}`);
}

function card(label: string, value: Markup): Markup {
  return markup`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}
