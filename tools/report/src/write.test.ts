import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser } from 'linkedom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleInput } from './testing/sample-input.ts';
import { writeReport } from './write.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a page, and every drawing as a file that stands alone', () => {
  const { html, svgs } = writeReport(sampleInput(), { outDir: join(folder, 'new') });
  expect(html).toBe(join(folder, 'new', 'report.html'));
  const inPage = readFileSync(html, 'utf8').match(/<svg /g)!.length;
  expect(svgs.length).toBe(inPage);
  expect(new Set(svgs).size).toBe(svgs.length);
  for (const path of svgs) {
    const svg = new DOMParser().parseFromString(readFileSync(path, 'utf8'), 'image/svg+xml').documentElement!;
    expect(svg.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect(svg.querySelector('style')!.textContent).toContain('prefers-color-scheme:dark');
    expect(svg.querySelector('title')!.textContent).toBe(svg.getAttribute('aria-label'));
  }
});

test('a run named like a path writes nothing outside its folder', () => {
  const input = sampleInput();
  const runs = input.runs.map((run) => ({ ...run, name: '../../../escape' }));
  const { svgs } = writeReport({ ...input, runs }, { file: join(folder, 'page.html') });
  expect(svgs.every((path) => path.startsWith(join(folder, 'page-figures')))).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['page-figures', 'page.html']);
});

test('no partial file stays, and a second report replaces the first', () => {
  writeReport(sampleInput(), { outDir: folder });
  const { html } = writeReport({ ...sampleInput(), title: 'Second' }, { outDir: folder });
  expect(readFileSync(html, 'utf8')).toContain('<h1>Second</h1>');
  expect(
    readdirSync(folder)
      .concat(readdirSync(join(folder, 'report-figures')))
      .filter((name) => name.endsWith('.partial')),
  ).toEqual([]);
});

test('a place that is a file, no place and two places are refused in a sentence', () => {
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  expect(() => writeReport(sampleInput(), { outDir: blocked })).toThrow(
    /Could not write .*a file is in the way; choose another path/,
  );
  expect(() => writeReport(sampleInput(), {})).toThrow(/exactly one/);
  expect(() => writeReport(sampleInput(), { outDir: folder, file: 'a.html' })).toThrow(/exactly one/);
  expect(() => writeReport(sampleInput(), { file: join(folder, 'a.pdf') })).toThrow(/end in \.html/);
  expect(existsSync(join(folder, 'report.html'))).toBe(false);
});
