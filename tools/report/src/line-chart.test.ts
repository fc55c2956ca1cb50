import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { describeCurve, drawLineChart, type LineChart } from './line-chart.ts';

interface SvgText {
  attributes: Iterable<{ name: string; value: string }>;
  parentElement: SvgText;
}

const line = (from: number, to: number) => [
  { x: 0, y: from },
  { x: 10, y: to },
];
const chart: LineChart = {
  name: 'chart',
  description: 'A chart of the test.',
  curves: [],
  xLabel: 'steps',
  yLabel: 'loss',
  width: 400,
  height: 300,
};
const parse = (options: Partial<LineChart>) => parseHTML(drawLineChart({ ...chart, ...options }).svg.source).document;
const textNamed = (document: ReturnType<typeof parse>, label: string) =>
  [...document.querySelectorAll('text')].find((text) => text.textContent === label)!;
/** Where a label stands: the offset of its group and its own. */
const heightOf = (text: SvgText) =>
  [text.parentElement!, text].reduce((sum, { attributes }) => {
    const transform = [...attributes].find(({ name }) => name === 'transform')?.value ?? 'translate(0,0)';
    return sum + Number(/,(-?[\d.]+)\)/.exec(transform)![1]);
  }, 0);

test('the labels of curves that end together keep a line between them', () => {
  const curves = [
    { points: line(0.2, 0.101), colour: '#000', label: 'training' },
    { points: line(0.12, 0.102), colour: '#111', label: 'validation' },
  ];
  const document = parse({ curves });
  const distance = heightOf(textNamed(document, 'training')) - heightOf(textNamed(document, 'validation'));
  expect(distance).toBeGreaterThanOrEqual(16.5);
  expect(distance).toBeLessThan(18);
});

test('a logarithmic axis names 1, 2 and 5 of each decade, and stays linear for a narrow range', () => {
  const ticks = (points: LineChart['curves'][number]['points']) => {
    const document = parse({ curves: [{ points, colour: '#000' }], logarithmic: true });
    return [...document.querySelectorAll('text')].map((text) => text.textContent);
  };
  expect(ticks(line(1, 0.01))).toEqual(expect.arrayContaining(['0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1']));
  expect(ticks(line(1, 0.6))).not.toContain('0.5');
});

test('a curve is told by its start, its end and its height', () => {
  expect(describeCurve([...line(1, 7), { x: 20, y: 3 }])).toBe('from 1 to 3, at most 7');
  expect(describeCurve([])).toBe('no values');
});
