import { isInputError } from '@understudy/errors';
import { expect, test } from 'vitest';
import { collectSettings, oneOf, positiveNumber, settingsObject, wholeNumber } from './values.ts';

test('whole numbers are read, also with thousands separated', () => {
  const parse = wholeNumber('--steps', 1);
  expect([parse('300000'), parse('300_000'), parse('3e5')]).toEqual([300_000, 300_000, 300_000]);
});

test.each(['-1', '0', '1.5', '', 'many', 'Infinity', '1e99'])('--steps %s is refused in a sentence', (text) => {
  expect(() => wholeNumber('--steps', 1)(text)).toThrow(/^--steps must be a whole number of at least 1, but was .+\.$/);
});

test('numbers above 0', () => {
  expect(positiveNumber('--tolerance')('1e-3')).toBe(1e-3);
  for (const text of ['0', '-1', '', 'much', 'Infinity']) {
    expect(() => positiveNumber('--tolerance')(text)).toThrow(/^--tolerance must be a number above 0, but was .+\.$/);
  }
});

test('one of a few names', () => {
  const parse = oneOf('--dtype', ['float32', 'float64']);
  expect(parse('float64')).toBe('float64');
  expect(() => parse('float16')).toThrow('--dtype must be one of float32, float64, but was "float16".');
});

test('settings are collected in order, and a value may hold an equals sign', () => {
  const collect = collectSettings('--set');
  expect(collect('b=x=y', collect('gamma=0.98'))).toEqual([
    { key: 'gamma', value: '0.98' },
    { key: 'b', value: 'x=y' },
  ]);
  try {
    collect('gamma');
    expect.unreachable();
  } catch (error) {
    expect(isInputError(error)).toBe(true);
  }
});

test('the values of settings are JSON where they read as JSON, and text elsewhere', () => {
  const settings = ['gamma=0.98', 'hiddenSizes=[256,256]', 'targetKl=null', 'activation=relu'].flatMap((text) =>
    collectSettings('--set')(text),
  );
  expect(settingsObject(settings)).toEqual({
    gamma: 0.98,
    hiddenSizes: [256, 256],
    targetKl: null,
    activation: 'relu',
  });
});
