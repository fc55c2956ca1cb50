import type { Drawing } from './drawing.ts';
import { type Markup, markup } from './markup.ts';
import { pageStyles } from './styles.ts';

/** A drawing with its caption; nothing without one. */
export function figure(drawing: Drawing | undefined, caption: string): Markup | undefined {
  if (!drawing) return undefined;
  return markup`<figure><div class="wide" tabindex="0" role="group" aria-label="Chart, scrolls sideways on small screens">${drawing.svg}</div><figcaption>${caption}</figcaption></figure>`;
}

/** Small drawings side by side. */
export function panels(drawings: readonly Drawing[]): Markup | undefined {
  if (drawings.length === 0) return undefined;
  return markup`<div class="panels">${drawings.map((drawing) => markup`<figure>${drawing.svg}</figure>`)}</div>`;
}

/** Tables side by side. */
export function columns(tables: readonly Markup[], kind = 'columns'): Markup | undefined {
  return tables.some((table) => table.source !== '') ? markup`<div class="${kind}">${tables}</div>` : undefined;
}

/** A part of a page under its heading; nothing where all of it is empty. */
export function section(heading: string, ...parts: (Markup | undefined)[]): Markup | undefined {
  return parts.some((part) => part !== undefined && part.source !== '')
    ? markup`<section><h2>${heading}</h2>${parts}</section>`
    : undefined;
}

/** A whole page around its body: no scripts, nothing from the network. @param styles - Beyond those of every page. */
export function htmlPage(title: string, body: Markup, styles = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${markup`<title>${title}</title>`.source}
<style>${pageStyles}${styles}</style>
</head>
<body>
${body.source}
</body>
</html>
`;
}
