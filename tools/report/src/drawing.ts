import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, markup, trustedMarkup } from './markup.ts';
import { darkRules, ink, paper } from './palette.ts';

/** A finished picture: an SVG element and the words that go with it. */
export interface Drawing {
  /** The file's name without its extension: `learning-curve-expert`. */
  name: string;
  /** The `<svg>` element, ready for an HTML page. */
  svg: Markup;
  /** What the picture shows, for those who don't see it. */
  description: string;
  /** Pixels. */
  width: number;
  height: number;
}

/** Elements and sizes that make up a hand-drawn {@link Drawing}. */
export interface DrawingParts {
  name: string;
  description: string;
  width: number;
  height: number;
  content: Markup;
}

export const fontFamily = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** A drawing by Observable Plot, with axes in the report's manner. Plot's own options are passed on. */
export function drawPlot(name: string, description: string, options: PlotOptions): Drawing {
  const { style: _style, ...rest } = options;
  const element = plot({ ...rest, document: document as never, className: 'plot', figure: false } as PlotOptions);
  tidyPlot(element as unknown as SvgElement);
  const width = Number(element.getAttribute('width'));
  const height = Number(element.getAttribute('height'));
  return draw({ name, description, width, height, content: trustedMarkup(element.innerHTML) });
}

/** Wraps `content` into an SVG element with its size, description and type face. */
export function draw({ name, description, width, height, content }: DrawingParts): Drawing {
  const svg = markup`<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${description}" font-family="${fontFamily}" font-size="12" fill="${ink}" text-anchor="middle">${content}</svg>`;
  return { name: fileName(name), svg, description, width, height };
}

/** The drawing as an SVG file of its own: with a margin, a background, and colours for readers who prefer dark. */
export function standaloneSvg({ svg, description, width, height }: Drawing): string {
  const style = trustedMarkup(`text{white-space:pre}@media (prefers-color-scheme:dark){${darkRules()}}`);
  const [outerWidth, outerHeight] = [width + 2 * padding, height + 2 * padding];
  const head = svg.source
    .slice(0, svg.source.indexOf('>') + 1)
    .replace(
      /viewBox="[^"]*" width="[^"]*" height="[^"]*"/,
      `viewBox="${-padding} ${-padding} ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}"`,
    );
  const background = markup`<title>${description}</title><style>${style}</style><rect x="${-padding}" y="${-padding}" width="${outerWidth}" height="${outerHeight}" fill="${paper}"/>`;
  return `${head}${background.source}${svg.source.slice(svg.source.indexOf('>') + 1)}\n`;
}

/** Pixels around a drawing that stands alone. */
const padding = 16;

/** `name` as a file name that no run's name can turn into a path. */
function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain.slice(0, 80) || 'drawing';
}

/** A name that comes from a file, cut to what a chart has room for. */
export function shortLabel(label: string): string {
  return label.length <= 24 ? label : `${label.slice(0, 23)}…`;
}

/** Pixels that the longest of some {@link shortLabel}s takes at the left of a chart. */
export function labelMargin(labels: readonly string[]): number {
  return Math.max(84, ...labels.map((label) => 20 + 9 * shortLabel(label).length));
}

/** A coordinate at a hundredth of a pixel, without idle zeros. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

/** What of the DOM {@link tidyPlot} needs; the library's own type declarations ask for a browser's. */
interface SvgElement {
  tagName: string;
  attributes: Iterable<{ name: string; value: string }>;
  children: Iterable<SvgElement>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
}

const geometry = new Set([
  'd',
  'transform',
  'x',
  'y',
  'x1',
  'x2',
  'y1',
  'y2',
  'cx',
  'cy',
  'r',
  'width',
  'height',
  'points',
]);

/** Rounds coordinates, drops Plot's own style sheet and labels (the drawing has one description), and names its grey tones. */
function tidyPlot(element: SvgElement): void {
  for (const child of [...element.children]) {
    if (child.tagName.toLowerCase() === 'style') {
      child.remove();
      continue;
    }
    for (const { name, value } of [...child.attributes]) {
      if (name === 'class' || name.startsWith('aria-')) child.removeAttribute(name);
      else if (value === 'currentColor') child.setAttribute(name, ink);
      else if (geometry.has(name))
        child.setAttribute(
          name,
          value.replace(/-?\d+\.\d+/g, (text) => coordinate(Number(text))),
        );
    }
    tidyPlot(child);
  }
}
