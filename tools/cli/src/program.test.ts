import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from './program.ts';
import { loadDefaultSettings } from './settings-help.ts';
import { createRecordingContext } from './testing/recording-context.ts';

/** Commands that do something themselves, by the words that call them. */
function actions(command: Command, words: string[] = []): string[][] {
  const inner = command.commands.flatMap((child) => actions(child, [...words, child.name()]));
  return command.commands.length > 0 ? inner : [words];
}

const settings = await loadDefaultSettings();
const commands = actions(createProgram(createRecordingContext()));

async function help(...argv: string[]): Promise<string> {
  const context = createRecordingContext();
  await expect(createProgram(context, settings).parseAsync(argv, { from: 'user' })).rejects.toMatchObject({
    exitCode: 0,
  });
  return context.printed.join('\n');
}

test('the commands of the issue are there', () => {
  expect(commands.map((words) => words.join(' ')).sort()).toEqual([
    'bench dataset',
    'bench env',
    'bench inference',
    'bench memory',
    'bench serve',
    'bench soak',
    'bench train ppo',
    'bench train sac',
    'bench update',
    'bench workers',
    'dataset convert',
    'dataset download',
    'dataset fix',
    'dataset inspect',
    'dataset list',
    'dataset make',
    'dataset minari combine',
    'dataset minari delete',
    'dataset minari list',
    'dataset minari show',
    'dataset minari split',
    'dataset verify',
    'doctor',
    'env check',
    'env list',
    'env show',
    'eval',
    'expert',
    'infer',
    'keys allow',
    'keys create',
    'keys list',
    'keys revoke',
    'play',
    'quickstart',
    'record',
    'render',
    'report',
    'serve',
    'train bc',
    'train ddpg-her',
    'train ppo',
    'train sac',
    'train td3',
    'train trpo',
    'worker',
  ]);
});

test.each(commands.map((words) => [words.join(' '), words] as const))(
  '%s --help tells what it takes',
  async (name, words) => {
    const text = await help(...words, '--help');
    expect(text).toMatch(new RegExp(`^Usage: understudy ${name} `));
    expect(text).toContain('--json');
  },
);

test('every option of every command is described', () => {
  const visit = (command: Command): void => {
    expect(command.description(), command.name()).not.toBe('');
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('');
    command.commands.forEach(visit);
  };
  visit(createProgram(createRecordingContext()));
});

test('the top level lists commands and examples', async () => {
  const text = await help('--help');
  for (const name of ['quickstart', 'train', 'eval', 'record', 'env', 'dataset', 'report', 'bench', 'Examples:']) {
    expect(text).toContain(name);
  }
});

test("a training's help lists its settings with their defaults and what they mean, but none that is an option", async () => {
  const ppo = await help('train', 'ppo', '--help');
  expect(ppo).toMatch(/^ {2}gamma +0\.99 +Discount\.$/m);
  expect(ppo).not.toMatch(/^ {2}totalSteps /m);
  expect(await help('train', 'bc', '--help')).toMatch(/^ {2}batchSize +256 +Transitions in /m);
});
