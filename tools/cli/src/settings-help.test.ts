import { expect, test } from 'vitest';
import { describeSettings, loadDefaultSettings } from './settings-help.ts';

const settings = await loadDefaultSettings();

test.each(Object.keys(settings) as (keyof typeof settings)[])(
  'every setting of %s has a description and, but for the environment, a default',
  (name) => {
    expect(settings[name].length).toBeGreaterThan(10);
    for (const setting of settings[name]) {
      expect(setting.description, setting.name).toMatch(/^[A-Z].*\.$/);
      if (setting.name !== 'environment') expect(setting.default, setting.name).not.toBeUndefined();
    }
  },
);

test.each([80, 120])('name, default and description stand side by side within %d columns', (width) => {
  const text = describeSettings(settings.trpo, ['environment', 'seed'], width);
  const [heading, ...rows] = text.trimStart().split('\n');
  expect(heading).toBe('Settings for --set, and their defaults:');
  expect(rows.every((row) => row.length <= width)).toBe(true);
  expect(rows.some((row) => row.length > width - 12)).toBe(true);
  // Names, defaults and descriptions begin in columns of their own, and a description's further lines below its first.
  const columns = rows.filter((row) => /^ {2}\S/.test(row)).map((row) => /^( +\S+ +)(\S+ +)/.exec(row)!);
  expect(new Set(columns.map(([, name]) => name.length)).size).toBe(1);
  const indents = new Set([
    ...columns.map(([whole]) => whole.length),
    ...rows.filter((row) => /^ {3}/.test(row)).map((row) => row.length - row.trimStart().length),
  ]);
  expect(indents.size).toBe(1);
  expect(columns).toHaveLength(settings.trpo.length - 2);
  expect(text).not.toMatch(/^ {2}seed /m);
  const [indent] = indents;
  const descriptions = rows.map((row) => row.slice(indent)).join(' ');
  expect(descriptions).toBe(
    settings.trpo
      .filter(({ name }) => name !== 'environment' && name !== 'seed')
      .map(({ description }) => description)
      .join(' '),
  );
  expect(text).toMatch(/^ {2}gamma +0\.99 +Discount\.$/m);
});

test('a terminal that is too narrow still shows every word', () => {
  const [gamma] = settings.trpo.filter(({ name }) => name === 'maxKl');
  const rows = describeSettings([gamma], [], 10).trimStart().split('\n').slice(1);
  expect(rows.map((row) => row.trim().replace(/^maxKl +0\.01 +/, '')).join(' ')).toBe(gamma.description);
});
