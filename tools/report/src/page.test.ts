import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { ReportInput } from './input.ts';
import { composePage } from './page.ts';
import { sampleInput } from './testing/sample-input.ts';

const parse = (input: ReportInput) => parseHTML(composePage(input).html).document;
const headings = (input: ReportInput) => [...parse(input).querySelectorAll('h2')].map((heading) => heading.textContent);

test('a quickstart has every section', () => {
  const document = parse(sampleInput());
  expect(document.querySelector('h1')!.textContent).toBe(
    'A clone earns 97.2 % of its expert’s return on HalfCheetah-v5',
  );
  expect(document.querySelector('.lede')!.textContent).toContain('20 recorded episodes of it (20,000 transitions)');
  expect(headings(sampleInput())).toEqual([
    'Returns',
    'PPO: how the expert learned',
    'Behavioural cloning: how the clone learned',
    'What the agent does',
    'Demonstrations',
    'Configuration',
    'Cost, versions and seeds',
  ]);
});

test('the same input gives the same page, byte for byte', () => {
  expect(composePage(sampleInput()).html).toBe(composePage(sampleInput()).html);
});

test('the page asks for nothing from elsewhere, holds no script and stays small', () => {
  const { html } = composePage(sampleInput());
  const document = parseHTML(html).document;
  expect(document.querySelectorAll('script, link, iframe, object, img, image, use').length).toBe(0);
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  expect(html.length).toBeLessThan(1_500_000);
});

test('text from files stays text', () => {
  const attack = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const input = sampleInput();
  const trace = input.episodeTrace!;
  const document = parse({
    ...input,
    environment: attack,
    runs: input.runs.map((run) => ({
      ...run,
      name: attack,
      algorithm: attack,
      config: { [attack]: attack, a: { [attack]: [attack] } },
    })),
    evaluation: input.evaluation.map((record) => ({ ...record, name: attack + record.name })),
    episodeTrace: {
      ...trace,
      policy: attack,
      geoms: trace.geoms.map((geom) => ({ ...geom, name: attack + geom.name })),
      joints: trace.joints!.map((joint) => ({ ...joint, name: attack + joint.name })),
    },
    demonstrations: { file: attack, episodes: 1, transitions: 2 },
    versions: { [attack]: attack },
    seeds: { [attack]: attack },
    command: attack,
  });
  expect(document.querySelectorAll('script, img').length).toBe(0);
  expect(document.querySelectorAll('[onerror]').length).toBe(0);
  expect(document.querySelector('pre')!.textContent).toBe(attack);
});

test('every picture has a description, every table a caption', () => {
  const document = parse(sampleInput());
  const pictures = [...document.querySelectorAll('svg')];
  expect(pictures.length).toBeGreaterThan(10);
  for (const picture of pictures) {
    expect(picture.getAttribute('role')).toBe('img');
    expect(picture.getAttribute('aria-label')!.length).toBeGreaterThan(20);
  }
  for (const table of document.querySelectorAll('table'))
    expect(table.querySelector('caption')!.textContent).not.toBe('');
});

test('what is missing leaves out its part and nothing else', () => {
  const { environment } = sampleInput();
  expect(headings({ environment, runs: [], evaluation: [] })).toEqual([]);
  const all = sampleInput();
  const expertOnly = { ...all, runs: all.runs.slice(0, 1), evaluation: all.evaluation.slice(0, 2) };
  expect(parse(expertOnly).querySelector('h1')!.textContent).toBe('PPO earns 1,450 on HalfCheetah-v5');
  const { episodeTrace: _trace, ...withoutTrace } = sampleInput();
  expect(headings(withoutTrace)).not.toContain('What the agent does');
});

test('an environment without geometry still shows its rewards', () => {
  const input = sampleInput();
  const frames = input.episodeTrace!.frames.map(({ time, reward }) => ({
    time,
    reward,
    geomPositions: [],
    geomRotations: [],
  }));
  const { drawings } = composePage({ ...input, episodeTrace: { dt: 0.05, geoms: [], frames } });
  const names = drawings.map(({ name }) => name);
  expect(names).toContain('trace-reward');
  expect(names).not.toContain('film-strip');
  expect(names).not.toContain('stride');
});

test('a clone below zero falls short, rather than earning a negative share', () => {
  const input = {
    ...sampleInput(),
    evaluation: [
      { name: 'expert', returns: [500] },
      { name: 'clone', returns: [-130] },
    ],
  };
  expect(parse(input).querySelector('h1')!.textContent).toBe('A clone falls short of its expert on HalfCheetah-v5');
});

test('the angle of a joint that hardly moves is drawn as a flat line', () => {
  const input = sampleInput();
  const frames = input.episodeTrace!.frames.map((frame, i) => ({
    ...frame,
    qpos: new Float64Array(9).fill(0.3 + 1e-9 * (i % 2)),
  }));
  const { drawings } = composePage({ ...input, episodeTrace: { ...input.episodeTrace!, frames } });
  const { svg } = drawings.find(({ name }) => name === 'trace-joint-bfoot')!;
  const line = parseHTML(svg.source).document.querySelector('g[stroke="#2bb59d"] path')!;
  const heights = line
    .getAttribute('d')!
    .match(/,[\d.]+/g)!
    .map((y: string) => Number(y.slice(1)));
  expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(0.1);
});

test('a share of a negative return is not told', () => {
  const document = parse({
    ...sampleInput(),
    evaluation: [
      { name: 'expert', returns: [-10, -12] },
      { name: 'clone', returns: [-20, -22] },
    ],
  });
  expect(document.body.textContent).not.toContain('Clone / expert');
});

test('columns that hold no number are left out', () => {
  const input = sampleInput();
  const metrics = [{ step: 1, meanReturn: null }, { step: 2, meanReturn: 'x' }, { step: 3 }];
  expect(
    composePage({ ...input, runs: [{ ...input.runs[0], metrics }] }).drawings.map(({ name }) => name),
  ).not.toContain('learning-curve-expert');
});

test('a long training makes a small page, without warnings of the plotting library', () => {
  const input = sampleInput();
  const metrics = Array.from({ length: 30_000 }, (_, i) => ({
    ...input.runs[0].metrics[i % 100],
    step: i,
    episodeReturn: i % 997,
  }));
  const returns = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1009);
  const { html } = composePage({
    ...input,
    runs: [{ ...input.runs[0], metrics }],
    evaluation: [{ name: 'expert', returns }],
  });
  expect(html.length).toBeLessThan(1_500_000);
  expect(html).not.toContain('⚠');
});

test('runs of the same name keep all their drawings', () => {
  const input = sampleInput();
  const names = composePage({ ...input, runs: [input.runs[0], input.runs[0]] }).drawings.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
