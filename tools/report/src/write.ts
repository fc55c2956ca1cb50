import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '@understudy/errors';
import { createDirectory, writeFileAtomically } from '@understudy/training';
import { standaloneSvg } from './drawing.ts';
import type { ReportInput } from './input.ts';
import { composePage } from './page.ts';

/** Where {@link writeReport} writes: `file`, or `report.html` in `outDir`. */
export interface WriteOptions {
  /** Folder of the page; made when missing. */
  outDir?: string;
  /** Path of the page, ending in `.html`. */
  file?: string;
}

/** What {@link writeReport} wrote. */
export interface WrittenReport {
  /** Path of the page. */
  html: string;
  /** Paths of the drawings, in the page's order. */
  svgs: string[];
}

/**
 * Writes a report as one self-contained HTML page, and every drawing in it as an SVG file in the folder `<page>-figures` beside it.
 * Each file is written under another name first, so that an earlier report stays whole until the new one is.
 *
 * @throws InputError when neither or both of `outDir` and `file` are given, or the place can't be written.
 */
export function writeReport(input: ReportInput, options: WriteOptions): WrittenReport {
  const html = reportPath(options);
  const page = composePage(input);
  const folder = join(dirname(html), `${basename(html, extname(html))}-figures`);
  const svgs: string[] = [];
  createDirectory(folder);
  for (const drawing of page.drawings) {
    const path = join(folder, `${drawing.name}.svg`);
    writeFileAtomically(path, standaloneSvg(drawing));
    svgs.push(path);
  }
  writeFileAtomically(html, page.html);
  return { html, svgs };
}

function reportPath({ outDir, file }: WriteOptions): string {
  if ((outDir === undefined) === (file === undefined)) {
    throw new InputError('A report is written to outDir or to file; give exactly one of them.');
  }
  if (file === undefined) return join(outDir!, 'report.html');
  if (extname(file) === '.html') return file;
  throw new InputError(`The report's file is ${file}, but its name has to end in .html.`);
}
