import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { expect, onTestFinished, test } from 'vitest';
import type { DatasetPageInput, InspectedDataset } from './input.ts';
import { composeDatasetPage, writeDatasetPage } from './page.ts';

const histogram = { low: 0, width: 1, counts: [3, 0, 1] };
const dimension = { min: 0, mean: 0.75, max: 2.5, std: 1, histogram };

const inspection: InspectedDataset = {
  bytes: 2_100_000,
  transitions: 4,
  observationSize: 2,
  actionSize: 1,
  columns: [
    {
      name: 'observations',
      shape: [4, 2],
      dtype: 'float32',
      filters: ['deflate'],
      nan: 1,
      infinite: 0,
      dimensions: [dimension, null],
    },
  ],
  episodes: {
    count: 2,
    complete: 1,
    lengths: { min: 3, mean: 3, max: 3, histogram: { low: 3, width: 0.5, counts: [1] } },
    returns: { min: 0, mean: 0.75, max: 2.5, std: 1, histogram },
  },
  terminals: 1,
  timeouts: null,
  findings: [{ text: 'One <b>thing</b>.', firstRow: 1234 }],
  paths: { paths: [[1, 1, 2, 1]], visits: { perUnit: 2, cells: [[2, 2, 5]] } },
  metadata: { algorithm: '<script>alert(1)</script>' },
};

const input: DatasetPageInput = { name: 'a & b.hdf5', environment: 'maze2d-umaze-v1', inspection };

/** Row and column are x and y plus 0.5, of two rows and three columns. */
const maze = {
  rows: 2,
  columns: 3,
  walls: [{ row: 0, column: 2 }],
  cellSize: 2,
  placeOf: (x: number, y: number) => ({ row: x + 0.5, column: y + 0.5 }),
  target: { x: 0.5, y: 1.5, radius: 0.5 },
};

test('a page tells figures, findings and distributions, and escapes what comes from the file', () => {
  const html = composeDatasetPage(input);
  expect(html).toContain('4 transitions of maze2d-umaze-v1 in 2 episodes');
  expect(html).toContain('a &amp; b.hdf5');
  expect(html).toContain('One &lt;b&gt;thing&lt;/b&gt;. The first is row 1,234.');
  expect(html).not.toContain('<script');
  expect(html).toContain('The last episode was cut off');
  expect(html).toContain('the file says nothing of timeouts');
  expect(html).toContain('no finite number');
  expect(html).toContain('aria-label="Distribution of observations 0"');
  expect(html).not.toContain('Paths through the maze');
  expect(html).not.toContain('Normalised');
});

test('a page asks for nothing from elsewhere and is the same for the same input', () => {
  const html = composeDatasetPage({ ...input, maze });
  expect(html).toBe(composeDatasetPage({ ...input, maze }));
  expect(html.match(/(?:src|href)=/g)).toBeNull();
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  expect(html).toContain('prefers-color-scheme:dark');
});

test('walls, visits, paths and target lie where the map has them', () => {
  const html = composeDatasetPage({ ...input, maze });
  // A cell is 72 pixels: the wall in row 0 and column 2, the path from (1, 1) to (2, 1) in cells (1.5, 1.5) to (2.5, 1.5).
  expect(html).toContain('<rect x="144" y="0" width="72" height="72"/>');
  expect(html).toContain('points="144,144 144,216"');
  // The visited square is x and y from 1 to 1.5.
  expect(html).toMatch(/<rect x="144" y="144" width="36" height="36" fill="#2858d4" fill-opacity="0.62"/);
  // Half a metre in cells of two metres.
  expect(html).toContain('<circle cx="180" cy="108" r="18"');
});

test('a score is shown where there is one, and nothing is found where nothing is wrong', () => {
  const html = composeDatasetPage({
    ...input,
    score: { mean: 51.25, min: 0, max: 90 },
    inspection: { ...inspection, findings: [] },
  });
  expect(html).toMatch(/Normalised score<\/dt><dd>51\.3 /);
  expect(html).toContain('Nothing looks wrong.');
  expect(html).not.toContain('Look at this');
});

test('the page is written to an html file only', () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-dataset-page-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'new', 'page.html');
  writeDatasetPage(input, file);
  expect(readFileSync(file, 'utf8')).toBe(composeDatasetPage(input));
  expect(() => writeDatasetPage(input, join(directory, 'page.svg'))).toThrow(expect.toSatisfy(isInputError));
});
