import type { ConfigSetting } from '@understudy/training';
import { type LearnerName, learnerNames, learners } from './learners.ts';

/** What can be set, by algorithm. */
export type DefaultSettings = Readonly<Record<LearnerName | 'bc', readonly ConfigSetting[]>>;

/** Reads the settings off the algorithms themselves, so that `--help` lists what there is. */
export async function loadDefaultSettings(): Promise<DefaultSettings> {
  const { bcSettings } = await import('@understudy/bc');
  const settings = await Promise.all(
    learnerNames.map(async (name) => [name, (await learners[name].load()).settings] as const),
  );
  return { ...(Object.fromEntries(settings) as Record<LearnerName, readonly ConfigSetting[]>), bc: bcSettings };
}

/**
 * The part of a help text that lists settings: name, default and description side by side.
 *
 * @param optionNames - Settings that have an option of their own, which are left out.
 * @param width - Of the terminal, in columns.
 */
export function describeSettings(
  settings: readonly ConfigSetting[],
  optionNames: readonly string[],
  width = terminalWidth(),
): string {
  const listed = settings.filter(({ name }) => !optionNames.includes(name));
  const defaults = listed.map((setting) => JSON.stringify(setting.default));
  const nameWidth = Math.max(...listed.map(({ name }) => name.length));
  const defaultWidth = Math.max(...defaults.map((text) => text.length));
  const indent = 2 + nameWidth + 2 + defaultWidth + 2;
  const lines = listed.flatMap(({ name, description }, i) => {
    const [first, ...rest] = wrap(description, Math.max(width - indent, narrowest));
    const row = `  ${name.padEnd(nameWidth)}  ${defaults[i].padEnd(defaultWidth)}  ${first}`;
    return [row, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
  return `\nSettings for --set, and their defaults:\n${lines.join('\n')}`;
}

/** Columns that a description has at least; the terminal breaks the lines where it has fewer. */
const narrowest = 24;

/** As commander has it for the options. */
function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || 80;
}

/** Breaks a text between words into lines of at most so many columns. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
