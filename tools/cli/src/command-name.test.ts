import { expect, test } from 'vitest';
import { commandName } from './command-name.ts';

test('under npm the command is run by npx', () => {
  expect(commandName({})).toBe('understudy');
  expect(commandName({ npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' })).toBe('npx understudy');
});
